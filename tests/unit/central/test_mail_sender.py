"""Mail leaves encrypted and signed in, or not at all."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from central.notifications.adapters.smtp import MailSender
from central.notifications.sender import Message, NotNow, Sent
from simulator.notifications.mail import MailSink

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
MESSAGE = Message(
    notification_id=uuid4(),
    address="ana@example.com",
    language="en",
    subject="Parking receipt",
    body="Paid $2.50",
    made_utc=NOW,
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own for 127.0.0.1, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sink")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "sink.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(pem))
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


@pytest.fixture
def sink(tls: ssl.SSLContext) -> Iterator[MailSink]:
    with MailSink(tls=tls, users={"city": "hunter2"}) as found:
        yield found


def _sender(
    sink: MailSink, *, password: str = "hunter2", trusted: Path | None = None
) -> MailSender:
    scheme = "smtps" if sink.wrapped else "smtp"
    return MailSender(
        f"{scheme}://city@127.0.0.1:{sink.port}",
        password=password,
        mail_from="parking@stamford.example",
        tls=ssl.create_default_context(cafile=trusted),
    )


@pytest.mark.parametrize("wrapped", [False, True], ids=["starttls", "smtps"])
def test_mail_goes_encrypted_and_signed_in(
    tls: ssl.SSLContext, certificate: Path, wrapped: bool
) -> None:
    with MailSink(tls=tls, wrapped=wrapped, users={"city": "hunter2"}) as sink:
        assert _sender(sink, trusted=certificate).send(MESSAGE) == Sent()
        (kept,) = sink.mails
    assert (kept.encrypted, kept.user, kept.recipient) == (True, "city", "ana@example.com")


def test_a_wrong_password_waits_for_operations(sink: MailSink, certificate: Path) -> None:
    wrong = _sender(sink, password="hunter3", trusted=certificate)
    assert wrong.send(MESSAGE) == NotNow("smtp_535")
    assert sink.mails == []


def test_a_server_that_nobody_vouches_for_is_told_nothing(sink: MailSink) -> None:
    assert _sender(sink).send(MESSAGE) == NotNow("SSLCertVerificationError")
    assert sink.mails == []


def test_a_server_without_encryption_is_told_nothing() -> None:
    with MailSink() as plain:
        assert _sender(plain).send(MESSAGE) == NotNow("SMTPNotSupportedError")
        assert plain.mails == []

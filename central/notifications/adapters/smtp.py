"""E-mail by SMTP. Every attempt carries the same bytes, so the same Message-ID and Date.

SMTP has no idempotency: when the line breaks after the text was given and before its 250 came,
nobody can tell whether the mail was taken (RFC 5321 4.5.3.2.6 names that window). Such a mail goes
again, at most ``most_doubts`` times; a mailbox that compares Message-IDs shows it once.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

from central.notifications.sender import Message, NotNow, Outcome, Refused, Sent, Unknown

TIMEOUT_S = 20.0
"""Of each step; the whole of an attempt stays below ``Outbox``'s lease."""
_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_POLICY = SMTP.clone(cte_type="7bit")


class MailSender:
    """Sends through the city's mail server, one connection per mail.

    Args:
        url: ``smtp://user@host`` demands STARTTLS before anything is told, ``smtps://`` is TLS from
            the start, ``smtp+plain://`` has none and is for a server on the same machine.
        password: Of the user; unused without one in ``url``.
        mail_from: Sender's address.
        tls: Whom to trust; the system's authorities when None.
        timeout_s: Of each step.
    """

    most_doubts = 2

    def __init__(
        self,
        url: str,
        *,
        password: str,
        mail_from: str,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        parts = urlsplit(url)
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), password
        self._from = mail_from
        self._domain = mail_from.rpartition("@")[2]
        self._tls = tls or ssl.create_default_context()
        self._timeout_s = timeout_s

    def send(self, message: Message) -> Outcome:
        """Hand a mail over to the server."""
        try:
            with self._connected() as server:
                return self._hand_over(server, message)
        except (OSError, smtplib.SMTPException) as error:
            return NotNow(_word(error))

    def find(self, notification_id: UUID) -> None:
        """A mail server cannot be asked what it took."""
        del notification_id

    def close(self) -> None:
        """Nothing stays open between mails."""

    @contextlib.contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._open()
        try:
            if self._scheme == "smtp":
                server.starttls(context=self._tls)
            if self._user:
                server.login(self._user, self._password)
            yield server
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()

    def _open(self) -> smtplib.SMTP:
        # Without a name of ours smtplib asks the name service for one, which may take long.
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(
                self._host, self._port, self._domain, timeout=self._timeout_s, context=self._tls
            )
        return smtplib.SMTP(self._host, self._port, self._domain, timeout=self._timeout_s)

    def _hand_over(self, server: smtplib.SMTP, message: Message) -> Outcome:
        mail = self._mail(message).as_bytes()
        server.ehlo_or_helo_if_needed()
        code, _ = server.mail(self._from)
        if code >= 400:
            # Our name or our right to send, not the driver's address: operations can mend it.
            return NotNow(f"smtp_{code}")
        code, _ = server.rcpt(message.address)
        if code >= 400:
            return _said_no(code)
        try:
            code, _ = server.data(mail)
        except smtplib.SMTPDataError as error:
            return _said_no(error.smtp_code)
        except (OSError, smtplib.SMTPException) as error:
            return Unknown(_word(error))
        return Sent() if code == 250 else _said_no(code)

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage(policy=_POLICY)
        mail["From"], mail["To"] = self._from, message.address
        mail["Subject"] = message.subject
        mail["Date"] = format_datetime(message.made_utc)
        mail["Message-ID"] = f"<{message.notification_id}@{self._domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.body)
        mail["Content-Language"] = message.language
        return mail


def _said_no(code: int) -> Refused | NotNow:
    return Refused(f"smtp_{code}") if code >= 500 else NotNow(f"smtp_{code}")


def _word(error: Exception) -> str:
    """Return what happened without what the other side said: that may repeat the address."""
    code = getattr(error, "smtp_code", 0)
    return f"smtp_{code}" if code else type(error).__name__

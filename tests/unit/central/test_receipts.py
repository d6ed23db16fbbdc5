"""Drivers get their receipt by e-mail or text message, and find it again by its code."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from central.notifications.wish import (
    MOST_PER_PAYMENT,
    MOST_WRONG,
    WRONG_WITHIN,
    channels_of,
    take_wish,
)
from central.problems import RefusedError
from central.settings import Settings
from parking.citation import Citation
from parking.errors import UserError
from parking.notification import Channel, FoundReceipt, ReceiptChannels, ReceiptQueued, SendReceipt
from parking.payment import Quote
from parking.receipt import LineKind
from parking.terminal import TerminalKind
from simulator.notifications.mail import MailSink
from simulator.notifications.texts import TextSink
from sync.gateway import Device as GatewayDevice
from sync.gateway import HTTPGateway
from tests.unit.central import samples
from tests.unit.central.device import Device
from tests.unit.central.service import Service, TestClock, problem, running
from tests.waiting import wait_until

CITATION: Citation = samples.citation(datetime(2027, 3, 1, 15, tzinfo=UTC), "SLOW1")
EMAIL = "ana@example.com"


@pytest.fixture(scope="module")
def mails() -> Iterator[MailSink]:
    with MailSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def texts() -> Iterator[TextSink]:
    with TextSink(secret="s3cret") as sink:
        yield sink


@pytest.fixture(scope="module")
def service(shared_settings: Settings, mails: MailSink, texts: TextSink) -> Iterator[Service]:
    """Central with both channels."""
    settings = replace(
        shared_settings,
        smtp_url=f"smtp+plain://127.0.0.1:{mails.port}",
        mail_from="parking@stamford.example",
        sms_url=texts.url,
        sms_secret=texts.secret,
        sms_from="12036",
    )
    with running(settings, TestClock()) as found:
        found.store(samples.TARIFF, samples.ZONE, samples.EXPIRED, samples.OFFICER, CITATION)
        yield found


@dataclass
class Lot:
    """A pay station and what was paid at it."""

    service: Service
    kiosk: Device

    def paid(
        self, *, told: str = "approved", ago: timedelta = timedelta(), citation: bool = False
    ) -> tuple[UUID, str]:
        """Store a payment as the payment desk does; return its id and its code."""
        letters = uuid4().hex[:6].upper()
        payment_id, reference = uuid4(), f"P-{letters[:4]}-{letters[4:]}"
        row = {
            "payment": payment_id,
            "purpose": "citation" if citation else "parking",
            "quote": uuid4() if citation else self._quote().quote_id,
            "citation": CITATION.citation_id if citation else None,
            "terminal": self.kiosk.terminal.terminal_id,
            "reader": f"tmr_{letters}",
            "reference": reference,
            "told": told,
            "at": self.service.now_utc - ago,
        }
        with self.service.central.database.unit_of_work("test") as connection:
            connection.exec_driver_sql(_PAYMENT, row)
            connection.exec_driver_sql(_CHARGE, {**row, "line": uuid4(), "stripe": str(uuid4())})
        return payment_id, reference

    def _quote(self) -> Quote:
        asked = {"zone_id": "Z12", "plate": "AB-12345", "plate_state": "CT", "minutes": 60}
        answer = self.service.client.post(
            "/v1/quotes", content=msgspec.json.encode(asked), headers=self.kiosk.headers()
        )
        return msgspec.json.decode(answer.content, type=Quote)

    def send(self, payment_id: UUID, *, by: Device | None = None, **changed: Any) -> httpx.Response:
        """Ask for a receipt."""
        asked = SendReceipt(notification_id=uuid4(), channel=Channel.EMAIL, address=EMAIL)
        return self.service.client.post(
            f"/v1/receipts/{payment_id}/send",
            content=msgspec.json.encode(replace(asked, **changed)),
            headers=(by or self.kiosk).headers(self.service.now_utc),
        )

    def find(self, code: str, language: str = "en") -> httpx.Response:
        """Look a receipt up."""
        return self.service.client.get(
            f"/v1/receipts/{code}",
            params={"language": language},
            headers=self.kiosk.headers(self.service.now_utc),
        )

    def messages(self, payment_id: UUID) -> list[Any]:
        """Return what waits or was sent."""
        return self.service.rows(
            "select * from notifications where payment_id = %(id)s order by made_utc", id=payment_id
        )


@pytest.fixture
def lot(service: Service) -> Lot:
    return Lot(service, service.enrol_new(TerminalKind.KIOSK))


def test_a_terminal_hears_which_ways_there_are(lot: Lot) -> None:
    answer = lot.service.client.get("/v1/receipt-channels", headers=lot.kiosk.headers())
    found = msgspec.json.decode(answer.content, type=ReceiptChannels)
    assert found.channels == (Channel.EMAIL, Channel.SMS)


def test_a_terminal_asks_for_all_of_it_through_its_gateway(lot: Lot) -> None:
    payment_id, reference = lot.paid()
    wish = SendReceipt(notification_id=uuid4(), channel=Channel.SMS, address="2035550142")
    terminal_id = lot.kiosk.terminal.terminal_id
    gateway = HTTPGateway(
        lot.service.base_url,
        lot.service.central.clock,
        device=GatewayDevice(terminal_id=terminal_id, sign=lot.kiosk.key.sign),
    )
    with closing(gateway):
        assert gateway.receipt_channels().channels == (Channel.EMAIL, Channel.SMS)
        queued = gateway.send_receipt(payment_id, wish)
        assert queued == ReceiptQueued(notification_id=wish.notification_id, left=2)
        assert gateway.find_receipt(reference, language="ht").payment_id == payment_id
        with pytest.raises(UserError, match="No receipt of the last 30 days") as refused:
            gateway.find_receipt("P-0000-00", language="en")
    assert refused.value.values == {"days": "30"}


def test_the_receipt_arrives_in_the_drivers_language(
    lot: Lot, mails: MailSink, texts: TextSink
) -> None:
    payment_id, reference = lot.paid()
    assert lot.send(payment_id, language="es").status_code == 202
    phone = {"channel": Channel.SMS, "address": "(203) 555-0142", "language": "pl"}
    assert lot.send(payment_id, by=lot.kiosk, **phone).status_code == 202

    def mine() -> list[Any]:
        received = [message_from_bytes(each.text, policy=policy.default) for each in mails.mails]
        return [mail.get_content() for mail in received if reference in mail.get_content()] + [
            each.text for each in texts.messages if reference in each.text
        ]

    wait_until(lambda: len(mine()) == 2, what="both receipts")
    mail, short = mine()
    assert "Recibo de estacionamiento" in mail
    assert "CT AB-12345" in mail
    assert "Z12 Bedford Street" in mail
    assert "Visa 4242" in mail
    assert "AID A0000000031010" in mail, "what the card scheme wants on a receipt"
    assert "City of Stamford" in mail
    assert "Zone" not in mail
    assert "AID" not in short, "every part of a text message is paid for"
    assert len(short) < 300
    assert {each.to for each in texts.messages if reference in each.text} == {"+12035550142"}


def test_the_receipt_of_a_ticket_names_it(lot: Lot) -> None:
    payment_id, _ = lot.paid(citation=True)
    lot.send(payment_id)
    (message,) = lot.messages(payment_id)
    assert message.subject == "Ticket receipt"
    assert CITATION.number in message.body
    assert "101 Expired meter" in message.body


def test_asking_again_with_the_same_id_sends_once(lot: Lot) -> None:
    payment_id, _ = lot.paid()
    notification_id = uuid4()
    answers = [lot.send(payment_id, notification_id=notification_id) for _ in range(5)]
    told = [msgspec.json.decode(each.content, type=ReceiptQueued) for each in answers]
    assert told == [ReceiptQueued(notification_id=notification_id, left=MOST_PER_PAYMENT - 1)] * 5
    assert len(lot.messages(payment_id)) == 1

    another, _ = lot.paid()
    refused = lot.send(another, notification_id=notification_id)
    assert (refused.status_code, problem(refused).key) == (409, "receipt.id")


def test_a_receipt_is_sent_a_few_times_and_no_more(lot: Lot) -> None:
    payment_id, _ = lot.paid()
    assert [lot.send(payment_id).status_code for _ in range(MOST_PER_PAYMENT)] == [202] * 3
    refused = lot.send(payment_id)
    assert (refused.status_code, problem(refused).key) == (409, "receipt.too_many")
    assert problem(refused).values == {"count": "3"}


@pytest.mark.parametrize(
    ("channel", "address", "key"),
    [
        (Channel.EMAIL, "ana@example", "address.email"),
        (Channel.SMS, "555 0199", "address.phone"),
        (Channel.SMS, EMAIL, "address.phone"),
        (Channel.EMAIL, "ana@example.com\r\nBcc: all@example.com", "address.email"),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_words(
    lot: Lot, channel: Channel, address: str, key: str
) -> None:
    payment_id, _ = lot.paid()
    refused = lot.send(payment_id, channel=channel, address=address)
    told = problem(refused)
    assert (refused.status_code, told.key) == (400, key)
    assert told.form.format_map(told.values) == told.sentence
    assert address not in told.sentence
    assert lot.messages(payment_id) == []


def test_only_who_took_the_payment_sends_it_and_only_soon(lot: Lot) -> None:
    payment_id, _ = lot.paid()
    elsewhere = lot.service.enrol_new(TerminalKind.KIOSK)
    waits, _ = lot.paid(told="present_card")
    old, _ = lot.paid(ago=timedelta(minutes=61))
    refusals = [
        (lot.send(payment_id, by=elsewhere), 404, "payment.unknown"),
        (lot.send(uuid4()), 404, "payment.unknown"),
        (lot.send(waits), 409, "receipt.not_paid"),
        (lot.send(old), 409, "receipt.too_late"),
    ]
    for answer, status, key in refusals:
        assert (answer.status_code, problem(answer).key) == (status, key)


def test_a_way_that_is_switched_off_is_refused_in_words(
    lot: Lot, shared_settings: Settings
) -> None:
    assert channels_of(shared_settings) == ()
    payment_id, _ = lot.paid()
    asked = SendReceipt(notification_id=uuid4(), channel=Channel.EMAIL, address=EMAIL)
    with (
        lot.service.central.database.reading() as connection,
        pytest.raises(RefusedError, match="cannot be sent this way now"),
    ):
        take_wish(
            connection,
            lot.kiosk.terminal,
            payment_id=payment_id,
            asked=asked,
            settings=shared_settings,
            now_utc=lot.service.now_utc,
        )


def test_a_code_finds_its_receipt_in_any_language(lot: Lot) -> None:
    payment_id, reference = lot.paid(ago=timedelta(days=29))
    answer = lot.find(reference.lower().replace("-", ""), "es")
    found = msgspec.json.decode(answer.content, type=FoundReceipt)
    assert (found.payment_id, found.reference) == (payment_id, reference)
    assert [line.text for line in found.lines if line.kind is LineKind.TITLE] == [
        "Recibo de estacionamiento"
    ]


@pytest.mark.parametrize("changed", [{"told": "canceled"}, {"ago": timedelta(days=31)}])
def test_what_was_not_paid_or_is_old_is_not_found(lot: Lot, changed: dict[str, Any]) -> None:
    _, reference = lot.paid(**changed)
    refused = lot.find(reference)
    assert (refused.status_code, problem(refused).key) == (404, "receipt.unknown")


def test_codes_cannot_be_guessed(lot: Lot) -> None:
    _, reference = lot.paid()
    assert problem(lot.find("nonsense")).key == "receipt.code", "which is no guess"
    for _ in range(MOST_WRONG):
        assert lot.find(reference).status_code == 200, "one's own code is no wrong try"
        assert problem(lot.find("P-0000-00")).key == "receipt.unknown"

    refused = lot.find(reference)
    assert (refused.status_code, problem(refused).key) == (429, "receipt.tries")
    wait_s = int(refused.headers["retry-after"])
    assert 0 < wait_s <= WRONG_WITHIN.total_seconds()
    assert problem(refused).values == {"minutes": str(-(-wait_s // 60))}
    elsewhere = Lot(lot.service, lot.service.enrol_new(TerminalKind.KIOSK))
    assert elsewhere.find(reference).status_code == 200, "every terminal has its own tries"

    where = {"id": lot.kiosk.terminal.terminal_id}
    with lot.service.central.database.unit_of_work("test") as connection:
        connection.exec_driver_sql(_AN_HOUR_AGO, where)
    assert lot.find(reference).status_code == 200


_PAYMENT = """
insert into payments (payment_id, purpose, quote_id, citation_id, terminal_id, reader_id,
    amount_cents, reference, state, told, card, receipt, created_utc, state_since_utc)
values (%(payment)s, %(purpose)s, %(quote)s, %(citation)s, %(terminal)s, %(reader)s,
    200, %(reference)s, 'captured', %(told)s, 'Visa 4242', '{"AID A0000000031010"}', %(at)s, %(at)s)
"""
_CHARGE = """
insert into transactions (transaction_id, payment_id, kind, amount_cents, stripe_id, created_utc)
values (%(line)s, %(payment)s, 'charge', 200, %(stripe)s, %(at)s)
"""
_AN_HOUR_AGO = """
update receipt_tries set since_utc = since_utc - interval '1 hour' where terminal_id = %(id)s
"""

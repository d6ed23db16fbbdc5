"""A ticket is paid once, for what it comes to that day, and never when nothing is owed."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from central.bills.bill import make_bills, owed_for
from central.clock import SystemClock
from central.payments.book import NO_LONGER_DUE
from central.payments.desk import open_payment
from central.payments.row import PaymentRow
from parking.bill import Bill, BillRequest
from parking.citation import Citation, CitationEvent, EventKind
from parking.errors import UserError
from parking.ids import uuid7
from parking.numbers import citation_number
from parking.payment import PaymentOrder, PaymentPurpose, PaymentState, Told
from tests.unit.central.samples import citation
from tests.unit.central_payments.conftest import City

FINE_CENTS = 5000
NUMBER = citation_number(4, 1287)


@pytest.fixture
def ticket(city: City) -> Citation:
    """An unpaid ticket, issued an hour ago."""
    hour_ago = SystemClock().now().utc - timedelta(hours=1)
    made = citation(hour_ago, "TKT-100", number=NUMBER, fine_cents=FINE_CENTS, plate_state="CT")
    city.store(made)
    return made


def happened(city: City, ticket: Citation, kind: EventKind, **more: object) -> None:
    event = CitationEvent(
        citation_event_id=uuid4(),
        citation_id=ticket.citation_id,
        kind=kind,
        at_utc=SystemClock().now().utc,
    )
    city.store(replace(event, **more))  # type: ignore[arg-type]  # fields of the event, by name


def bills(city: City, *, number: str = "", plate: str = "", state: str = "") -> tuple[Bill, ...]:
    asked = BillRequest(number=number, plate=plate, plate_state=state)
    with city.database.unit_of_work("test") as connection:
        now = SystemClock().now().utc
        return make_bills(connection, city.terminal, asked=asked, now_utc=now).bills


def order_of(bill: Bill, **changed: object) -> PaymentOrder:
    order = PaymentOrder(
        payment_id=uuid7(SystemClock().now().utc),
        quote_id=bill.bill_id,
        shown_price_cents=bill.amount_cents,
        purpose=PaymentPurpose.CITATION,
    )
    return replace(order, **changed)  # type: ignore[arg-type]  # fields of the order, by name


def start(city: City, order: PaymentOrder) -> PaymentRow:
    return open_payment(city.desk, city.terminal, order)


def card_asked_for(row: PaymentRow) -> bool:
    return row.state is PaymentState.DISPATCHED and row.told is Told.PRESENT_CARD


def over(row: PaymentRow) -> bool:
    return row.state in {PaymentState.CAPTURED, PaymentState.CANCELED, PaymentState.VOIDED}


def present(city: City, row: PaymentRow) -> None:
    city.until(row.payment_id, card_asked_for)
    city.stripe.present(city.account.reader, "visa")


def paid_events(city: City, ticket: Citation) -> list[CitationEvent]:
    with city.database.reading() as connection:
        owed = owed_for(connection, ticket.citation_id, SystemClock().now().utc)
    assert owed is not None
    return [event for event in owed.events if event.kind is EventKind.PAID]


def test_a_ticket_found_by_its_number_is_paid_once(city: City, ticket: Citation) -> None:
    [bill] = bills(city, number=f" {NUMBER.lower()} ")
    assert (bill.amount_cents, bill.refused, bill.status) == (FINE_CENTS, "", "issued")
    assert bill.appeal_until is not None
    row = start(city, order_of(bill))
    present(city, row)
    done = city.until(row.payment_id, over)
    assert (done.state, done.told) == (PaymentState.CAPTURED, Told.APPROVED)
    assert (done.citation_id, done.right_id) == (ticket.citation_id, None)
    assert city.bank() == {"held": 0, "captured": FINE_CENTS, "released": 0, "captures": 1}
    assert city.ledger() == [("charge", FINE_CENTS)]
    [event] = paid_events(city, ticket)
    assert (event.amount_cents, event.text) == (FINE_CENTS, done.reference)
    [again] = bills(city, number=NUMBER)
    assert (again.amount_cents, again.refused) == (0, "This ticket is paid.")


def test_supervisors_are_told_of_the_payment(city: City, ticket: Citation) -> None:
    row = start(city, order_of(bills(city, number=NUMBER)[0]))
    present(city, row)
    city.until(row.payment_id, over)
    with city.database.reading() as connection:
        told = connection.execute(text("SELECT * FROM payment_summary")).mappings().one()
    assert (told["plate"], told["captured_cents"]) == (ticket.plate, FINE_CENTS)
    assert (told["state"], told["purpose"]) == ("captured", "citation")


def test_a_plate_finds_what_it_owes_the_oldest_first(city: City, ticket: Citation) -> None:
    older = replace(
        ticket,
        citation_id=uuid4(),
        number=citation_number(4, 1286),
        issued_utc=ticket.issued_utc - timedelta(days=16),
        observed_utc=ticket.observed_utc - timedelta(days=16),
    )
    city.store(older)
    happened(city, older, EventKind.SERVED, at_utc=older.issued_utc)
    found = bills(city, plate="tkt 100", state="CT")
    assert [bill.number for bill in found] == [older.number, ticket.number]
    assert [bill.amount_cents for bill in found] == [2 * FINE_CENTS, FINE_CENTS]
    assert [bill.appeal_until is None for bill in found] == [True, False]
    assert bills(city, plate="TKT 100", state="NY") == ()


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (EventKind.VOIDED, "taken back"),
        (EventKind.DISMISSED, "dismissed"),
        (EventKind.HELD, "looking at"),
    ],
)
def test_what_is_not_owed_is_not_taken(
    city: City, ticket: Citation, kind: EventKind, word: str
) -> None:
    [before] = bills(city, number=NUMBER)
    happened(city, ticket, kind)
    [bill] = bills(city, number=NUMBER)
    assert word in bill.refused
    with pytest.raises(UserError) as refused:
        start(city, order_of(bill))
    assert refused.value.key == "quote.refused"
    row = start(city, order_of(before))
    present(city, row)
    done = city.until(row.payment_id, over)
    assert (done.state, done.decline_hint) == (PaymentState.VOIDED, NO_LONGER_DUE)
    assert city.bank()["captured"] == city.bank()["held"] == 0
    assert city.ledger() == []


def test_a_ticket_paid_elsewhere_meanwhile_is_not_paid_twice(city: City, ticket: Citation) -> None:
    row = start(city, order_of(bills(city, number=NUMBER)[0]))
    city.until(row.payment_id, card_asked_for)
    happened(city, ticket, EventKind.PAID, amount_cents=FINE_CENTS)
    city.stripe.present(city.account.reader, "visa")
    done = city.until(row.payment_id, over)
    assert (done.state, done.told) == (PaymentState.VOIDED, Told.CANCELED)
    assert city.bank()["captured"] == city.bank()["held"] == 0
    assert len(paid_events(city, ticket)) == 1


def test_two_pay_stations_cannot_pay_one_ticket_at_once(city: City, ticket: Citation) -> None:
    del ticket
    first, second = bills(city, number=NUMBER)[0], bills(city, number=NUMBER)[0]
    start(city, order_of(first))
    with pytest.raises(UserError) as refused:
        start(city, order_of(second))
    assert refused.value.key == "payment.under_way"
    assert "Do not pay again" in refused.value.action


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({}, "bill.what"),
        ({"plate": "ABC"}, "bill.what"),
        ({"number": "SC-4-1"}, "number.form"),
        ({"number": "SC-4-0012874"}, "number.check_digit"),
        ({"plate": "\N{SNOWMAN}", "state": "CT"}, "plate.characters"),
    ],
)
def test_what_cannot_be_looked_for_is_said(city: City, asked: dict[str, str], key: str) -> None:
    with pytest.raises(UserError) as refused:
        bills(city, **asked)
    assert refused.value.key == key


def test_another_amount_than_the_bill_is_never_charged(city: City, ticket: Citation) -> None:
    del ticket
    [bill] = bills(city, number=NUMBER)
    with pytest.raises(UserError) as changed:
        start(city, order_of(bill, shown_price_cents=1))
    assert changed.value.key == "quote.changed"
    with pytest.raises(UserError) as unknown:
        start(city, order_of(bill, quote_id=uuid4()))
    assert unknown.value.key == "quote.unknown"

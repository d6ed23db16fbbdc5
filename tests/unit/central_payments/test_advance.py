"""One charge and always a right, whatever Stripe, the reader and the line do.

The bank book of the emulator is the oracle: what cards really paid, against rights and ledger.
"""

import threading
from dataclasses import dataclass

import pytest

from central.payments.desk import open_payment
from central.payments.row import PaymentRow
from parking.errors import UserError
from parking.payment import PaymentOrder, PaymentState, Told
from tests.unit.central_payments.conftest import City
from tests.unit.central_payments.prices import PRICE_CENTS


def _start(city: City, order: PaymentOrder | None = None) -> PaymentRow:
    return open_payment(city.desk, city.terminal, order or city.order())


def _card_asked_for(row: PaymentRow) -> bool:
    return row.state is PaymentState.DISPATCHED and row.told is Told.PRESENT_CARD


def _captured(row: PaymentRow) -> bool:
    return row.state is PaymentState.CAPTURED


def _canceled(row: PaymentRow) -> bool:
    return row.state is PaymentState.CANCELED


def _paid_once(city: City) -> None:
    assert city.bank() == {"held": 0, "captured": PRICE_CENTS, "released": 0, "captures": 1}
    assert city.ledger() == [("charge", PRICE_CENTS)]
    assert city.rights() == 1


def _paid_nothing(city: City) -> None:
    bank = city.bank()
    assert (bank["held"], bank["captured"]) == (0, 0)
    assert city.ledger() == []
    assert city.rights() == 0


def _pay(city: City, card: str = "visa") -> PaymentRow:
    row = _start(city)
    city.until(row.payment_id, _card_asked_for)
    city.stripe.present(city.account.reader, card)
    return row


def test_a_card_pays_once_and_the_right_stands(city: City) -> None:
    done = city.until(_pay(city).payment_id, _captured)

    assert done.told is Told.APPROVED
    assert done.card == "Visa 4242"
    assert done.right_id == done.payment_id
    assert any(line.startswith("AID ") for line in done.receipt)
    _paid_once(city)


@dataclass(frozen=True)
class Bad:
    """A fault of one request that a payment must survive."""

    op: str
    kind: str
    when: str = "before"
    times: int = 1


@pytest.mark.parametrize(
    "bad",
    [
        Bad("payment_intents.create", "drop"),
        Bad("payment_intents.create", "drop", "after"),
        Bad("payment_intents.create", "500"),
        Bad("payment_intents.create", "500", "after"),
        Bad("payment_intents.create", "429"),
        Bad("readers.process_payment_intent", "drop"),
        Bad("readers.process_payment_intent", "drop", "after"),
        Bad("readers.process_payment_intent", "500"),
        Bad("readers.process_payment_intent", "timeout_true"),
        Bad("readers.process_payment_intent", "timeout_false"),
        Bad("readers.process_payment_intent", "busy"),
        Bad("payment_intents.retrieve", "500", times=3),
    ],
    ids=lambda bad: f"{bad.op}-{bad.kind}-{bad.when}",
)
def test_a_fault_before_the_card_still_ends_in_one_charge(city: City, bad: Bad) -> None:
    city.stripe.inject(bad.op, bad.kind, when=bad.when, times=bad.times)

    row = _pay(city)

    city.until(row.payment_id, _captured)
    _paid_once(city)


@pytest.mark.parametrize(
    "bad",
    [
        Bad("payment_intents.capture", "drop"),
        Bad("payment_intents.capture", "drop", "after"),
        Bad("payment_intents.capture", "500"),
        Bad("payment_intents.capture", "500", "after"),
        Bad("payment_intents.capture", "429"),
    ],
    ids=lambda bad: f"{bad.kind}-{bad.when}",
)
def test_a_fault_at_capture_still_ends_in_one_charge(city: City, bad: Bad) -> None:
    city.stripe.inject(bad.op, bad.kind, when=bad.when)

    row = _pay(city)

    city.until(row.payment_id, _captured)
    _paid_once(city)


def test_a_card_that_is_taken_at_once_is_not_captured_again(city: City) -> None:
    row = _pay(city, "single_message")

    city.until(row.payment_id, _captured)

    _paid_once(city)
    assert not [one for one in city.stripe.requests() if "capture" in str(one.get("path", ""))]


def test_a_reader_that_loses_the_answer_is_asked_again_by_reading(city: City) -> None:
    row = _start(city)
    city.until(row.payment_id, _card_asked_for)
    city.stripe.inject("reader.card", "connection_error", when="after")
    city.stripe.present(city.account.reader, "visa")

    city.until(row.payment_id, _captured)
    _paid_once(city)


def test_a_declined_card_can_be_followed_by_another(city: City) -> None:
    row = _pay(city, "insufficient_funds")
    declined = city.until(row.payment_id, lambda now: now.state is PaymentState.DECLINED)
    assert (declined.told, declined.decline_hint) == (Told.DECLINED, "insufficient_funds")

    city.desk.book.request(row.payment_id, column="present_again")
    city.desk.wake(row.payment_id)
    city.until(row.payment_id, lambda now: _card_asked_for(now) and now.attempt == 2)
    city.stripe.present(city.account.reader, "visa")

    city.until(row.payment_id, _captured)
    _paid_once(city)


def test_a_lost_card_is_never_named_as_such(city: City) -> None:
    row = _pay(city, "lost")

    declined = city.until(row.payment_id, lambda now: now.state is PaymentState.DECLINED)

    assert declined.decline_hint == ""


def test_cancel_before_the_card_takes_the_reader_back(city: City) -> None:
    row = _start(city)
    city.until(row.payment_id, _card_asked_for)

    city.desk.book.request(row.payment_id, column="cancel_requested")
    city.desk.wake(row.payment_id)

    city.until(row.payment_id, _canceled)
    _paid_nothing(city)
    assert _pay(city).reader_id == city.account.reader


def test_cancel_after_the_grant_changes_nothing(city: City) -> None:
    row = _pay(city)
    city.until(row.payment_id, lambda now: now.right_id is not None)

    city.desk.book.request(row.payment_id, column="cancel_requested")
    city.desk.wake(row.payment_id)

    city.until(row.payment_id, _captured)
    _paid_once(city)


def test_nothing_is_captured_while_the_right_cannot_be_stored(
    city: City, refusing_grants: threading.Event
) -> None:
    refusing_grants.set()
    row = _pay(city)
    city.until(row.payment_id, lambda now: now.state is PaymentState.AUTHORISED)
    bank = city.bank()
    assert (bank["held"], bank["captured"]) == (PRICE_CENTS, 0)

    city.desk.book.request(row.payment_id, column="cancel_requested")
    refusing_grants.clear()

    assert city.rights() == 0
    assert city.ledger() == []


def test_the_same_order_twice_is_one_payment(city: City) -> None:
    order = city.order()
    rows = {_start(city, order).payment_id for _ in range(3)}

    assert rows == {order.payment_id}
    city.until(order.payment_id, _card_asked_for)
    city.stripe.present(city.account.reader, "visa")
    city.until(order.payment_id, _captured)
    _paid_once(city)


def test_a_second_payment_for_the_same_price_is_refused(city: City) -> None:
    quote = city.quote()
    _start(city, city.order(quote))

    with pytest.raises(UserError, match=r"under way|busy") as refused:
        _start(city, city.order(quote))
    assert refused.value.key in {"payment.under_way", "payment.reader_busy"}


def test_a_busy_reader_is_said_in_words(city: City) -> None:
    _start(city)

    with pytest.raises(UserError) as refused:
        _start(city)
    assert refused.value.key == "payment.reader_busy"


def test_a_price_nobody_showed_is_not_charged(city: City) -> None:
    order = city.order()
    wrong = PaymentOrder(
        payment_id=order.payment_id, quote_id=order.quote_id, shown_price_cents=PRICE_CENTS - 1
    )

    with pytest.raises(UserError) as refused:
        _start(city, wrong)
    assert refused.value.key == "quote.changed"
    _paid_nothing(city)


def test_a_reader_that_is_off_is_said_at_once(city: City) -> None:
    city.stripe.inject("readers.process_payment_intent", "offline", times=1)

    row = _start(city)

    city.until(row.payment_id, lambda now: now.told is Told.READER_OFFLINE)
    city.until(row.payment_id, _card_asked_for)

"""Rows of the failure matrix, each fault at its exact place, with the bank book as the oracle.

The rows that other files hold are named in ``docs/payments.md``.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import stripe

from central.payments.advance import CARD_LIMIT, NOT_POSSIBLE, READER_LIMIT
from central.payments.book import NO_LONGER_DUE, OvertakenError
from central.payments.calls import Calls
from central.payments.row import PaymentRow
from parking.errors import UserError
from parking.payment import PaymentState, Told
from tests.unit.central_payments.prices import PRICE_CENTS
from tests.unit.central_payments.town import Town, check

PAID = (PaymentState.CAPTURED, Told.APPROVED)
CANCELED = (PaymentState.CANCELED, Told.CANCELED)
VOIDED = (PaymentState.VOIDED, Told.CANCELED)


@pytest.fixture(autouse=True)
def _the_books_agree(town: Town) -> Iterator[None]:
    yield
    check(town)


def ended(town: Town, row: PaymentRow) -> tuple[PaymentState, Told]:
    town.come_to_rest()
    after = town.row(row.payment_id)
    return after.state, after.told


def intents(town: Town) -> list[dict[str, Any]]:
    return [*town.emulator.world.tables["payment_intent"].values()]


def captured(town: Town) -> int:
    return sum(one["captured"] for one in town.bank().values())


def test_row_2_an_order_sent_again_is_the_same_payment(town: Town) -> None:
    order = town.order()
    first = town.work(town.put(order).payment_id)
    again = town.work(town.put(order).payment_id)
    assert again == first
    assert len(intents(town)) == 1
    town.present()
    assert ended(town, first) == PAID


def test_row_3_orders_at_the_same_moment_are_one_payment(town: Town) -> None:
    order, told = town.order(), list[PaymentRow]()
    start = threading.Barrier(4)

    def put() -> None:
        start.wait()
        told.append(town.put(order))

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {row.reference for row in told} == {told[0].reference}
    assert len(told) == 4
    workers = [threading.Thread(target=town.work, args=(order.payment_id,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    processed = [one for one in town.emulator.world.requests if "process" in (one["op"] or "")]
    assert (len(intents(town)), len(processed)) == (1, 1)
    town.present()
    assert ended(town, told[0]) == PAID


def test_row_6_of_two_intents_for_one_payment_one_is_canceled(town: Town) -> None:
    order = town.order()
    town.processor.create(
        key="lost", payment_id=str(order.payment_id), amount_cents=PRICE_CENTS, label="lost"
    )
    town.fault("payment_intents.create", "500", when="after")
    row = town.work(town.put(order).payment_id)
    town.pass_by(2)
    town.work(row.payment_id)
    assert sorted(one["status"] for one in intents(town)) == ["canceled", "requires_payment_method"]
    town.present()
    assert ended(town, row) == PAID


@pytest.mark.parametrize("place", ["before", "after"])
def test_row_7_central_dies_while_it_opens_a_payment(town: Town, place: str) -> None:
    row = town.put(town.order())
    with town.killed_at(1, place):
        town.work(row.payment_id)
    assert ended(town, row) == CANCELED
    assert town.row(row.payment_id).decline_hint == NOT_POSSIBLE
    assert all(one["status"] == "canceled" for one in intents(town))


def test_row_8_a_reader_without_power_is_said_at_once_and_costs_nothing(town: Town) -> None:
    town.power(on=False)
    town.pass_by(130)
    row = town.started()
    assert row.told is Told.READER_OFFLINE
    town.wish(row.payment_id, "cancel_requested")
    assert ended(town, row) == CANCELED
    assert [one["status"] for one in intents(town)] == ["canceled"]


def test_row_8_a_driver_who_just_leaves_costs_nothing(town: Town) -> None:
    town.power(on=False)
    town.pass_by(130)
    row = town.started()
    assert ended(town, row) == CANCELED
    assert town.row(row.payment_id).state_since_utc - row.created_utc < 2 * READER_LIMIT


def test_row_9_a_card_after_a_lost_answer_is_not_a_repetition_of_the_last(town: Town) -> None:
    town.fault("readers.process_payment_intent", "drop", when="after")
    row = town.started()
    town.pass_by(1)
    town.work(row.payment_id)
    town.present("declined")
    town.work(row.payment_id)
    town.wish(row.payment_id, "present_again")
    assert town.work(row.payment_id).told is Told.PRESENT_CARD
    assert town.present()
    assert ended(town, row) == PAID


def test_row_11_a_strangers_payment_on_the_reader_is_left_alone(town: Town) -> None:
    strangers = town.processor.create(key="x", payment_id="", amount_cents=900, label="other")
    town.processor.process(
        key="y",
        reader_id=town.stations[0].reader_id,
        intent_id=strangers.intent_id,  # type: ignore[union-attr]  # it was created
    )
    row = town.started()
    assert row.told is Told.READER_BUSY
    assert ended(town, row) == CANCELED
    doing = town.processor.reader(town.stations[0].reader_id)
    assert (doing.intent_id, doing.status) == (strangers.intent_id, "in_progress")  # type: ignore[union-attr]  # both answered


def test_row_13_the_driver_cancels_on_the_reader(town: Town) -> None:
    order = town.order()
    row = town.work(town.put(order).payment_id)
    reader = town.emulator.readers.find(town.stations[0].reader_id)
    assert town.emulator.readers.press_cancel(reader)
    assert ended(town, row) == CANCELED
    again = town.started()
    assert again.told is Told.PRESENT_CARD
    town.present()
    assert ended(town, again) == PAID


def test_row_14_a_cancel_while_the_card_is_authorised_waits_and_gives_back(town: Town) -> None:
    row = town.started()
    town.fault("reader.card", "hold")
    town.present()
    town.wish(row.payment_id, "cancel_requested")
    assert town.work(row.payment_id).told is Told.CHECKING
    reader = town.emulator.readers.find(town.stations[0].reader_id)
    assert town.emulator.readers.release(reader)
    assert ended(town, row) == CANCELED
    assert [one["released"] for one in town.bank().values()] == [PRICE_CENTS]


@pytest.mark.parametrize("kind", ["drop", "500"])
def test_row_15_a_cancel_whose_answer_was_lost_is_read_back(town: Town, kind: str) -> None:
    row = town.started()
    town.wish(row.payment_id, "cancel_requested")
    town.fault("payment_intents.cancel", kind, when="after")
    assert town.work(row.payment_id).state is PaymentState.CANCELING
    assert ended(town, row) == CANCELED


@pytest.mark.parametrize("fault", ["stuck", "connection_error"])
def test_row_17_a_card_that_never_comes_through_ends_at_the_limit(town: Town, fault: str) -> None:
    row = town.started()
    town.fault("reader.card", fault)
    town.present()
    assert ended(town, row) == CANCELED
    took = town.row(row.payment_id).state_since_utc - row.state_since_utc
    assert CARD_LIMIT < took < 2 * CARD_LIMIT
    following = town.started()
    assert following.told is Told.PRESENT_CARD
    town.present()
    assert ended(town, following) == PAID


def test_row_17_a_reader_that_died_with_a_payment_takes_the_next_one(town: Town) -> None:
    row = town.started()
    town.power(on=False)
    assert ended(town, row) == CANCELED
    town.power(on=True)
    following = town.started()
    town.pass_by(2)
    assert town.work(following.payment_id).told is Told.PRESENT_CARD
    town.present()
    assert ended(town, following) == PAID


def test_row_18_without_webhooks_the_poll_grants_within_30_s(town: Town) -> None:
    row = town.started()
    town.pass_by(60)
    town.work(row.payment_id)
    town.present()
    town.pass_by(30)
    assert town.book.due(most=1) == [row.payment_id]
    assert town.work(row.payment_id).told is Told.APPROVED


def test_row_19_late_and_repeated_wakes_change_nothing(town: Town) -> None:
    row = town.started()
    town.present()
    assert ended(town, row) == PAID
    before = town.row(row.payment_id)
    town.pass_by(2 * 86_400)
    for _ in range(3):
        town.desk.wake(row.payment_id)
        town.work(row.payment_id)
    after = town.row(row.payment_id)
    assert (after.version, after.state) == (before.version, before.state)
    assert town.book.due(most=1) == []


@pytest.mark.parametrize("request_number", [1, 2, 3])
@pytest.mark.parametrize("place", ["before", "after"])
def test_row_21_central_dies_after_the_authorisation(
    town: Town, request_number: int, place: str
) -> None:
    row = town.started()
    town.present()
    with town.killed_at(request_number, place):
        town.work(row.payment_id)
    assert captured(town) == 0 or town.row(row.payment_id).right_id is not None
    assert ended(town, row) == PAID


def test_row_21_a_card_for_time_long_over_is_let_go(town: Town) -> None:
    row = town.started()
    town.present()
    town.pass_by(27 * 3600)
    assert ended(town, row) == VOIDED
    assert town.row(row.payment_id).decline_hint == NO_LONGER_DUE


def test_row_22_while_the_database_refuses_nothing_is_captured(town: Town) -> None:
    row = town.started()
    town.present()
    town.refuse_grants = True
    with pytest.raises(RuntimeError, match="refuses"):
        town.work(row.payment_id)
    assert [one["held"] for one in town.bank().values()] == [PRICE_CENTS]
    town.refuse_grants = False
    assert ended(town, row) == PAID


def test_row_24_a_hold_that_ran_out_leaves_the_right(town: Town) -> None:
    row = town.started()
    town.present()
    town.fault("payment_intents.capture", "500")
    town.work(row.payment_id)
    town.pass_by(3 * 86_400)
    assert ended(town, row) == PAID
    assert captured(town) == 0
    [(code,)] = town.rows("SELECT code FROM alarms")
    assert code == "payment.capture_lost"


def test_row_29_ten_minutes_without_stripe_lose_no_payment(town: Town) -> None:
    order, row = town.order(), town.started()
    town.present()
    town.fault("*", "429", times=5)
    town.fault("*", "drop", times=10_000)
    for _ in range(10):
        town.pass_by(60)
        assert town.work(row.payment_id).told is Told.CHECKING
    with pytest.raises(UserError, match="Cards cannot be taken") as refused:
        town.put(order)
    assert refused.value.key == "payment.no_cards"
    town.emulator.world.faults.clear()
    assert ended(town, row) == PAID
    assert town.started().told is Told.PRESENT_CARD
    town.come_to_rest(stride_s=60)


def test_row_29_a_driver_learns_soon_that_no_card_is_asked_for(town: Town) -> None:
    row = town.put(town.order())
    town.fault("*", "drop", times=10_000)
    for _ in range(4):
        town.work(row.payment_id)
        town.pass_by(10)
    told = town.work(row.payment_id)
    assert (told.told, told.decline_hint) == (Told.CANCELED, NOT_POSSIBLE)
    town.emulator.world.faults.clear()
    assert ended(town, row) == CANCELED


@pytest.mark.parametrize("minutes", [-10, 10])
def test_row_31_a_wrong_clock_of_central_moves_no_money(town: Town, minutes: int) -> None:
    town.clock.skew = timedelta(minutes=minutes)
    town.fault("payment_intents.create", "500", when="after")
    row = town.started()
    town.pass_by(2)
    town.work(row.payment_id)
    assert len(intents(town)) == 1
    town.present()
    town.reconciler.release_holds()
    assert ended(town, row) == PAID


def test_row_32_another_key_in_the_middle_of_a_payment(town: Town) -> None:
    row = town.started()
    town.restart("rk_test_rotated0001")
    town.present()
    assert ended(town, row) == PAID


def test_row_33_the_sdk_is_the_one_that_was_tested() -> None:
    assert stripe.VERSION.startswith("16.1.")
    assert stripe.api_version == "2026-10-28.endive"


def test_a_worker_slower_than_its_claim_writes_nothing(town: Town) -> None:
    row = town.started()
    slow = town.book.claim(row.payment_id)
    assert slow is not None
    town.present()
    town.pass_by(61)
    assert town.work(row.payment_id).state is PaymentState.CAPTURED
    with pytest.raises(OvertakenError):
        town.book.write(slow, {"state": PaymentState.DECLINED})
    assert town.row(row.payment_id).state is PaymentState.CAPTURED


def test_a_broken_reader_goes_to_a_person(town: Town) -> None:
    town.fault("readers.process_payment_intent", "hardware_fault")
    row = town.started()
    assert ended(town, row) == CANCELED
    [(code, subject)] = town.rows("SELECT code, subject FROM alarms")
    assert (code, subject) == ("payment.reader", row.reader_id)


def test_a_call_is_written_down_before_it_is_sent(town: Town) -> None:
    row = town.put(town.order())
    calls = Calls(database=town.database, clock=town.clock)
    seen: list[Any] = []

    def send(_: str) -> bool:
        seen.extend(town.rows("SELECT idempotency_key, answered_utc FROM stripe_calls"))
        return True

    calls.post(row.payment_id, "probe", send)
    assert [tuple(one) for one in seen] == [(f"{row.payment_id}:probe:0", None)]
    town.come_to_rest(stride_s=60)

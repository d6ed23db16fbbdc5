"""Money given back: once, never more than was taken, and never told when it is not so."""

import threading
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from central.clock import SystemClock
from central.payments.advance import Advancer
from central.payments.desk import open_payment
from central.payments.row import PaymentRow
from parking.officer import Officer, Role
from parking.payment import PaymentState, Told
from parking.refund import RefundApproval, RefundRequest
from tests.unit.central_payments.conftest import City
from tests.unit.central_payments.prices import PRICE_CENTS

DESK = uuid4()


@pytest.fixture
def boss(city: City) -> UUID:
    return supervisor(city, "0900")


def supervisor(city: City, badge: str, role: Role = Role.SUPERVISOR) -> UUID:
    person = Officer(officer_id=uuid4(), badge=badge, display_name="S. Example", role=role)
    city.store(person)
    return person.officer_id


def ask(city: City, payment: PaymentRow, boss: UUID, **changed: object) -> RefundRequest:
    """Store a request as a push from the desk does."""
    request = RefundRequest(
        refund_id=uuid4(),
        payment_id=payment.payment_id,
        amount_cents=PRICE_CENTS,
        reason_code="goodwill",
        officer_id=boss,
        terminal_id=DESK,
        requested_utc=SystemClock().now().utc,
    )
    request = replace(request, **changed)  # type: ignore[arg-type]  # fields of it, by name
    city.store(request)
    return request


def state_of(city: City, request: RefundRequest) -> tuple[str, str]:
    with city.database.reading() as connection:
        found = connection.execute(
            text("SELECT state, why FROM refunds WHERE refund_id = :id"), {"id": request.refund_id}
        ).one()
    return found.state, found.why


def due_again(city: City) -> None:
    """Let an hour pass for every refund."""
    with city.database.unit_of_work("test") as connection:
        connection.execute(
            text("UPDATE refunds SET look_again_utc = now() WHERE look_again_utc IS NOT NULL")
        )


def refunded(city: City) -> int:
    return sum(one["refunded"] for one in city.stripe.book()["payments"].values())


def told(city: City) -> tuple[int, int, str]:
    with city.database.reading() as connection:
        found = connection.execute(text("SELECT * FROM payment_summary")).one()
    return found.refunded_cents, found.waiting_cents, found.task


def test_a_refund_gives_the_money_back_and_ends_the_right(city: City, boss: UUID) -> None:
    payment = city.pay()
    request = ask(city, payment, boss)
    city.desk.refunds.run()
    assert state_of(city, request) == ("succeeded", "")
    assert refunded(city) == PRICE_CENTS
    assert city.ledger() == [("charge", PRICE_CENTS), ("refund", -PRICE_CENTS)]
    after = city.desk.book.read(payment.payment_id)
    assert after is not None
    assert (after.state, after.refunded_cents) == (PaymentState.REFUNDED, PRICE_CENTS)
    with city.database.reading() as connection:
        revoked = connection.execute(text("SELECT revoked_utc FROM parking_sessions")).scalar_one()
    assert revoked is not None
    assert told(city) == (PRICE_CENTS, 0, "")


def test_a_part_leaves_the_right_if_the_supervisor_says_so(city: City, boss: UUID) -> None:
    payment = city.pay()
    ask(city, payment, boss, amount_cents=100, ends_right=False)
    city.desk.refunds.run()
    after = city.desk.book.read(payment.payment_id)
    assert after is not None
    assert (after.state, after.refunded_cents) == (PaymentState.CAPTURED, 100)
    with city.database.reading() as connection:
        revoked = connection.execute(text("SELECT revoked_utc FROM parking_sessions")).scalar_one()
    assert revoked is None


@pytest.mark.parametrize(
    ("kind", "when"), [("drop", "after"), ("drop", "before"), ("500", "after"), ("500", "before")]
)
def test_a_lost_answer_makes_no_second_refund(city: City, boss: UUID, kind: str, when: str) -> None:
    payment = city.pay()
    city.stripe.inject("refunds.create", kind, when=when)
    request = ask(city, payment, boss, amount_cents=100)
    city.desk.refunds.run()
    assert state_of(city, request) == ("sending", "")
    due_again(city)
    city.desk.refunds.run()
    assert state_of(city, request) == ("succeeded", "")
    assert refunded(city) == 100
    assert city.ledger()[1:] == [("refund", -100)]


def test_two_refunds_never_exceed_what_was_taken(city: City, boss: UUID) -> None:
    payment = city.pay()
    both = [ask(city, payment, boss, amount_cents=PRICE_CENTS - 100) for _ in range(2)]
    city.desk.refunds.run()
    states = sorted(state_of(city, request) for request in both)
    assert states == [("refused", "Only $1.00 is left to give back."), ("succeeded", "")]
    assert refunded(city) == PRICE_CENTS - 100
    assert "Only $1.00 is left" in told(city)[2]


def test_two_processes_make_one_refund(city: City, boss: UUID) -> None:
    payment = city.pay()
    request = ask(city, payment, boss)
    threads = [threading.Thread(target=city.desk.refunds.run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    due_again(city)
    city.desk.refunds.run()
    assert state_of(city, request) == ("succeeded", "")
    assert refunded(city) == PRICE_CENTS
    assert city.ledger()[1:] == [("refund", -PRICE_CENTS)]


def test_a_large_refund_waits_for_a_second_person(city: City, boss: UUID) -> None:
    desk = replace(city.desk.refunds, limit_cents=200)
    payment = city.pay()
    request = ask(city, payment, boss)
    desk.run()
    assert state_of(city, request)[0] == "waiting"
    assert told(city) == (0, PRICE_CENTS, "A refund waits for a second supervisor.")
    approve(city, request, boss)
    desk.run()
    assert state_of(city, request)[0] == "waiting"
    approve(city, request, supervisor(city, "0417", Role.OFFICER))
    desk.run()
    assert state_of(city, request)[0] == "waiting"
    assert refunded(city) == 0
    approve(city, request, supervisor(city, "0901"))
    desk.run()
    assert state_of(city, request)[0] == "succeeded"
    assert refunded(city) == PRICE_CENTS
    assert told(city) == (PRICE_CENTS, 0, "")


def approve(city: City, request: RefundRequest, who: UUID, *, approved: bool = True) -> None:
    city.store(
        RefundApproval(
            refund_approval_id=uuid4(),
            refund_id=request.refund_id,
            approved=approved,
            officer_id=who,
            terminal_id=DESK,
            decided_utc=SystemClock().now().utc,
        )
    )


def test_a_second_person_can_refuse(city: City, boss: UUID) -> None:
    desk = replace(city.desk.refunds, limit_cents=200)
    request = ask(city, city.pay(), boss)
    desk.run()
    approve(city, request, supervisor(city, "0901"), approved=False)
    desk.run()
    assert state_of(city, request) == ("refused", "A second supervisor refused it.")
    assert refunded(city) == 0


def test_an_officer_gives_no_money_back(city: City) -> None:
    request = ask(city, city.pay(), supervisor(city, "0418", Role.OFFICER))
    city.desk.refunds.run()
    assert state_of(city, request) == ("refused", "Only a supervisor gives money back.")


def test_a_payment_nobody_made_gives_nothing_back(city: City, boss: UUID) -> None:
    payment = city.pay()
    request = ask(city, payment, boss, payment_id=uuid4())
    city.desk.refunds.run()
    assert state_of(city, request) == ("refused", "Only $0.00 is left to give back.")


def test_a_refund_that_the_bank_sends_back_becomes_a_task(city: City, boss: UUID) -> None:
    payment = city.pay("refund_fails")
    request = ask(city, payment, boss)
    city.desk.refunds.run()
    assert state_of(city, request)[0] == "succeeded"
    city.stripe.advance_clock(120)
    due_again(city)
    city.desk.refunds.run()
    assert state_of(city, request)[0] == "failed"
    assert refunded(city) == 0
    assert city.ledger() == [
        ("charge", PRICE_CENTS),
        ("refund", -PRICE_CENTS),
        ("refund_failed", PRICE_CENTS),
    ]
    back, _, task = told(city)
    assert back == 0
    assert "sent a refund of $2.50 back" in task
    due_again(city)
    city.desk.refunds.run()
    assert len(city.ledger()) == 3


def test_a_refund_the_bank_thinks_about_is_shown_as_pending(city: City, boss: UUID) -> None:
    payment = city.pay("refund_pending")
    request = ask(city, payment, boss)
    city.desk.refunds.run()
    assert state_of(city, request)[0] == "pending"
    city.stripe.advance_clock(120)
    due_again(city)
    city.desk.refunds.run()
    assert state_of(city, request)[0] == "succeeded"
    assert city.ledger()[1:] == [("refund", -PRICE_CENTS)]


def test_money_taken_at_once_though_the_driver_canceled_goes_back(city: City) -> None:
    row = open_payment(city.desk, city.terminal, city.order())
    city.until(row.payment_id, lambda now: now.told is Told.PRESENT_CARD)
    city.desk.stop()
    city.stripe.present(city.account.reader, "single_message")
    city.desk.book.request(row.payment_id, column="cancel_requested")
    advancer = Advancer(city.desk.book, city.desk.processor, SystemClock())
    advancer.advance(row.payment_id)
    after = city.desk.book.read(row.payment_id)
    assert after is not None
    assert (after.state, after.told) == (PaymentState.CAPTURED, Told.CANCELED)
    assert city.rights() == 0
    city.desk.refunds.run()
    assert refunded(city) == PRICE_CENTS
    assert city.ledger() == [("charge", PRICE_CENTS), ("refund", -PRICE_CENTS)]

"""Money given back at a desk: what may be asked for, and who may decide it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.lanes import Task
from app.usecases.payments import PaymentRow
from parking.errors import UserError
from parking.refund import RefundApproval
from parking.terminal import TerminalKind
from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from tests.unit.ui_supervisor import payments

RIVERA, PARK = "0102", "0103"


@pytest.fixture
def desk() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.SUPERVISOR, name="C-02") as made:
        made.sign_in(RIVERA)
        yield made


def run(desk: FakeTerminal, task: Task[Any]) -> Any:
    return desk.lanes.run(task)


def ask(desk: FakeTerminal, payment_id: UUID, **changes: Any) -> None:
    wish: dict[str, Any] = {"amount_cents": 100, "reason_code": "goodwill", "text": ""}
    wish |= {"ends_right": True, **changes}
    run(desk, desk.app.money.ask_refund(payment_id, *wish.values()))


def row_of(desk: FakeTerminal, payment_id: UUID) -> PaymentRow:
    found: PaymentRow = run(desk, desk.app.money.payment(payment_id))
    return found


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"amount_cents": 0}, "refund.amount"),
        ({"amount_cents": 251}, "refund.amount"),
        ({"reason_code": ""}, "refund.reason"),
        ({"reason_code": "because"}, "refund.reason"),
        ({"reason_code": "other", "text": "  "}, "refund.reason"),
        ({"text": "x" * 501}, "record.field"),
    ],
)
def test_a_refund_that_cannot_be_is_refused(
    desk: FakeTerminal, changes: dict[str, Any], key: str
) -> None:
    one = payments.summary(1)
    payments.paid(desk.store, one)
    with pytest.raises(UserError) as caught:
        ask(desk, one.payment_id, **changes)
    assert caught.value.key == key
    assert desk.store.facts == []


def test_what_is_asked_for_here_is_not_left_to_ask_for_again(desk: FakeTerminal) -> None:
    one = payments.summary(1)
    payments.paid(desk.store, one)
    ask(desk, one.payment_id, amount_cents=200)
    assert row_of(desk, one.payment_id).left_cents == 50
    with pytest.raises(UserError, match=r"at most \$0.50"):
        ask(desk, one.payment_id, amount_cents=51)


def test_a_payment_nobody_knows_gives_nothing_back(desk: FakeTerminal) -> None:
    with pytest.raises(UserError, match="not known here"):
        ask(desk, uuid4())


def test_an_officer_gives_nothing_back_and_decides_nothing() -> None:
    with fake_terminal(TerminalKind.OFFICER) as laptop:
        laptop.sign_in("0417")
        request = payments.waiting(laptop.store, PARK)
        with pytest.raises(UserError, match="role"):
            ask(laptop, request.payment_id)
        with pytest.raises(UserError, match="role"):
            run(laptop, laptop.app.money.decide_refund(request.refund_id, True, ""))


def test_only_another_supervisor_decides_and_only_once(desk: FakeTerminal) -> None:
    own = payments.waiting(desk.store, RIVERA)
    with pytest.raises(UserError) as caught:
        run(desk, desk.app.money.decide_refund(own.refund_id, True, ""))
    assert caught.value.key == "refund.same_person"
    desk.sign_in(PARK)
    run(desk, desk.app.money.decide_refund(own.refund_id, False, "Not ours."))
    (said,) = desk.store.all_of(RefundApproval)
    assert (said.approved, said.text) == (False, "Not ours.")
    with pytest.raises(UserError) as caught:
        run(desk, desk.app.money.decide_refund(own.refund_id, True, ""))
    assert caught.value.key == "refund.decided"
    with pytest.raises(UserError, match="not known here"):
        run(desk, desk.app.money.decide_refund(uuid4(), True, ""))


def test_of_several_requests_the_large_ones_wait_for_a_second_person(desk: FakeTerminal) -> None:
    large = payments.waiting(desk.store, PARK)
    summary = desk.store.fed_payments[0]
    small = payments.asked(desk.store, summary, PARK, amount_cents=500)
    too_large = payments.asked(desk.store, summary, PARK, amount_cents=9000)
    waits = {
        each.asked.request.refund_id: each.waits
        for each in row_of(desk, summary.payment_id).refunds
    }
    assert waits == {large.refund_id: True, small.refund_id: False, too_large.refund_id: False}

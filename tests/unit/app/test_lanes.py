import threading
from collections.abc import Iterator
from functools import partial

import pytest

from app.lanes import Done, Failed, Lane, Lanes, Outcome, Task, Ticket, reading, saving
from parking.errors import BugError, UnavailableError, UserError
from tests.waiting import wait_until


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes(io_workers=2)
    yield made
    made.stop()


def test_a_task_returns_its_value_from_a_worker_thread(lanes: Lanes) -> None:
    name = lanes.run(reading("where", lambda: threading.current_thread().name))
    assert name.startswith("lane-io")


def test_writes_run_one_after_the_other_on_the_store_worker(lanes: Lanes) -> None:
    order: list[int] = []
    outcomes: list[Outcome[None]] = []
    for number in range(50):
        lanes.start(saving("save", partial(order.append, number)), outcomes.append)
    wait_until(lambda: len(outcomes) == 50)
    assert order == list(range(50))


def test_a_persons_save_goes_before_patient_work(lanes: Lanes) -> None:
    gate, order = threading.Event(), list[str]()
    outcomes: list[Outcome[None]] = []

    def patient(_ticket: Ticket) -> None:
        order.append("page")

    lanes.start(saving("blocker", lambda: order.append(str(gate.wait(5)))), outcomes.append)
    for _number in range(3):
        lanes.start(
            Task(name="page", lane=Lane.STORE, deadline_s=10, work=patient, patient=True),
            outcomes.append,
        )
    lanes.start(saving("save", lambda: order.append("person")), outcomes.append)
    gate.set()
    wait_until(lambda: len(outcomes) == 5)
    assert order == ["True", "person", "page", "page", "page"]


def test_errors_of_ours_arrive_as_they_are(lanes: Lanes) -> None:
    def wrong() -> None:
        raise UserError("plate.empty", "Enter the plate.")

    with pytest.raises(UserError, match="Enter the plate"):
        lanes.run(reading("check", wrong))


def test_a_fault_arrives_as_a_bug_and_the_lane_goes_on(
    lanes: Lanes, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes: list[Outcome[float]] = []
    lanes.start(saving("divide", lambda: 1 / 0), outcomes.append)
    wait_until(lambda: bool(outcomes))
    (outcome,) = outcomes
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, BugError)
    assert "ZeroDivisionError" in str(outcome.error)
    assert "task=divide outcome=bug" in caplog.text
    assert lanes.run(saving("next", lambda: 1)) == 1


def test_a_cancelled_task_that_has_not_begun_never_begins(lanes: Lanes) -> None:
    gate, ran = threading.Event(), list[str]()
    outcomes: list[Outcome[None]] = []
    lanes.start(saving("blocker", lambda: ran.append(str(gate.wait(5)))), outcomes.append)
    ticket = lanes.start(saving("late", lambda: ran.append("late")), outcomes.append)
    ticket.cancel()
    gate.set()
    wait_until(lambda: len(outcomes) == 2)
    assert ran == ["True"]
    assert isinstance(outcomes[1], Failed)
    assert isinstance(outcomes[1].error, UnavailableError)
    assert outcomes[1].error.key == "task.cancelled"


def test_a_task_past_its_deadline_is_refused_before_anything_happened(lanes: Lanes) -> None:
    def never(_ticket: Ticket) -> None:
        raise AssertionError

    with pytest.raises(UnavailableError) as caught:
        lanes.run(Task(name="slow", lane=Lane.IO, deadline_s=0, work=never))
    assert caught.value.key == "task.too_late"
    assert caught.value.retry_safe


def test_running_work_sees_cancel_and_deadline(lanes: Lanes) -> None:
    begun = threading.Event()
    outcomes: list[Outcome[bool]] = []

    def wait(ticket: Ticket) -> bool:
        begun.set()
        return ticket.pause(30)

    ticket = lanes.start(
        Task(name="follow", lane=Lane.IO, deadline_s=60, work=wait), outcomes.append
    )
    assert begun.wait(5)
    ticket.cancel()
    wait_until(lambda: bool(outcomes))
    assert outcomes == [Done(value=False)]


def test_a_local_write_from_an_io_task_runs_on_the_store_lane(lanes: Lanes) -> None:
    def work() -> str:
        return lanes.on_store("save", lambda: threading.current_thread().name)

    assert lanes.run(reading("outer", work)) == "lane-store-1"
    assert lanes.run(saving("outer", work)) == "lane-store-1"


def test_the_store_lane_never_waits_for_itself(lanes: Lanes) -> None:
    inner = saving("inner", lambda: 1)
    with pytest.raises(BugError, match="own lane"):
        lanes.run(saving("outer", lambda: lanes.run(inner)))


def test_stopped_lanes_take_nothing_more() -> None:
    lanes = Lanes()
    lanes.stop()
    lanes.stop()
    with pytest.raises(BugError, match="after the lanes stopped"):
        lanes.run(reading("late", lambda: 1))


def test_stopping_names_a_worker_that_does_not_end() -> None:
    lanes, begun, gate = Lanes(io_workers=1), threading.Event(), threading.Event()
    outcomes: list[Outcome[bool]] = []

    def stuck() -> bool:
        begun.set()
        return gate.wait(10)

    lanes.start(reading("stuck", stuck), outcomes.append)
    assert begun.wait(5)
    with pytest.raises(BugError, match="lane-io-1"):
        lanes.stop(timeout_s=0.05)
    gate.set()
    wait_until(lambda: all(not t.name.startswith("lane-") for t in threading.enumerate()))

"""The push leg: lowest lane first, sizes that fit, and no lane that holds up another."""

import threading
from typing import Any, cast

import pytest

from local_db.store import LocalStore
from parking.check import PlateCheck
from parking.errors import ParkingError, UnavailableError, UserError
from sync.beside import on_a_thread
from sync.engine import SyncEngine
from sync.failures import BusyError, GapError, TooLargeError, in_trouble, too_slow
from sync.push import Batch, PushLeg
from sync.records import Lane
from sync.report import SyncReport
from sync.wire import MOST_OPS, OpResult, PushAnswer, PushRequest
from tests.fakes.beside import at_once
from tests.fakes.central import FakeCentral
from tests.fakes.clock import NOON, StillClock
from tests.fakes.terminal import (
    TERMINAL_ID,
    citation,
    outage_event,
    plate_check,
    save,
    sign,
)
from tests.unit.parking import samples
from tests.unit.sync.scripted import Scripted


@pytest.fixture
def gateway(central: FakeCentral) -> Scripted:
    return Scripted(central)


def answer(results: list[OpResult]) -> PushAnswer:
    return PushAnswer(results=results, server_utc=NOON)


def test_a_batch_shrinks_until_it_fits_and_grows_again(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    sizes: list[int] = []

    def push(request: PushRequest) -> PushAnswer:
        sizes.append(len(request.ops))
        if len(request.ops) > 3:
            raise TooLargeError("Too large.")
        return central.push(request)

    gateway.on_push = push
    save(store, *(plate_check() for _ in range(8)))
    assert engine.run_once().pushed == 8
    assert sizes == [8, 4, 2, 4, 2, 4, 2, 2]


def test_a_citation_saved_during_a_long_push_of_checks_goes_next(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    lanes: list[int] = []

    def push(request: PushRequest) -> PushAnswer:
        if not lanes:
            save(store, citation())
        lanes.append(request.lane)
        return central.push(request)

    gateway.on_push, central.page_rows = push, 2 * MOST_OPS
    save(store, *(plate_check() for _ in range(MOST_OPS + 1)))
    assert engine.run_once().pushed == MOST_OPS + 2
    assert lanes == [Lane.EDITS, Lane.CITATIONS, Lane.EDITS]


def test_a_lane_central_has_no_room_for_does_not_keep_the_lanes_below_it(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    asked: list[int] = []

    def push(request: PushRequest) -> PushAnswer:
        asked.append(request.lane)
        if request.lane == Lane.EDITS:
            save(store, citation())
            raise BusyError("Come back later.", retry_after_s=30)
        return central.push(request)

    gateway.on_push = push
    central.publish(samples.zone())
    save(store, plate_check())
    report = engine.run_once()
    assert asked == [Lane.EDITS, Lane.CITATIONS]
    assert (report.pushed, report.busy_lane) == (1, Lane.EDITS)
    assert isinstance(report.error, BusyError)
    assert store.zones() == (samples.zone(),)
    save(store, outage_event(), plate_check())
    urgent = engine.push_below(Lane.EDITS)
    assert (urgent.pushed, urgent.error) == (1, None)
    assert asked[2:] == [Lane.ORDERS]
    assert store.to_send().lanes == ((Lane.EDITS, 2),)


def test_what_central_has_no_room_for_is_told_for_the_lowest_lane(
    store: LocalStore, gateway: Scripted, engine: SyncEngine
) -> None:
    def push(request: PushRequest) -> PushAnswer:
        if request.lane == Lane.EDITS:
            save(store, citation())
        raise BusyError("Come back later.", retry_after_s=30)

    gateway.on_push = push
    save(store, plate_check())
    assert engine.run_once().busy_lane == Lane.CITATIONS
    urgent = engine.push_below(Lane.CITATIONS)
    assert (urgent.pushed, urgent.error) == (0, None)


@pytest.mark.parametrize(
    "error",
    [
        GapError("Central goes on from 9.", next_seq=9),
        TooLargeError("Too large."),
        in_trouble(500),
        UserError("push.chain", "The signature does not fit."),
        UserError("body.malformed", "The body is no PushRequest."),
    ],
    ids=lambda error: error.key,
)
def test_a_lane_that_is_stuck_holds_up_no_other(
    store: LocalStore,
    central: FakeCentral,
    gateway: Scripted,
    engine: SyncEngine,
    error: ParkingError,
) -> None:
    def push(request: PushRequest) -> PushAnswer:
        if request.lane == Lane.ORDERS:
            raise error
        return central.push(request)

    gateway.on_push = push
    save(store, outage_event(), citation(), plate_check())
    report = engine.run_once()
    assert (report.error, report.pushed) == (error, 2)
    assert store.to_send().lanes == ((Lane.ORDERS, 1),)


def test_who_is_not_let_in_asks_once(
    store: LocalStore, gateway: Scripted, engine: SyncEngine
) -> None:
    asked: list[int] = []

    def push(request: PushRequest) -> PushAnswer:
        asked.append(request.lane)
        raise UserError("terminal.revoked", "This device was revoked.")

    gateway.on_push = push
    save(store, outage_event(), citation(), plate_check())
    assert isinstance(engine.run_once().error, UserError)
    assert asked == [Lane.ORDERS]


def test_what_goes_before_poison_gets_through(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    checks = [plate_check() for _ in range(9)]
    poison = str(checks[6].check_id).encode()

    def push(request: PushRequest) -> PushAnswer:
        if any(poison in bytes(op.data) for op in request.ops):
            raise in_trouble(500)
        return central.push(request)

    gateway.on_push = push
    for check in checks:
        save(store, check)
    for _ in range(5):
        assert engine.run_once().error is not None
    assert central.facts(PlateCheck) == {check.check_id for check in checks[:6]}
    gateway.on_push = None
    assert engine.run_once().error is None
    assert store.to_send().count == 0


def test_one_operation_too_large_is_told_and_kept(
    store: LocalStore, gateway: Scripted, engine: SyncEngine
) -> None:
    def push(_request: PushRequest) -> PushAnswer:
        raise TooLargeError("Too large.")

    gateway.on_push = push
    save(store, plate_check(), plate_check())
    assert isinstance(engine.run_once().error, TooLargeError)
    assert store.to_send().count == 2


def test_a_batch_that_was_too_slow_is_smaller_the_next_time(
    store: LocalStore, gateway: Scripted, engine: SyncEngine
) -> None:
    sizes: list[int] = []

    def push(request: PushRequest) -> PushAnswer:
        sizes.append(len(request.ops))
        raise too_slow()

    gateway.on_push = push
    save(store, *(plate_check() for _ in range(8)))
    for _ in range(5):
        engine.run_once()
    assert sizes == [8, 4, 2, 1, 1]


def test_answers_cut_to_some_operations_leave_the_rest_to_send(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    def push(request: PushRequest) -> PushAnswer:
        whole = central.push(request)
        return answer(whole.results[:2])

    gateway.on_push = push
    save(store, *(plate_check() for _ in range(5)))
    assert engine.run_once().pushed == 5
    assert store.to_send().count == 0


@pytest.mark.parametrize(
    "results", [[], [OpResult(9, "applied")], [OpResult(1, "maybe")], [OpResult(0, "refused")]]
)
def test_answers_to_nothing_we_asked_settle_nothing(
    store: LocalStore, gateway: Scripted, engine: SyncEngine, results: list[OpResult]
) -> None:
    gateway.on_push = lambda _: answer(results)
    save(store, plate_check())
    error = engine.run_once().error
    assert isinstance(error, UnavailableError)
    assert error.key == "central.version"
    assert store.to_send().count == 1


def test_a_gap_ahead_of_the_batch_is_told(
    store: LocalStore, gateway: Scripted, engine: SyncEngine
) -> None:
    def push(_request: PushRequest) -> PushAnswer:
        raise GapError("Central goes on from 5.", next_seq=5)

    gateway.on_push = push
    save(store, plate_check())
    assert isinstance(engine.run_once().error, GapError)


def test_a_revoked_device_is_told_and_keeps_its_records(
    store: LocalStore, gateway: Scripted, engine: SyncEngine
) -> None:
    def push(_request: PushRequest) -> PushAnswer:
        raise UserError("terminal.revoked", "This device was revoked.")

    gateway.on_push = push
    save(store, plate_check())
    assert isinstance(engine.run_once().error, UserError)
    assert store.to_send().count == 1


def eager(store: LocalStore, gateway: Scripted, clock: StillClock) -> SyncEngine:
    """An engine whose pushes reach central before the answers of the last one are stored."""
    made = SyncEngine(
        store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign, beside=at_once
    )
    made.run_once()
    return made


def test_the_answers_to_a_batch_are_stored_while_the_next_is_on_its_way(
    store: LocalStore, central: FakeCentral, gateway: Scripted, clock: StillClock
) -> None:
    engine, waiting, pushed = eager(store, gateway, clock), [], []

    def push(request: PushRequest) -> PushAnswer:
        waiting.append((request.lane, request.ops[0].seq, store.outbox.to_send().count))
        return central.push(request)

    gateway.on_push = push
    save(store, *(plate_check() for _ in range(MOST_OPS + 1)), citation())
    report = engine.run_once(progress=lambda report: pushed.append(report.pushed))
    everything = MOST_OPS + 2
    assert waiting == [
        (Lane.CITATIONS, 1, everything),
        (Lane.EDITS, 1, everything),
        (Lane.EDITS, MOST_OPS + 1, everything - 1),
    ]
    assert (report.pushed, store.outbox.to_send().count) == (everything, 0)
    assert pushed[:3] == [0, 1, everything]


def test_answers_are_stored_although_the_next_batch_got_none(
    store: LocalStore, central: FakeCentral, gateway: Scripted, clock: StillClock
) -> None:
    engine = eager(store, gateway, clock)

    def push(request: PushRequest) -> PushAnswer:
        if request.lane == Lane.EDITS:
            raise too_slow()
        return central.push(request)

    gateway.on_push = push
    save(store, citation(), plate_check())
    report = engine.run_once()
    assert (report.pushed, getattr(report.error, "key", "")) == (1, "network.timeout")
    assert store.outbox.to_send().lanes == ((Lane.EDITS, 1),)


def test_a_store_that_fails_while_a_batch_is_on_its_way_ends_the_leg_once_it_has_come(
    store: LocalStore, central: FakeCentral, gateway: Scripted, clock: StillClock
) -> None:
    arrived = threading.Event()

    def push(request: PushRequest) -> PushAnswer:
        central.push(request)
        arrived.set()
        raise too_slow()

    class Failing:
        """A store whose disk fails when the next batch is looked for."""

        def __getattr__(self, name: str) -> object:
            return getattr(store.outbox, name)

        def next_batch(self, *, behind: Batch | None = None, **limits: Any) -> Batch | None:
            if behind is not None:
                raise UnavailableError("store.disk", "The disk fails.", retry_safe=True)
            return store.outbox.next_batch(**limits)

    gateway.on_push = push
    save(store, citation())
    leg = PushLeg(
        cast(Any, Failing()), gateway, clock, terminal_id=TERMINAL_ID, sign=sign, beside=on_a_thread
    )
    with pytest.raises(UnavailableError, match="disk"):
        leg.run(SyncReport(), lambda _report: None)
    assert arrived.is_set()

"""The loop: woken by saves, by central and by its own timer; stops when told; tells news."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from local_db.store import LocalStore
from parking.check import PlateCheck
from parking.citation import Citation
from parking.clock import Reading
from parking.errors import BugError, UnavailableError, UserError
from parking.outage import OutageEvent
from sync.engine import ClockOffset, SyncEngine
from sync.failures import BusyError, clock_jumped, no_network
from sync.loop import Backoff, Pace, SyncLoop
from sync.news import NetState, SyncNews, ToSend
from sync.progress import Estimate
from sync.records import Lane
from sync.report import SyncReport
from sync.wire import PHOTO_CHUNK_BYTES, PushAnswer, PushRequest
from tests.fakes.central import FakeCentral, FakeGateway, Trouble
from tests.fakes.clock import NOON, StillClock
from tests.fakes.terminal import (
    TERMINAL_ID,
    citation,
    outage_event,
    photo,
    plate_check,
    save,
    sign,
)
from tests.unit.parking import samples
from tests.waiting import wait_until

NEVER = Pace(poll_s=3600, first_retry_s=3600, longest_retry_s=3600)
QUICK = Pace(poll_s=3600, first_retry_s=0.01, longest_retry_s=0.05)

MakeLoop = Callable[..., SyncLoop]


@pytest.fixture
def news() -> list[SyncNews]:
    return []


@pytest.fixture
def start(
    store: LocalStore, engine: SyncEngine, news: list[SyncNews]
) -> Iterator[Callable[[Pace], SyncLoop]]:
    running: list[SyncLoop] = []

    def begin(pace: Pace) -> SyncLoop:
        loop = SyncLoop(engine, news.append, pace=pace)
        store.on_saved(loop.wake)
        loop.start()
        running.append(loop)
        wait_until(lambda: news)
        return loop

    yield begin
    for loop in running:
        loop.stop()


def test_a_save_is_sent_at_once(
    store: LocalStore, central: FakeCentral, start: MakeLoop, news: list[SyncNews]
) -> None:
    start(NEVER)
    made = citation()
    save(store, made)
    wait_until(lambda: central.facts(Citation) == {made.citation_id})
    wait_until(lambda: news[-1].to_send == ToSend(count=0, oldest_utc=None, parked=0))
    assert {each.net for each in news} == {NetState.ONLINE}


def test_central_wakes_the_terminal(
    store: LocalStore,
    central: FakeCentral,
    gateway: FakeGateway,
    start: MakeLoop,
    news: list[SyncNews],
) -> None:
    start(NEVER)
    wait_until(lambda: "wake" in gateway.calls)
    central.publish(samples.zone())
    gateway.move()
    wait_until(lambda: any("zone" in each.changed for each in news))
    assert store.zone("112") == samples.zone()


def test_what_comes_along_with_a_wake_up_is_taken_in_without_asking(
    store: LocalStore,
    central: FakeCentral,
    gateway: FakeGateway,
    start: MakeLoop,
    news: list[SyncNews],
) -> None:
    start(NEVER)
    wait_until(lambda: "wake" in gateway.calls)
    asked = [call for call in gateway.calls if call != "wake"]
    for zone_id in ("112", "113"):
        central.publish(replace(samples.zone(), zone_id=zone_id))
        news.clear()
        gateway.along = [central.page(store.outbox.feed_position().cursor)]
        gateway.move()
        wait_until(lambda: any("zone" in each.changed for each in news))
        assert store.zone(zone_id) is not None
    assert [call for call in gateway.calls if call != "wake"] == asked
    made = citation()
    save(store, made)
    wait_until(lambda: central.facts(Citation) == {made.citation_id})
    gateway.along = None
    central.publish(replace(samples.zone(), zone_id="114"))
    gateway.move()
    wait_until(lambda: store.zone("114") is not None)


def test_a_disk_that_fails_while_something_comes_along_is_told_and_a_round_follows(
    store: LocalStore,
    central: FakeCentral,
    gateway: FakeGateway,
    start: MakeLoop,
    news: list[SyncNews],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start(QUICK)
    wait_until(lambda: "wake" in gateway.calls)
    central.publish(samples.zone())
    gateway.along = [central.page(store.outbox.feed_position().cursor)]

    def full(_page: object) -> frozenset[str]:
        monkeypatch.undo()
        raise UnavailableError("database.disk", "The disk is full.", retry_safe=True)

    monkeypatch.setattr(store.outbox, "apply_page", full)
    gateway.move()
    wait_until(lambda: any(each.sentence == "The disk is full." for each in news))
    wait_until(lambda: store.zone("112") is not None)
    wait_until(lambda: news[-1].sentence == "")


def test_a_failed_upload_is_tried_again_without_any_new_save(
    store: LocalStore, central: FakeCentral, gateway: FakeGateway, start: MakeLoop
) -> None:
    made = citation()
    save(store, made)
    gateway.troubles.extend([Trouble.LOSE_REQUEST, Trouble.CUT_ANSWER, Trouble.PORTAL])
    start(QUICK)
    wait_until(lambda: central.facts(Citation) == {made.citation_id})


def test_being_offline_and_online_again_is_told(
    store: LocalStore, gateway: FakeGateway, start: MakeLoop, news: list[SyncNews]
) -> None:
    gateway.cut()
    save(store, citation())
    start(QUICK)
    assert news[0].net is NetState.OFFLINE
    assert "cannot be reached" in news[0].sentence
    assert news[0].to_send == ToSend(
        count=1, oldest_utc=NOON, parked=0, lanes=((Lane.CITATIONS, 1),)
    )
    gateway.down = False
    wait_until(lambda: news[-1].net is NetState.ONLINE)
    assert news[-1].sentence == ""


def test_a_busy_central_is_left_alone_for_as_long_as_it_asked(
    store: LocalStore, central: FakeCentral, gateway: FakeGateway, start: MakeLoop
) -> None:
    gateway.troubles.append(Trouble.BUSY)
    loop = start(QUICK)
    for _ in range(20):
        loop.wake()
    made = citation()
    save(store, made)
    wait_until(lambda: central.facts(Citation) == {made.citation_id})


def test_a_round_with_more_to_do_is_followed_by_another_at_once(
    store: LocalStore, central: FakeCentral, start: MakeLoop
) -> None:
    loop = start(NEVER)
    made = citation()
    save(store, made)
    wait_until(lambda: central.facts(Citation) == {made.citation_id})
    central.restore(FakeCentral().backup())
    loop.wake()
    wait_until(lambda: central.facts(Citation) == {made.citation_id})


def test_the_clock_offset_is_told(
    gateway: FakeGateway, start: MakeLoop, news: list[SyncNews]
) -> None:
    gateway.clock_offset = ClockOffset(offset_ms=-1500, uncertainty_ms=30, measured_utc=NOON)
    start(NEVER)
    assert (news[0].clock_offset_ms, news[0].clock_uncertainty_ms) == (-1500, 30)
    assert news[0].clock_measured_utc == NOON


def test_a_jump_of_the_wall_clock_is_told(
    clock: StillClock, start: MakeLoop, news: list[SyncNews], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: Reading(NOON, 7_200_000, jump_ms=7_200_000))
    start(NEVER)
    assert news[0].clock_jump_ms == 7_200_000
    assert "jumped by 2 hours" in news[0].sentence


@pytest.mark.parametrize(
    ("jump_ms", "span"),
    [
        (2001, "2 seconds"),
        (119_000, "119 seconds"),
        (120_000, "2 minutes"),
        (3_600_000, "60 minutes"),
        (10 * 3650 * 8_640_000, "3650 days"),
    ],
)
def test_a_jump_is_told_in_words(jump_ms: int, span: str) -> None:
    assert f"jumped by {span}." in clock_jumped(jump_ms)


def test_a_lane_over_its_share_goes_on_by_itself(
    store: LocalStore, central: FakeCentral, gateway: FakeGateway, clock: StillClock
) -> None:
    engine = SyncEngine(
        store.outbox,
        gateway,
        clock,
        terminal_id=TERMINAL_ID,
        sign=sign,
        photo_bytes_per_s=10 * PHOTO_CHUNK_BYTES,
    )
    plain = bytes(45 * PHOTO_CHUNK_BYTES)
    made, digest = citation(), store.save_photo(plain)
    save(store, made, photo(made, digest, len(plain)))
    loop = SyncLoop(engine, lambda _: None, pace=NEVER)
    loop.start()
    wait_until(lambda: digest in central.books.photos, what="the photo, in two rounds or more")
    loop.stop()


def test_rows_that_this_version_cannot_read_are_told_though_online(
    central: FakeCentral, start: MakeLoop, news: list[SyncNews]
) -> None:
    central.books.feed.append(("zone", b"{}"))
    start(NEVER)
    wait_until(lambda: "Update this terminal" in news[-1].sentence)
    assert news[-1].net is NetState.ONLINE


class FaultyEngine(SyncEngine):
    """Fails by a fault of ours, then is well."""

    faults: list[BaseException]

    def run_once(self, **_: object) -> SyncReport:
        if self.faults:
            raise self.faults.pop(0)
        return SyncReport(changed=frozenset({"zone"}))


@pytest.fixture
def faulty(engine: SyncEngine) -> FaultyEngine:
    engine.__class__ = FaultyEngine
    assert isinstance(engine, FaultyEngine)
    return engine


@pytest.mark.parametrize(
    ("fault", "net", "words"),
    [
        (ValueError("a fault"), NetState.OFFLINE, "has a fault"),
        (BugError("a fault"), NetState.OFFLINE, "has a fault"),
        (UnavailableError("x", "The disk is full.", retry_safe=True), NetState.OFFLINE, "is full"),
        (UserError("x", "This device was revoked."), NetState.REFUSED, "was revoked"),
    ],
)
def test_the_loop_goes_on_after_any_fault(
    faulty: FaultyEngine,
    start: MakeLoop,
    news: list[SyncNews],
    fault: Exception,
    net: NetState,
    words: str,
) -> None:
    faulty.faults = [fault]
    start(QUICK)
    wait_until(lambda: len(news) == 2)
    assert news[0].net is net
    assert words in news[0].sentence
    assert news[1].net is NetState.ONLINE
    assert news[1].changed == {"zone"}


def test_news_that_could_not_be_told_are_told_later(
    engine: SyncEngine, store: LocalStore, central: FakeCentral
) -> None:
    central.publish(samples.zone())
    news: list[SyncNews] = []
    down = threading.Event()
    down.set()
    real = engine.to_send

    def to_send() -> ToSend:
        if down.is_set():
            down.clear()
            raise UnavailableError("database.disk", "The disk fails.", retry_safe=True)
        return real()

    engine.to_send = to_send  # type: ignore[method-assign]  # the disk fails once
    loop = SyncLoop(engine, news.append, pace=QUICK)
    loop.start()
    store.on_saved(loop.wake)
    wait_until(lambda: not down.is_set())
    save(store, citation())
    wait_until(lambda: any("zone" in each.changed for each in news))
    loop.stop()


def test_a_listener_that_fails_does_not_end_the_loop(engine: SyncEngine) -> None:
    heard = threading.Semaphore(0)

    def told(_news: SyncNews) -> None:
        heard.release()
        raise RuntimeError("the screen has gone")

    loop = SyncLoop(engine, told, pace=Pace(poll_s=0.01))
    loop.start()
    assert heard.acquire(timeout=10)
    assert heard.acquire(timeout=10)
    loop.stop()


def test_the_progress_of_a_long_pull_is_told(
    engine: SyncEngine, central: FakeCentral, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.loop._NEWS_APART_S", 0.0)
    for number in range(1, 8):
        central.publish(samples.zone(zone_id=str(number)))
    news: list[SyncNews] = []
    loop = SyncLoop(engine, news.append, pace=NEVER)
    loop.start()
    wait_until(lambda: news and news[-1].remaining == 0 and len(news) > 3)
    loop.stop()
    assert [each.remaining for each in news[:3]] == [4, 1, 0]


class DeafGateway(FakeGateway):
    """Holds its wake channel whatever it is told."""

    hold = threading.Event()

    def wake(self, moved: Callable[[], None]) -> None:
        del moved
        self.hold.wait(10)
        raise no_network()


def test_a_thread_that_does_not_stop_is_told(
    store: LocalStore, central: FakeCentral, clock: StillClock
) -> None:
    gateway = DeafGateway(central)
    engine = SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign)
    loop = SyncLoop(engine, lambda _: None, pace=NEVER)
    loop.start()
    with pytest.raises(BugError, match="sync-wake"):
        loop.stop(timeout_s=0.05)
    DeafGateway.hold.set()
    loop.stop()


class SlowToForget(threading.Event):
    """A wake-up that is cleared away only when the next one has come."""

    def __init__(self) -> None:
        super().__init__()
        self.forgetting, self._told = threading.Event(), threading.Event()

    def set(self) -> None:
        super().set()
        self._told.set()

    def clear(self) -> None:
        self.forgetting.set()
        self._told.wait(10)
        super().clear()


def test_a_stop_whose_wake_up_is_cleared_away_stops_all_the_same(
    store: LocalStore, gateway: FakeGateway, clock: StillClock
) -> None:
    engine = SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign)
    loop = SyncLoop(engine, lambda _: None, pace=NEVER)
    loop._woken = woken = SlowToForget()
    loop.start()
    wait_until(woken.forgetting.is_set)
    loop.stop()


def test_waits_grow_at_random_between_their_bounds() -> None:
    highest = Backoff(Pace(first_retry_s=1, longest_retry_s=20), lambda _low, high: high)
    assert [highest.next_s() for _ in range(5)] == [1, 3, 9, 20, 20]
    highest.reset()
    assert highest.next_s() == 1
    lowest = Backoff(Pace(first_retry_s=1, longest_retry_s=20), lambda low, _high: low)
    assert [lowest.next_s() for _ in range(3)] == [1, 1, 1]
    random = Backoff(Pace(poll_s=30))
    assert all(20 <= random.poll_s() <= 40 for _ in range(100))
    assert all(1 <= random.next_s() <= 300 for _ in range(100))


class Crowded(FakeGateway):
    """Central has no room for edits, and asks to come back in an hour."""

    crowded = True

    def push(self, request: PushRequest) -> PushAnswer:
        if self.crowded and request.lane == Lane.EDITS:
            raise BusyError("Come back later.", retry_after_s=3600)
        return super().push(request)


class TestInARush:
    """Central asked to wait an hour with edits."""

    @pytest.fixture
    def gateway(self, central: FakeCentral) -> Crowded:
        return Crowded(central)

    def test_what_is_more_urgent_goes_at_once(
        self,
        store: LocalStore,
        central: FakeCentral,
        gateway: Crowded,
        start: MakeLoop,
        news: list[SyncNews],
    ) -> None:
        save(store, plate_check())
        start(NEVER)
        wait_until(lambda: "Come back later" in news[-1].sentence)
        made = citation()
        save(store, made)
        wait_until(lambda: central.facts(Citation) == {made.citation_id})
        wait_until(lambda: news[-1].to_send.lanes == ((Lane.EDITS, 1),))
        assert news[-1].sentence == "Come back later."
        gateway.crowded = False
        save(store, outage_event())
        wait_until(lambda: central.facts(OutageEvent))
        wait_until(lambda: news[-1].to_send.count == 1)
        assert not central.facts(PlateCheck)

    def test_it_can_be_stopped(
        self, store: LocalStore, gateway: Crowded, start: MakeLoop, news: list[SyncNews]
    ) -> None:
        assert gateway.crowded
        save(store, plate_check())
        loop = start(NEVER)
        wait_until(lambda: "Come back later" in news[-1].sentence)
        loop.stop()

    def test_what_waited_goes_by_itself_when_the_time_is_over(
        self, store: LocalStore, central: FakeCentral, gateway: Crowded, start: MakeLoop
    ) -> None:
        gateway.crowded = False
        gateway.troubles.extend([Trouble.BUSY] * 2)
        save(store, plate_check())
        start(QUICK)
        wait_until(lambda: central.facts(PlateCheck))


class Drawn:
    """Chance that always gives the least, and remembers between what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, float]] = []

    def uniform(self, low: float, high: float) -> float:
        self.asked.append((low, high))
        return low


def test_after_a_long_outage_terminals_come_back_at_random_but_orders_at_once(
    store: LocalStore, engine: SyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = Drawn()
    monkeypatch.setattr("sync.loop._JITTER", drawn)
    loop = SyncLoop(engine, lambda _: None)
    loop._let_others_come_too()
    loop._away_since = time.monotonic() - 50
    loop._let_others_come_too()
    assert drawn.asked == []
    loop._away_since = time.monotonic() - 70
    save(store, citation())
    loop._let_others_come_too()
    assert drawn.asked == [(0.0, 60.0)]
    save(store, outage_event())
    loop._let_others_come_too()
    assert drawn.asked == [(0.0, 60.0)]


def test_an_outage_begins_with_the_first_failure_and_ends_with_a_success(
    engine: SyncEngine, gateway: FakeGateway
) -> None:
    loop = SyncLoop(engine, lambda _: None)
    gateway.down = True
    loop._round()
    since = loop._away_since
    loop._round()
    assert since is not None
    assert loop._away_since == since
    gateway.down = False
    loop._round()
    assert loop._away_since is None


def test_how_long_the_rest_takes_is_told_once_it_is_known() -> None:
    now = [0.0]
    estimate = Estimate(lambda: now[0])
    assert estimate.seconds(1000) is None
    now[0] = 0.1
    assert estimate.seconds(900) is None
    now[0] = 1.0
    assert estimate.seconds(800) == 4
    now[0] = 2.0
    assert estimate.seconds(799) == 8
    assert estimate.seconds(0) is None
    assert estimate.seconds(50) is None

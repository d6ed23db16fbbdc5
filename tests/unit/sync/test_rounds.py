"""Waiting for a round: one that begins after the person asked, whole, or the reason why not."""

import threading
from collections.abc import Callable, Iterator

import pytest

from local_db.store import LocalStore
from parking.citation import Citation
from parking.errors import UnavailableError
from sync.engine import SyncEngine
from sync.failures import BusyError
from sync.loop import Pace, SyncLoop
from sync.news import SyncNews
from sync.report import SyncReport
from sync.rounds import Rounds
from tests.fakes.central import FakeCentral, FakeGateway, Trouble
from tests.fakes.terminal import citation, save

NEVER = Pace(poll_s=3600, first_retry_s=3600, longest_retry_s=3600)


@pytest.fixture
def loop(engine: SyncEngine) -> Iterator[SyncLoop]:
    def deaf(news: SyncNews) -> None:
        del news

    made = SyncLoop(engine, deaf, pace=NEVER)
    made.start()
    yield made
    made.stop()


def test_everything_saved_before_the_wish_is_at_central_after_it(
    store: LocalStore, central: FakeCentral, loop: SyncLoop
) -> None:
    made = citation()
    save(store, made)
    report = loop.run_now(timeout_s=30)
    assert report.error is None
    assert central.facts(Citation) == {made.citation_id}


def test_what_does_not_work_stands_in_the_report(gateway: FakeGateway, loop: SyncLoop) -> None:
    gateway.troubles.extend([Trouble.LOSE_REQUEST] * 50)
    report = loop.run_now(timeout_s=30)
    assert isinstance(report.error, UnavailableError)


def _in_thread(rounds: Rounds, timeout_s: float = 30) -> Callable[[], SyncReport | None]:
    asked = threading.Event()
    found: list[SyncReport | None] = []
    thread = threading.Thread(
        target=lambda: found.append(rounds.next_whole(asked.set, timeout_s)), name="asker"
    )
    thread.start()
    assert asked.wait(30)

    def answer() -> SyncReport | None:
        thread.join(30)
        return found[0]

    return answer


def test_a_round_that_ran_already_is_not_the_one_asked_for() -> None:
    rounds = Rounds()
    rounds.begin()
    answer = _in_thread(rounds)
    rounds.end(SyncReport(pushed=1))
    rounds.begin()
    rounds.end(SyncReport(pushed=2))
    found = answer()
    assert found is not None
    assert found.pushed == 2


def test_a_round_that_goes_on_at_once_is_not_whole() -> None:
    rounds = Rounds()
    answer = _in_thread(rounds)
    for pushed in (1, 2):
        rounds.begin()
        rounds.end(SyncReport(pushed=pushed, again=pushed == 1))
    found = answer()
    assert found is not None
    assert found.pushed == 2


def test_a_failure_ends_a_round_even_when_more_is_to_do() -> None:
    rounds = Rounds()
    answer = _in_thread(rounds)
    rounds.begin()
    rounds.end(SyncReport(again=True, error=BusyError("Later.", retry_after_s=9)))
    found = answer()
    assert found is not None
    assert isinstance(found.error, BusyError)


def test_nobody_waits_for_ever() -> None:
    rounds = Rounds()
    assert rounds.next_whole(lambda: None, 0.01) is None
    rounds.close()
    assert rounds.next_whole(lambda: None, 30) is None


def test_a_round_that_does_not_end_in_time_goes_on(engine: SyncEngine) -> None:
    def deaf(news: SyncNews) -> None:
        del news

    never_started = SyncLoop(engine, deaf, pace=NEVER)
    with pytest.raises(UnavailableError, match="goes on") as caught:
        never_started.run_now(timeout_s=0.01)
    assert caught.value.key == "sync.slow"

"""What somebody who asks for a round gets: what was refused is asked for once more, too."""

from app.acts.sync import SyncActs
from app.lanes import Ticket
from app.last_exchange import LastExchange
from app.post import Post
from sync.report import SyncReport
from tests.fakes.clock import StillClock
from tests.fakes.memory_store import MemoryStore
from tests.fakes.terminal import TERMINAL
from tests.unit.ui_sync.samples import refused


def test_what_was_refused_goes_again_with_a_round_that_somebody_asked_for() -> None:
    store, left = MemoryStore(), list[int]()
    store.refused = refused()
    acts = SyncActs(Post(store=store, clock=StillClock(), terminal=TERMINAL), LastExchange())

    def run(_timeout_s: float) -> SyncReport:
        left.append(len(store.refused))
        return SyncReport()

    acts.run_by(run)
    assert acts.status().work(Ticket("test", 1.0)).parked
    acts.sync_now().work(Ticket("test", 1.0))
    store.refused = refused()
    acts.answer({"do": "sync"})
    store.refused = refused()
    acts.answer({"do": "status"})
    assert left == [0, 0]

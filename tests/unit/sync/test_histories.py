"""Random histories of one terminal, one central and a bad network: nothing lost, nothing doubled.

Saves, rounds under trouble, restarts of the terminal and restores of central come in any order.
Whatever happened, with a good network everything saved is at central once, byte for byte, and the
terminal's rows are central's.
"""

import atexit
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from local_db.store import LocalStore
from local_db.tables import AUDIT_LINK
from parking.audit import GENESIS
from sync.engine import SyncEngine
from sync.records import BY_CLASS, BY_NAME, encode, key_of
from tests.fakes.central import Books, FakeCentral, FakeGateway, Trouble
from tests.fakes.clock import StillClock
from tests.fakes.terminal import (
    KEY,
    TERMINAL_ID,
    citation,
    photo,
    plate_check,
    quickly_enrolled,
    save,
    sign,
)
from tests.unit.parking import samples

_TEMPLATES = tempfile.TemporaryDirectory(prefix="stamford-histories-")
atexit.register(_TEMPLATES.cleanup)
_MOST_ROUNDS = 60


class Histories(RuleBasedStateMachine):
    """One history."""

    def __init__(self) -> None:
        super().__init__()
        self._home = tempfile.TemporaryDirectory(prefix="stamford-history-")
        self.folder = Path(self._home.name) / "device"
        self.clock = StillClock()
        self.central = FakeCentral(page_rows=2)
        self.gateway = FakeGateway(self.central)
        self.saved: dict[tuple[str, Any], bytes] = {}
        self.photos: dict[bytes, bytes] = {}
        self.zones: dict[str, int] = {}
        self.backup: Books = self.central.backup()

    @initialize()
    def enrol(self) -> None:
        template = Path(_TEMPLATES.name) / "enrolled"
        self.store = quickly_enrolled(template, self.folder, self.clock)
        self._connect()

    def _connect(self) -> None:
        self.engine = SyncEngine(
            self.store.outbox, self.gateway, self.clock, terminal_id=TERMINAL_ID, sign=sign
        )

    @rule(count=st.integers(1, 4))
    def save_checks(self, count: int) -> None:
        self._save(*(plate_check() for _ in range(count)))

    @rule(picture=st.binary(min_size=1, max_size=40))
    def issue_with_a_photo(self, picture: bytes) -> None:
        made = citation()
        digest = self.store.save_photo(picture)
        self._save(made, photo(made, digest, len(picture)))
        self.photos[digest] = picture

    @rule()
    def fail_to_save(self) -> None:
        with self.store.saving() as work:
            work.add(citation())

    def _save(self, *facts: Any) -> None:
        save(self.store, *facts)
        for fact in facts:
            self.saved[BY_CLASS[type(fact)].name, key_of(fact)] = encode(fact)

    @rule(zone_id=st.sampled_from(["1", "2", "3"]))
    def change_a_zone(self, zone_id: str) -> None:
        revision = self.zones.get(zone_id, 0) + 1
        self.zones[zone_id] = revision
        self.central.publish(samples.zone(zone_id=zone_id, revision=revision))

    @rule(troubles=st.lists(st.sampled_from([*Trouble, None]), max_size=6))
    def run_a_round(self, troubles: list[Trouble | None]) -> None:
        self.gateway.troubles.extend(each or Trouble.REPEAT for each in troubles)
        self.engine.run_once()

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = LocalStore.open(self.folder, KEY, self.clock)
        self._connect()

    @rule()
    def lose_the_reference_file(self) -> None:
        self.store.close()
        (self.folder / "reference.db").unlink()
        self.store = LocalStore.open(self.folder, KEY, self.clock)
        self._connect()

    @rule()
    def back_central_up(self) -> None:
        self.backup = self.central.backup()

    @rule()
    def restore_central(self) -> None:
        self.central.restore(self.backup)
        self.backup = self.central.backup()

    @invariant()
    def no_chain_has_a_gap(self) -> None:
        with self.store._records.reading() as connection:
            links = connection.execute(select(AUDIT_LINK).order_by(AUDIT_LINK.c.seq)).all()
        lanes = Counter(BY_NAME[name].lane for name, _ in self.saved)
        for lane, count in lanes.items():
            assert [each.seq for each in links if each.lane == lane] == list(range(1, count + 1))
        assert len(links) == len(self.saved)
        assert all(link.link != GENESIS for link in links)

    @invariant()
    def everything_saved_is_here_or_there(self) -> None:
        assert self.store.to_send().parked == 0
        kept = set(self.central.books.facts.values()) | self._in_the_outbox()
        assert kept >= set(self.saved.values())

    def _in_the_outbox(self) -> set[bytes]:
        with self.store._records.reading() as connection:
            return set(connection.exec_driver_sql("SELECT payload FROM outbox").scalars())

    def teardown(self) -> None:
        """With a good network all comes to rest, and both sides agree."""
        try:
            self._come_to_rest()
            assert self.store.to_send().count == 0
            assert self.central.books.facts == self.saved
            assert self.central.books.photos == self.photos
            self._same_zones()
        finally:
            self.store.close()
            self._home.cleanup()

    def _come_to_rest(self) -> None:
        self.gateway.troubles.clear()
        for _ in range(_MOST_ROUNDS):
            report = self.engine.run_once()
            if report.error is None and not report.again:
                return
        raise AssertionError(f"no rest after {_MOST_ROUNDS} rounds: {report}")

    def _same_zones(self) -> None:
        latest = {}
        for name, data in self.central.books.feed:
            if name == "zone":
                latest[data.split(b'"zone_id":"')[1][:1]] = data
        assert {encode(zone) for zone in self.store.zones()} == set(latest.values())


Histories.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, derandomize=False
)
TestHistories = Histories.TestCase

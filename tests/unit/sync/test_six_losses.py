"""Losses that a point of sale had in the field (RELIABILITY.md 2); here each is impossible.

The power cut itself is shown with real kills in ``tests/unit/local_db/test_kill.py``.
"""

from pathlib import Path

import pytest
from msgspec import Raw

from local_db.store import LocalStore
from parking.audit import GENESIS, head_bytes, next_link
from parking.citation import Citation, EventKind
from parking.errors import BugError
from parking.shift import ShiftEvent, ShiftEventKind
from sync.engine import SyncEngine
from sync.records import encode
from sync.wire import Op, OpResult, PushAnswer, PushRequest
from tests.fakes.central import FakeCentral, FakeGateway, Trouble
from tests.fakes.clock import NOON, StillClock
from tests.fakes.terminal import (
    KEY,
    TERMINAL_ID,
    citation,
    citation_event,
    save,
    shift_event,
    sign,
)
from tests.unit.parking import samples


def test_1_what_was_saved_is_there_after_a_cut_and_a_lost_answer_doubles_nothing(
    store: LocalStore, folder: Path, central: FakeCentral, gateway: FakeGateway, engine: SyncEngine
) -> None:
    made = citation()
    save(store, made)
    gateway.troubles.append(Trouble.LOSE_ANSWER)
    engine.run_once()
    store.close()
    again = LocalStore.open(folder, KEY, StillClock())
    assert again.citation(made.citation_id) == (made, ())
    SyncEngine(again.outbox, gateway, StillClock(), terminal_id=TERMINAL_ID, sign=sign).run_once()
    again.close()
    assert central.facts(Citation) == {made.citation_id}
    assert central.books.effects == 1


def test_2_a_number_once_used_never_carries_another_record(
    store: LocalStore, central: FakeCentral, engine: SyncEngine
) -> None:
    save(store, citation())
    engine.run_once()
    payload = encode(citation())
    link = next_link(GENESIS, seq=1, name="citation", payload=payload)
    forged = PushRequest(
        terminal_id=TERMINAL_ID,
        epoch=1,
        lane=2,
        schema_level=1,
        sent_utc=NOON,
        head_signature=sign(head_bytes(terminal_id=TERMINAL_ID, epoch=1, lane=2, seq=1, link=link)),
        ops=[Op(1, "citation", Raw(payload))],
    )
    with pytest.raises(AssertionError, match="never carries other bytes"):
        central.push(forged)
    same = citation()
    save(store, same)
    with pytest.raises(BugError):
        save(store, same)


def test_3_what_is_known_never_goes_back_when_older_data_arrive(
    store: LocalStore, central: FakeCentral, engine: SyncEngine
) -> None:
    made = citation()
    paid = citation_event(made, EventKind.PAID)
    save(store, made)
    central.publish(paid)
    central.publish(samples.zone(name="New", revision=2))
    engine.run_once()
    central.publish(made)
    central.publish(samples.zone(name="Old", revision=1))
    engine.run_once()
    assert store.citation(made.citation_id) == (made, (paid,))
    zone = store.zone("112")
    assert zone is not None
    assert zone.name == "New"


def test_4_a_shift_that_ends_with_unsent_records_keeps_them_in_line(
    store: LocalStore, central: FakeCentral, gateway: FakeGateway, engine: SyncEngine
) -> None:
    gateway.cut()
    made = citation()
    save(store, shift_event(), made)
    engine.run_once()
    save(store, shift_event(ShiftEventKind.ENDED))
    assert store.open_shift() is None
    assert store.to_send().count == 3
    gateway.down = False
    engine.run_once()
    assert central.facts(Citation) == {made.citation_id}
    assert len(central.facts(ShiftEvent)) == 2


class HalfAnswered(FakeGateway):
    """Answers two operations; then the connection drops."""

    def push(self, request: PushRequest) -> PushAnswer:
        first: list[OpResult] = self.central.push(request).results[:2]
        return PushAnswer(results=first, server_utc=NOON)


def test_5_a_batch_that_drops_in_the_middle_leaves_the_rest_unsent(
    store: LocalStore, central: FakeCentral, clock: StillClock
) -> None:
    gateway = HalfAnswered(central)
    facts = [citation() for _ in range(5)]
    save(store, *facts)
    batch = store.outbox.next_batch(most_ops=500, most_bytes=10**6)
    assert batch is not None
    store.outbox.settle(
        batch,
        [OpResult(1, "applied"), OpResult(2, "applied")],
        durable_through=0,
        now_utc=NOON,
    )
    assert store.to_send().count == 3
    engine = SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign)
    assert store.outbox.send_from(1, 2, 1)
    engine.run_once()
    assert store.to_send().count == 0
    assert central.facts(Citation) == {fact.citation_id for fact in facts}
    assert central.books.effects == 5


def test_6_a_half_written_reference_is_fetched_again_and_the_outbox_is_untouched(
    store: LocalStore, folder: Path, central: FakeCentral, gateway: FakeGateway, engine: SyncEngine
) -> None:
    central.publish(samples.zone())
    engine.run_once()
    gateway.cut()
    made = citation()
    save(store, made)
    store.close()
    content = (folder / "reference.db").read_bytes()
    (folder / "reference.db").write_bytes(content[: len(content) // 3])
    again = LocalStore.open(folder, KEY, StillClock())
    assert again.to_send().count == 1
    gateway.down = False
    SyncEngine(again.outbox, gateway, StillClock(), terminal_id=TERMINAL_ID, sign=sign).run_once()
    assert again.zone("112") == samples.zone()
    assert central.facts(Citation) == {made.citation_id}
    again.close()

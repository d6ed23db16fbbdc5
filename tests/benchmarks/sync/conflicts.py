"""G6: two terminals wrote 1,000 remarks differently without network; how soon they agree again.

As PouchDB's measurement: one terminal has sent its edits before; timed is the other's push, the
merge at central, and what both pull. Afterwards both show the same, and central has kept both
values of every remark for a supervisor, with who, when and where.
"""

import time
from pathlib import Path
from uuid import UUID

import msgspec
from sqlalchemy import select

from local_db.opening import EncryptedFile
from local_db.tables import FEED_TABLES
from parking.edit import Edit, FieldChange
from parking.ids import uuid7
from tests.benchmarks.issuing import Joined
from tests.benchmarks.place import City, Place
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.table import Row, median
from tests.fakes.terminal import KEY

EDITS, _ROUNDS = 1000, 3
_KEPT = """
select count(*) from conflict where state = 'open' and record = 'shift_header'
    and jsonb_array_length(sides) = 2
"""


def measure(place: Place, peer: Pouch | None) -> list[Row]:
    city = place.city
    officer_id: UUID = city.one("select officer_id from users where badge = '0417'")
    one = Joined(city, place.folder / "one", name="T-910")
    other = Joined(city, place.folder / "other", name="T-911")
    for terminal in (one, other):
        _sync(terminal)
    agreed_s, peer_s = [], []
    for number in range(_ROUNDS):
        shifts = [uuid7(city.now_utc) for _ in range(EDITS)]
        _edit(city, one, shifts, officer_id, "seen at the curb")
        _edit(city, other, shifts, officer_id, "told by the desk")
        _sync(one)
        began = time.perf_counter()
        _sync(other)
        _sync(one)
        agreed_s.append(time.perf_counter() - began)
        kept = city.one(_KEPT)
        assert kept == EDITS * (number + 1), f"{kept} conflicts with both values are kept"
        if peer:
            peer_s.append(peer.conflicts_s())
    shown = _shown(one, place.folder / "one")
    assert len(shown) == EDITS * _ROUNDS
    assert shown == _shown(other, place.folder / "other"), "they show different remarks"
    return _rows(agreed_s, peer_s)


def _sync(terminal: Joined) -> None:
    report = terminal.engine.run_once()
    assert report.error is None, report.error


def _edit(city: City, terminal: Joined, shifts: list[UUID], officer_id: UUID, words: str) -> None:
    now = city.now_utc
    with terminal.store.saving() as work:
        for number, shift_id in enumerate(shifts):
            remark = msgspec.json.encode(f"{words}, {number}").decode()
            work.add(
                Edit(
                    edit_id=uuid7(now),
                    record="shift_header",
                    record_key=str(shift_id),
                    base_revision=0,
                    changes=(FieldChange(field="remark", base='""', value=remark),),
                    officer_id=officer_id,
                    terminal_id=terminal.terminal.terminal_id,
                    made_utc=now,
                    clock_uncertainty_ms=20,
                    hlc=number,
                )
            )
        work.commit()


def _shown(terminal: Joined, folder: Path) -> dict[bytes, str]:
    terminal.close()
    headers = FEED_TABLES["shift_header"].c
    file = EncryptedFile(folder / "reference.db", KEY, cache_kib=16 * 1024)
    with file.reading() as connection:
        found = dict(connection.execute(select(headers.shift_id, headers.remark)).tuples().all())
    file.close()
    return found


def _rows(agreed_s: list[float], peer_s: list[float]) -> list[Row]:
    figure = f"{median(agreed_s):.2f} s, both values of each kept, 0 lost"
    if not peer_s:
        return [
            Row(what=f"G6 {EDITS:,} conflicting edits until both terminals agree", figure=figure)
        ]
    times = median(theirs / ours for ours, theirs in zip(agreed_s, peer_s, strict=True))
    row = Row(
        what=f"G6 {EDITS:,} conflicting edits until both terminals agree",
        figure=figure,
        baseline=f"PouchDB {median(peer_s):.2f} s",
        ratio=f"{times:.1f}x",
        bar=">= 20x",
        met=times >= 20,
    )
    return [row]

"""G3: a new terminal gets 100,000 permits into its encrypted store, verified and usable.

Beside it the very same rows inserted into a bare encrypted file with the same indexes, in one
transaction; rows were made ready before.
"""

import time
from datetime import timedelta
from pathlib import Path

from local_db.opening import EncryptedFile
from local_db.schema import REFERENCE_SCHEMA, bring_to_level
from local_db.tables import FEED_TABLES
from parking.ids import uuid7
from parking.right import Permit
from tests.benchmarks.issuing import Joined
from tests.benchmarks.place import City, Place
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.table import Row, median
from tests.fakes.terminal import KEY

PERMITS = 100_000
_AT_ONCE = 1000
_ROUNDS = 3


def measure(place: Place, peer: Pouch | None) -> list[Row]:
    city = place.city
    fill(city)
    pulled_s: list[float] = []
    bare_s: list[float] = []
    peer_per_s: list[float] = []
    for number in range(_ROUNDS):
        folder = place.folder / f"pull-{number}"
        pulled_s.append(_pull(city, folder, name=f"T-8{number:02}"))
        bare_s.append(_insert_bare(folder))
        if peer and not peer_per_s:
            peer_per_s.append(peer.pull_per_s())
    return _rows(pulled_s, bare_s, peer_per_s)


def fill(city: City) -> None:
    """Let the city have its permits."""
    for start in range(0, PERMITS, _AT_ONCE):
        city.store(*(_permit(city, number) for number in range(start, start + _AT_ONCE)))


def _permit(city: City, number: int) -> Permit:
    now = city.now_utc
    return Permit(
        permit_id=uuid7(now),
        plate=f"{chr(65 + number % 26)}{chr(65 + number // 26 % 26)}{number:05d}",
        plate_state="CT",
        zone_id=("112", "204")[number % 2],
        kind=("Resident", "Visitor", "Staff")[number % 3],
        start_utc=now - timedelta(days=1),
        end_utc=now + timedelta(days=30 + number % 300),
    )


def _pull(city: City, folder: Path, *, name: str) -> float:
    terminal = Joined(city, folder, name=name)
    began = time.perf_counter()
    report = terminal.engine.run_once()
    took_s = time.perf_counter() - began
    assert report.error is None, report.error
    assert terminal.store.candidates("AA00000").permits, "the first permit is not there"
    terminal.close()
    return took_s


def _insert_bare(folder: Path) -> float:
    source = EncryptedFile(folder / "reference.db", KEY, cache_kib=16 * 1024)
    with source.reading() as connection:
        rows = [tuple(row) for row in connection.execute(FEED_TABLES["permit"].select())]
    source.close()
    assert len(rows) >= PERMITS, f"{len(rows)} permits came"
    bare = EncryptedFile(folder / "bare.db", KEY, cache_kib=16 * 1024)
    bring_to_level(bare, REFERENCE_SCHEMA)
    values = ", ".join("?" * len(rows[0]))
    began = time.perf_counter()
    with bare.writing() as connection:
        connection.exec_driver_sql(f"INSERT INTO permit VALUES ({values})", rows)
        connection.commit()
    took_s = time.perf_counter() - began
    bare.close()
    return took_s


def _rows(pulled_s: list[float], bare_s: list[float], peer_per_s: list[float]) -> list[Row]:
    per_s = PERMITS / median(pulled_s)
    times = median(ours / bare for ours, bare in zip(pulled_s, bare_s, strict=True))
    rows = [
        Row(
            what=f"G3 first pull of {PERMITS:,} permits into the encrypted store",
            figure=f"{median(pulled_s):.2f} s, {per_s:,.0f} rows/s",
            baseline=f"bare encrypted insert {median(bare_s):.2f} s",
            ratio=f"{times:.1f}x its time",
            bar="<= 2x",
            met=times <= 2,
        )
    ]
    if peer_per_s:
        faster = per_s / median(peer_per_s)
        rows.append(
            Row(
                what="G3 the same beside PouchDB",
                figure=f"{per_s:,.0f} rows/s",
                baseline=f"PouchDB {median(peer_per_s):,.0f} rows/s",
                ratio=f"{faster:.0f}x",
                bar=">= 60x",
                met=faster >= 60,
            )
        )
    return rows

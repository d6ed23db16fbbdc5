"""Whatever the wall clock of a terminal does, the results of sync are the same."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from parking.citation import Citation, EventKind
from parking.photo import Photo
from sync.engine import SyncEngine
from tests.fakes.central import FakeCentral, FakeGateway, Trouble
from tests.fakes.clock import StillClock
from tests.fakes.terminal import (
    TERMINAL_ID,
    citation,
    citation_event,
    photo,
    plate_check,
    quickly_enrolled,
    save,
    sign,
)
from tests.unit.parking import samples

TEN_YEARS = timedelta(days=3650)
STEPS = 4


def history(template: Path, folder: Path, jumps: tuple[int, ...]) -> dict[str, Any]:
    """Work and exchange in steps; before each the clock jumps by so many times ten years."""
    clock, central = StillClock(), FakeCentral()
    gateway, store = FakeGateway(central), quickly_enrolled(template, folder, clock)
    engine = SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign)
    for step, jump in enumerate(jumps):
        clock.utc += jump * TEN_YEARS
        made = citation(citation_id=UUID(int=step + 1), check_id=UUID(int=100 + step))
        plain = b"picture %d" % step
        digest = store.save_photo(plain, thumbnail=b"small")
        event = citation_event(made, EventKind.PRINTED, citation_event_id=UUID(int=200 + step))
        check = plate_check(check_id=UUID(int=300 + step))
        save(store, made, photo_of(made, digest, len(plain), step), event)
        save(store, check)
        central.publish(samples.zone(name=f"Step {step}", revision=step + 1))
        gateway.troubles.extend([Trouble.REPEAT, Trouble.LOSE_ANSWER] if step % 2 else [])
        engine.run_once()
    central.durable = True
    while engine.to_send().count:
        engine.run_once()
    engine.run_once()
    found = {
        "facts": central.books.facts,
        "answers": central.books.answers,
        "photos": central.books.photos,
        "effects": central.books.effects,
        "zones": store.zones(),
        "citations": [store.citation(UUID(int=step + 1)) for step in range(len(jumps))],
        "parked": store.parked(),
    }
    store.close()
    return found


def photo_of(made: Citation, digest: bytes, byte_length: int, step: int) -> Photo:
    return replace(photo(made, digest, byte_length), photo_id=UUID(int=400 + step))


@pytest.fixture(scope="module")
def still(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a clock that only stands still leads to."""
    return history(template, tmp_path_factory.mktemp("still") / "device", (0,) * STEPS)


@pytest.mark.parametrize("jumps", [(1, 0, -2, 1), (-1, 2, -2, 2), (-1, -1, 3, 0)])
def test_results_are_the_same_under_jumps_of_ten_years(
    template: Path, tmp_path: Path, still: dict[str, Any], jumps: tuple[int, ...]
) -> None:
    assert history(template, tmp_path / "jumping", jumps) == still
    assert still["effects"] == 4 * STEPS

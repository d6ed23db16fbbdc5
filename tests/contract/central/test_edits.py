"""Two officers write offline about one citation, a supervisor decides, everybody sees the same.

Real stores, engines and use cases against the real central.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from app.ports import SignIn
from app.post import Duty, Post
from app.usecases.conflict_rows import conflict_rows
from app.usecases.correct_plate import correct_plate, plate_correction
from app.usecases.decide_conflict import decide_conflict
from app.usecases.note_citation import citation_note, note_citation
from parking.citation import Citation, EventKind, open_hold
from parking.edit import ChoiceReason, CitationNote
from parking.officer import Officer, Role
from parking.terminal import TerminalKind
from tests.contract.central.sides import RealSide, Terminal, closing
from tests.fakes.terminal import citation, save
from tests.unit.central.samples import OFFICER
from tests.waiting import wait_until


@dataclass(frozen=True)
class Person:
    """Somebody at a terminal."""

    terminal: Terminal
    post: Post
    duty: Duty

    def note(self, of: Citation) -> CitationNote | None:
        """Return the note as this terminal shows it now."""
        return citation_note(self.post, of.citation_id).shown.value

    def write(self, of: Citation, words: str, *tags: str) -> None:
        """Write a note on what is shown now."""
        seen = citation_note(self.post, of.citation_id).shown
        note_citation(self.post, self.duty, seen=seen, note=words, tags=tags)

    def correct(self, of: Citation, plate: str) -> None:
        """Propose another plate."""
        correct_plate(
            self.post,
            self.duty,
            seen=plate_correction(self.post, of.citation_id),
            plate=plate,
            plate_state="CT",
            reason="Read again from the photo",
        )

    def plate(self, of: Citation) -> str:
        """Return the corrected plate as this terminal shows it."""
        shown = plate_correction(self.post, of.citation_id).value
        return shown.plate if shown else ""

    def events(self, of: Citation) -> list[EventKind]:
        """Return what happened to the citation, as this terminal knows it."""
        found = self.terminal.store.citation(of.citation_id)
        return [event.kind for event in found[1]] if found else []

    def is_held(self, of: Citation) -> bool:
        """Tell whether this terminal knows the citation and that it is on hold."""
        found = self.terminal.store.citation(of.citation_id)
        return found is not None and open_hold(found[1]) is not None

    def sync(self) -> None:
        """Exchange with central once."""
        assert self.terminal.engine.run_once().error is None


def at(real: RealSide, terminal: Terminal, officer: Officer) -> Person:
    answer = terminal.store.identity()
    assert answer is not None
    post = Post(store=terminal.store, clock=real.service.central.clock, terminal=answer.terminal)
    return Person(terminal, post, Duty(sign_in=SignIn(officer=officer, seal=lambda _: bytes(64))))


@pytest.fixture
def people(real: RealSide, tmp_path: Path) -> Iterator[tuple[Person, Person, Person]]:
    boss = Officer(
        officer_id=UUID(int=0xB055), badge="0099", display_name="A. Reyes", role=Role.SUPERVISOR
    )
    real.service.store(boss)
    with (
        closing(real.terminal(tmp_path / "ann")) as ann,
        closing(real.terminal(tmp_path / "bob")) as bob,
        closing(real.terminal(tmp_path / "desk", TerminalKind.SUPERVISOR)) as desk,
    ):
        yield at(real, ann, OFFICER), at(real, bob, OFFICER), at(real, desk, boss)


def test_two_officers_offline_and_a_supervisor_come_to_one_result(
    people: tuple[Person, Person, Person],
) -> None:
    ann, bob, desk = people
    cited = citation(terminal_id=ann.terminal.terminal_id, zone_id="Z12")
    save(ann.terminal.store, cited)
    ann.sync()
    wait_until(lambda: _hears_of(bob, cited), what="the citation")

    # Without network, neither knows of the other.
    ann.write(cited, "windshield", "rain")
    ann.write(cited, "under the windshield", "rain")
    ann.correct(cited, "AAA 111")
    bob.write(cited, "handed over", "night")
    bob.correct(cited, "BBB 222")
    assert (ann.plate(cited), bob.plate(cited)) == ("AAA 111", "BBB 222")

    def alike() -> bool:
        for person in people:
            person.sync()
        notes = [person.note(cited) for person in people]
        return None not in notes and len(set(notes)) == 1 and bob.is_held(cited)

    ann.sync()
    wait_until(alike, what="one result on three terminals")
    stands = ann.note(cited)
    assert stands is not None
    assert (stands.note, stands.tags) == ("under the windshield", ("night", "rain"))
    assert {person.plate(cited) for person in people} == {"AAA 111"}

    rows = {row.conflict.record: row for row in conflict_rows(desk.post)}
    assert rows.keys() == {"citation_note", "plate_correction"}
    assert all(row.citation == cited for row in rows.values())
    assert [side.values["note"] for side in rows["citation_note"].sides] == [
        "under the windshield",
        "handed over",
    ]
    for row in rows.values():
        decide_conflict(
            desk.post,
            desk.duty,
            conflict=row.conflict,
            side=1,
            reason=ChoiceReason.OTHER,
            note="Bob was there.",
        )
    assert conflict_rows(desk.post) == ()

    def decided() -> bool:
        for person in people:
            person.sync()
        return {person.plate(cited) for person in people} == {"BBB 222"} and not any(
            person.is_held(cited) for person in people
        )

    wait_until(decided, what="the decision on three terminals")
    assert {getattr(person.note(cited), "note", "") for person in people} == {"handed over"}
    assert ann.events(cited) == [EventKind.HELD, EventKind.RELEASED]
    assert conflict_rows(desk.post) == ()


def _hears_of(person: Person, cited: Citation) -> bool:
    person.sync()
    return person.terminal.store.citation(cited.citation_id) is not None

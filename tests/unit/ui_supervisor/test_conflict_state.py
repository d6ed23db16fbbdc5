from dataclasses import replace
from datetime import timedelta

import pytest

from app.post import Post
from app.usecases.conflict_rows import ConflictRow, conflict_rows
from parking.edit import ChoiceReason
from tests.fakes.clock import NOON, StillClock
from tests.fakes.memory_store import MemoryStore
from tests.unit.ui_supervisor import conflicts
from tests.unit.ui_supervisor.samples import laptop
from ui.supervisor.conflict_state import (
    Choosing,
    ConflictView,
    conflict_view,
    in_sight,
    kept_words,
    letter_of,
    next_first,
    ready,
)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def _row(store: MemoryStore) -> ConflictRow:
    (row,) = conflict_rows(Post(store=store, clock=StillClock(), terminal=laptop(1)))
    return row


def _view(row: ConflictRow, **chosen: object) -> ConflictView:
    return conflict_view(row, 0, 3, Choosing(**chosen), NOON)  # type: ignore[arg-type]  # fields of Choosing


def test_two_plates_stand_side_by_side_with_who_where_and_when(store: MemoryStore) -> None:
    conflicts.two_plates(store, NOON)
    view = _view(_row(store))
    assert view.title == "Conflict 1 of 3"
    assert view.scope == (
        "Plate and state of a citation · waiting 41 min · held, no late fee while it waits"
    )
    assert view.banner.title == "One citation, two plates"
    assert "plate and state are one fact: kept or dropped together" in view.banner.text
    assert view.banner.text.endswith("A is in use until you decide")
    left, right = view.sides
    assert left.plate is not None
    assert (left.plate.number, left.plate.state) == ("BK-47291", "Connecticut")
    assert (left.spelled, right.spelled) == (
        "Number 7, number 2, number 9",
        "Number 7, letter Z, number 9",
    )
    assert dict(left.facts) == {
        "Entered by": "M. Ortiz, officer",
        "Where": "laptop T-014",
        "When": "10:45:00 ± 0.4 s",
        "Reached central": "11:19:04 (34 min later)",
        "Saw data from": "8 s before",
        "Based on": "camera read 98%, confirmed",
    }
    assert dict(right.facts)["Reached central"] == "11:05:00 (at once)"
    assert dict(right.facts)["Saw data from"] == "19 min before"
    assert dict(right.facts)["Where"] == "desk C-02"


def test_people_and_terminals_not_known_here_are_said_to_be_so(store: MemoryStore) -> None:
    conflicts.two_plates(store, NOON)
    store.fed_terminals, store.fed_officers = [], []
    facts = dict(_view(_row(store)).sides[0].facts)
    assert facts["Entered by"] == "somebody not known here"
    assert facts["Where"] == "a terminal not known here"


def test_it_can_be_kept_once_value_and_reason_are_chosen(store: MemoryStore) -> None:
    conflicts.two_plates(store, NOON)
    row = _row(store)
    nothing = _view(row)
    assert (nothing.keep.label, nothing.keep.enabled) == ("Keep and close", False)
    assert nothing.effect == "Choose the right value first. Until then nothing changes."
    value = _view(row, side=0)
    assert (value.keep.label, value.keep.enabled) == ("Keep BK-47291 and close", False)
    assert value.sides[0].chosen
    assert not value.sides[1].chosen
    both = _view(row, side=0, reason=ChoiceReason.PHOTO_SHOWS_IT)
    assert both.keep.enabled
    assert "keeps plate BK-47291 on every terminal" in both.effect
    assert "It cannot be undone" in both.effect


def test_another_reason_needs_words() -> None:
    other = Choosing(side=1, reason=ChoiceReason.OTHER)
    assert not ready(other)
    assert not ready(replace(other, note="  "))
    assert ready(replace(other, note="called the owner"))


def test_the_same_number_of_two_states_is_told_apart_on_the_buttons(store: MemoryStore) -> None:
    made = conflicts.two_plates(store, NOON)
    sides = (
        made.sides[0],
        replace(made.sides[1], content='{"plate":"BK47291","plate_state":"NY"}'),
    )
    store.fed_conflicts = [replace(made, sides=sides)]
    labels = [side.button.label for side in _view(_row(store)).sides]
    assert labels == ["BK-47291 CT is right", "BK47291 NY is right"]


def test_texts_show_what_only_they_have(store: MemoryStore) -> None:
    conflicts.two_notes(store, NOON)
    view = _view(_row(store), side=1, reason=ChoiceReason.TYPING_ERROR)
    (line,) = view.sides[1].lines
    assert line.name == "Note"
    assert [piece.text for piece in line.pieces if piece.differs] == [
        "Bedford",
        "Two wheels",
        "curb, hydrant 12 ft away.",
    ]
    assert view.keep.label == "Keep value B and close"
    assert dict(view.sides[0].facts)["Based on"] == "no reason given"


def test_an_empty_value_is_said_to_be_empty(store: MemoryStore) -> None:
    made = conflicts.two_notes(store, NOON)
    empty = replace(made.sides[0], content='{"note":""}')
    store.fed_conflicts = [replace(made, sides=(empty, made.sides[1]))]
    (line,) = _view(_row(store)).sides[0].lines
    assert [piece.text for piece in line.pieces] == ["empty"]


def test_more_than_two_values_are_shown_in_pairs(store: MemoryStore) -> None:
    conflicts.many_values(store, NOON, count=5)
    row = _row(store)
    view = _view(row)
    assert view.banner.title == "One record, five values"
    assert view.banner.action == "Show C and D"
    assert "A and B of 5 are shown" in view.banner.text
    assert dict(view.sides[0].facts)["Entered by"] == "already in the record"
    assert view.sides[1].button.label == "6 min is right"
    seen = [0]
    while (first := next_first(row, seen[-1])) != 0:
        seen.append(first)
    assert seen == [0, 2, 3]
    assert _view(row, first=3).banner.action == "Show A and B"
    assert [in_sight(row, side, 0) for side in range(5)] == [0, 0, 1, 2, 3]
    assert in_sight(row, 1, 3) == 1


def test_letters_go_on_after_z() -> None:
    assert [letter_of(place) for place in (0, 25, 26, 49)] == ["A", "Z", "AA", "AX"]


def test_what_was_decided_is_said_with_what_became_of_the_others(store: MemoryStore) -> None:
    conflicts.many_values(store, NOON, count=4)
    row = _row(store)
    assert kept_words(row, 1) == ("6 min is kept. The other 3 values stay in the conflict log.")
    conflicts.two_plates(store, NOON + timedelta(days=1))
    (_zone, plates) = conflict_rows(Post(store=store, clock=StillClock(), terminal=laptop(1)))
    assert kept_words(plates, 0).endswith("The other value stays in the conflict log.")

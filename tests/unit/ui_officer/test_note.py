"""The officer writes note and tags of a saved citation: an edit, never the citation itself."""

import json
from dataclasses import replace

import pytest

from parking.edit import CitationNote, Edit
from tests.unit.ui_officer.laptop import Laptop
from ui.widgets.fields import TextField
from ui.widgets.notefield import NoteField


@pytest.fixture
def noting(laptop: Laptop) -> Laptop:
    laptop.add_photos(1, 2)
    laptop.to_saved()
    laptop.press("F11")
    assert laptop.screen == "note"
    return laptop


def _edits(laptop: Laptop) -> list[dict[str, object]]:
    return [
        {each.field: json.loads(each.value) for each in made.changes}
        for made in laptop.terminal.store.all_of(Edit)
    ]


def _kept(laptop: Laptop) -> CitationNote | None:
    (citation,) = laptop.citations()
    return laptop.terminal.store.shown(CitationNote, str(citation.citation_id)).value


def test_note_and_tags_are_saved_shown_and_taken_back(noting: Laptop) -> None:
    before = noting.citations()
    assert noting.has_focus("note_words")
    assert "Nothing is noted yet." in noting.words()
    noting.write("Blue tarp over the meter")
    noting.click("chip_camera")
    noting.find(TextField, "note_tag").set_text("  two   cars ")
    noting.press("F9")
    assert noting.screen == "saved"
    assert noting.notice() == "Note saved here. City hall gets it with the next exchange."
    assert "camera, two cars · Blue tarp over the meter" in noting.words()
    assert _edits(noting) == [
        {"note": "Blue tarp over the meter", "tags": ["camera", "two cars"]},
    ]
    assert noting.citations() == before
    assert len(noting.terminal.printer.tickets) == 1, "a note is never printed"

    noting.press("F11")
    assert "Last change: M. Ortiz, 12:00 Mon, Mar 1 · saved here" in noting.words()
    noting.press("F9")
    assert len(_edits(noting)) == 1, "nothing was changed"

    noting.press("F11")
    noting.write(", warned before")
    noting.click("chip_camera")
    noting.press("F9")
    noting.undo()
    assert noting.notice() == "The note is as it was before."
    assert "camera, two cars · Blue tarp over the meter" in noting.words()
    kept = _kept(noting)
    assert kept is not None
    assert (kept.note, set(kept.tags)) == ("Blue tarp over the meter", {"camera", "two cars"})


def test_what_is_too_long_is_said_in_its_field_and_stays(noting: Laptop) -> None:
    field = noting.find(NoteField, "note_words")
    field.set_text("x" * 2001)
    noting.press("F9")
    assert field.view.problem == "A note has at most 2,000 characters; this has 2,001."
    noting.press("Enter")
    assert field.view.problem == "", "it was changed"
    field.set_text("short")
    noting.find(TextField, "note_tag").set_text("x" * 21)
    noting.press("F9")
    assert noting.find(TextField, "note_tag").view.problem == "A tag has at most 20 characters."
    assert (noting.screen, field.text(), _edits(noting)) == ("note", "short", [])
    noting.press("Esc")
    assert (noting.screen, _edits(noting)) == ("saved", [])


def test_what_others_write_meanwhile_is_taken_over_nothing_half_written(noting: Laptop) -> None:
    (citation,) = noting.citations()
    theirs = CitationNote(citation_id=citation.citation_id, note="theirs", revision=1)
    noting.terminal.store.fed_edited.append(theirs)
    noting.news("citation_note")
    field = noting.find(NoteField, "note_words")
    assert field.text() == "theirs", "nothing was written here"
    assert "Written at another terminal · city hall has it" in noting.words()

    noting.write(" and mine")
    noting.terminal.store.fed_edited[-1] = replace(theirs, note="again", revision=2)
    noting.news("citation_note")
    assert noting.notice().startswith("Somebody else has changed this note.")
    assert field.text() == "theirs and mine"
    noting.press("F9")
    (made,) = noting.terminal.store.all_of(Edit)
    assert [(each.base, each.value) for each in made.changes] == [
        ('"theirs"', '"theirs and mine"')
    ], "both values reach city hall, where a supervisor chooses"
    assert made.base_revision == 1


def test_a_full_disk_is_said_and_what_was_written_stays(noting: Laptop) -> None:
    noting.terminal.store.disk_full = True
    noting.write("Blue tarp")
    noting.hammer("F9", 3)
    noting.settle()
    assert "disk is full" in noting.notice()
    assert noting.find(NoteField, "note_words").text() == "Blue tarp"

"""What people write and decide: from the act to the fact, and what is refused in words."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import msgspec
import pytest

from app.ports import Shown
from parking.citation import Citation
from parking.edit import (
    ChoiceReason,
    CitationNote,
    Conflict,
    ConflictChoice,
    ConflictSide,
    ConflictState,
    Edit,
    PlateCorrection,
    ShiftHeader,
)
from parking.errors import UserError
from parking.terminal import TerminalKind
from parking.zone import Zone
from tests.fakes.terminal import citation
from tests.fakes.terminal_app import FakeTerminal, fake_terminal


@pytest.fixture
def laptop() -> Iterator[FakeTerminal]:
    with fake_terminal() as made:
        made.on_beat()
        yield made


@pytest.fixture
def desk() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.SUPERVISOR) as made:
        boss = next(one for one in made.store.fed_officers if one.role == "supervisor")
        made.sign_in(boss.badge)
        yield made


@pytest.fixture
def cited(laptop: FakeTerminal) -> Citation:
    made = citation()
    laptop.store.fed_facts.append(made)
    return made


def edits(terminal: FakeTerminal) -> list[Edit]:
    return terminal.store.all_of(Edit)


def said(edit: Edit) -> dict[str, object]:
    """Return what an edit makes of each field."""
    return {each.field: msgspec.json.decode(each.value) for each in edit.changes}


def test_a_note_is_saved_as_an_edit_of_what_was_seen(laptop: FakeTerminal, cited: Citation) -> None:
    seen = laptop.lanes.run(laptop.app.edits.note(cited.citation_id)).shown
    assert seen.value is None
    noted = laptop.lanes.run(
        laptop.app.edits.write_note(seen, " wet paper ", ("rain", " rain", "", "night"))
    )
    shown = noted.shown
    assert (noted.by, noted.at_utc) == (laptop.officer(), laptop.clock.utc)
    wanted = CitationNote(citation_id=cited.citation_id, note="wet paper", tags=("night", "rain"))
    assert (shown.value, shown.waiting) == (wanted, 1)
    (made,) = edits(laptop)
    assert said(made) == {"note": "wet paper", "tags": ["night", "rain"]}
    assert {each.base for each in made.changes} == {"null"}
    assert made.officer_id == laptop.officer().officer_id
    assert made.data_as_of_utc == laptop.clock.utc
    assert made.hlc > 0


def test_what_is_written_over_is_what_the_screen_had_not_what_came_meanwhile(
    laptop: FakeTerminal, cited: Citation
) -> None:
    row = CitationNote(citation_id=cited.citation_id, note="seen", revision=4)
    laptop.store.fed_edited.append(row)
    seen = laptop.lanes.run(laptop.app.edits.note(cited.citation_id)).shown
    laptop.store.fed_edited[-1] = replace(row, note="came meanwhile", revision=5)
    laptop.lanes.run(laptop.app.edits.write_note(seen, "mine", ()))
    (made,) = edits(laptop)
    assert [(each.base, each.value) for each in made.changes] == [('"seen"', '"mine"')]
    assert made.base_revision == 4


@pytest.mark.parametrize(
    ("note", "tags", "refused"),
    [
        ("x" * 2001, (), "A note has at most 2,000 characters; this has 2,001."),
        ("", ("x" * 21,), "A tag has at most 20 characters."),
        ("", tuple(map(str, range(21))), "A citation has at most 20 tags."),
    ],
)
def test_what_is_too_long_to_note_is_refused_in_one_sentence(
    laptop: FakeTerminal, cited: Citation, note: str, tags: tuple[str, ...], refused: str
) -> None:
    seen = laptop.lanes.run(laptop.app.edits.note(cited.citation_id)).shown
    with pytest.raises(UserError) as error:
        laptop.lanes.run(laptop.app.edits.write_note(seen, note, tags))
    assert error.value.sentence == refused
    assert not edits(laptop)


def test_nothing_changed_is_nothing_saved(laptop: FakeTerminal, cited: Citation) -> None:
    seen = laptop.lanes.run(laptop.app.edits.note(cited.citation_id)).shown
    laptop.lanes.run(laptop.app.edits.write_note(seen, "  ", ("",)))
    assert not edits(laptop)


def test_a_corrected_plate_travels_with_its_state(laptop: FakeTerminal, cited: Citation) -> None:
    seen = laptop.lanes.run(laptop.app.edits.correction(cited.citation_id))
    shown = laptop.lanes.run(
        laptop.app.edits.correct_plate(seen, " AB 1234 ", "ny", "The photo shows a 4.")
    )
    assert shown.value == PlateCorrection(
        citation_id=cited.citation_id, plate="AB 1234", plate_state="NY"
    )
    (made,) = edits(laptop)
    assert said(made) == {"plate": "AB 1234", "plate_state": "NY"}
    assert made.reason == "The photo shows a 4."


@pytest.mark.parametrize(
    ("plate", "reason", "key"),
    [
        ("--", "seen", "plate.empty"),
        ("AB1", " ", "reason.needed"),
        ("A" * 99, "x", "record.field"),
        ("AB1", "x" * 201, "edit.reason"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_in_words(
    laptop: FakeTerminal, cited: Citation, plate: str, reason: str, key: str
) -> None:
    seen = laptop.lanes.run(laptop.app.edits.correction(cited.citation_id))
    with pytest.raises(UserError) as refused:
        laptop.lanes.run(laptop.app.edits.correct_plate(seen, plate, "CT", reason))
    assert refused.value.key == key
    assert not edits(laptop)


def test_a_citation_that_is_not_here_is_not_written_about(laptop: FakeTerminal) -> None:
    seen: Shown[CitationNote] = laptop.lanes.run(laptop.app.edits.note(uuid4())).shown
    with pytest.raises(UserError) as refused:
        laptop.lanes.run(laptop.app.edits.write_note(seen, "x", ()))
    assert refused.value.key == "citation.unknown"


def test_a_shift_header_names_only_what_changed(laptop: FakeTerminal) -> None:
    shift = uuid4()
    seen = laptop.lanes.run(laptop.app.edits.shift_header(shift))
    first = ShiftHeader(shift_id=shift, vehicle="12", odometer_miles=90_100)
    shown = laptop.lanes.run(laptop.app.edits.write_shift_header(seen, first))
    laptop.lanes.run(laptop.app.edits.write_shift_header(shown, replace(first, forms_spoiled=1)))
    assert [said(each) for each in edits(laptop)] == [
        {"vehicle": "12", "odometer_miles": 90_100},
        {"forms_spoiled": 1},
    ]
    assert edits(laptop)[0].hlc < edits(laptop)[1].hlc
    with pytest.raises(UserError) as refused:
        laptop.lanes.run(
            laptop.app.edits.write_shift_header(shown, replace(first, forms_spoiled=-1))
        )
    assert "forms_spoiled" in refused.value.sentence


def test_a_zone_is_changed_at_the_desk_alone_and_with_a_reason(
    desk: FakeTerminal, laptop: FakeTerminal
) -> None:
    zone: Zone = desk.store.fed_zones[0]
    seen = desk.lanes.run(desk.app.edits.zone(zone.zone_id))
    wanted = replace(zone, exit_grace_s=60)
    shown = desk.lanes.run(desk.app.edits.edit_zone(seen, wanted, "New rule of March"))
    assert shown.value is not None
    assert shown.value.exit_grace_s == 60
    assert said(edits(desk)[0]) == {"exit_grace_s": 60}
    nowhere = desk.lanes.run(desk.app.edits.zone("nowhere"))
    for terminal, asked, reason, key in (
        (desk, seen, " ", "reason.needed"),
        (desk, nowhere, "why", "zone.unknown"),
        (laptop, seen, "why", "duty.forbidden"),
    ):
        with pytest.raises(UserError) as refused:
            terminal.lanes.run(terminal.app.edits.edit_zone(asked, wanted, reason))
        assert refused.value.key == key


def test_a_full_disk_keeps_nothing_and_says_so(laptop: FakeTerminal, cited: Citation) -> None:
    seen = laptop.lanes.run(laptop.app.edits.note(cited.citation_id)).shown
    laptop.store.disk_full = True
    with pytest.raises(Exception, match="disk is full"):
        laptop.lanes.run(laptop.app.edits.write_note(seen, "x", ()))
    assert not edits(laptop)


# --- conflicts -----------------------------------------------------------------------------------


@pytest.fixture
def asked(desk: FakeTerminal) -> Conflict:
    side = ConflictSide(
        edit_id=UUID(int=1),
        content='{"note":"a"}',
        officer_id=desk.officer().officer_id,
        terminal_id=None,
        made_utc=desk.clock.utc,
        received_utc=desk.clock.utc,
        kept=True,
    )
    started = replace(side, edit_id=None, content='{"note":"b"}', kept=False)
    made = Conflict(
        conflict_id=uuid4(),
        record="citation_note",
        record_key=str(uuid4()),
        fields=("note",),
        base='{"note":""}',
        rule="ask",
        sides=(side, started),
        state=ConflictState.OPEN,
        found_utc=desk.clock.utc,
    )
    desk.store.fed_conflicts.append(made)
    return made


def test_a_choice_names_all_that_was_on_the_screen(desk: FakeTerminal, asked: Conflict) -> None:
    (row,) = desk.lanes.run(desk.app.desk.conflicts())
    assert row.conflict == asked
    desk.lanes.run(desk.app.desk.decide_conflict(asked, 1, ChoiceReason.OTHER, " I asked them. "))
    (made,) = desk.store.all_of(ConflictChoice)
    assert (made.side, made.content) == (1, '{"note":"b"}')
    assert made.seen == (UUID(int=1), UUID(int=0))
    assert (made.reason, made.note) == (ChoiceReason.OTHER, "I asked them.")
    assert desk.lanes.run(desk.app.desk.conflicts()) == ()


@pytest.mark.parametrize(
    ("side", "reason", "key"),
    [
        (2, ChoiceReason.TYPING_ERROR, "choice.side"),
        (-1, ChoiceReason.TYPING_ERROR, "choice.side"),
        (0, ChoiceReason.OTHER, "choice.note"),
    ],
)
def test_half_a_choice_is_refused_in_words(
    desk: FakeTerminal, asked: Conflict, side: int, reason: ChoiceReason, key: str
) -> None:
    with pytest.raises(UserError) as refused:
        desk.lanes.run(desk.app.desk.decide_conflict(asked, side, reason, " "))
    assert refused.value.key == key


def test_a_conflict_is_decided_once_and_by_a_supervisor(
    desk: FakeTerminal, laptop: FakeTerminal, asked: Conflict
) -> None:
    wanted = (asked, 0, ChoiceReason.TYPING_ERROR, "")
    desk.lanes.run(desk.app.desk.decide_conflict(*wanted))
    for terminal, key in ((desk, "conflict.settled"), (laptop, "duty.forbidden")):
        with pytest.raises(UserError) as refused:
            terminal.lanes.run(terminal.app.desk.decide_conflict(*wanted))
        assert refused.value.key == key

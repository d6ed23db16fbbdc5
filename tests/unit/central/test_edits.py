"""Edits pushed over real HTTP: merged per field, nothing lost, conflicts asked and decided."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from central.late_truth.second_line import judge_again
from central.store import load_many, value_of
from parking.citation import Citation, EventKind
from parking.edit import (
    ChoiceReason,
    CitationNote,
    Conflict,
    ConflictChoice,
    ConflictState,
    Edit,
    FieldChange,
    PlateCorrection,
    ShiftHeader,
)
from parking.ids import uuid7
from parking.terminal import TerminalKind
from parking.zone import Zone
from sync.hlc import at
from sync.merge import changes_between
from sync.records import BY_CLASS
from sync.wire import OpResult
from tests.unit.central.device import Device
from tests.unit.central.samples import OFFICER, ZONE, right
from tests.unit.central.service import Service


@pytest.fixture(scope="module")
def devices(service: Service) -> tuple[Device, Device]:
    return service.enrol_new(), service.enrol_new()


@pytest.fixture(scope="module")
def desk(service: Service) -> Device:
    return service.enrol_new(TerminalKind.SUPERVISOR)


def edit_of(device: Device, before: Any | None, after: Any, **changed: Any) -> Edit:
    """Return the edit that a device makes of what it saw."""
    now_utc, record = datetime.now(UTC), BY_CLASS[type(after)]
    made = Edit(
        edit_id=uuid7(now_utc),
        record=record.name,
        record_key=str(getattr(after, record.key)),
        base_revision=0 if before is None else before.revision,
        changes=changes_between(record, before, after),
        officer_id=OFFICER.officer_id,
        terminal_id=device.terminal.terminal_id,
        made_utc=now_utc,
        clock_uncertainty_ms=20,
        hlc=at(now_utc),
    )
    return replace(made, **changed)


def push(service: Service, device: Device, *facts: Any) -> list[OpResult]:
    return device.push(service.client, *facts).results


def row(service: Service, of: type[Any], key: Any) -> Any:
    """Return a record as it stands at central, None when there is none."""
    with service.central.database.reading() as connection:
        found = load_many(connection, BY_CLASS[of], [key])
    return value_of(BY_CLASS[of], found[str(key)]) if found else None


def conflicts(service: Service, key: Any) -> list[Conflict]:
    ids = service.rows("select conflict_id from conflict where record_key = %(key)s", key=str(key))
    return [row(service, Conflict, found[0]) for found in ids]


def choice_of(desk: Device, conflict: Conflict, side: int, **changed: Any) -> ConflictChoice:
    now_utc = datetime.now(UTC)
    made = ConflictChoice(
        choice_id=uuid7(now_utc),
        conflict_id=conflict.conflict_id,
        side=side,
        content=conflict.sides[side].content,
        seen=tuple(each.side_id for each in conflict.sides),
        base_revision=1,
        reason=ChoiceReason.PHOTO_SHOWS_IT,
        officer_id=OFFICER.officer_id,
        terminal_id=desk.terminal.terminal_id,
        decided_utc=now_utc,
        clock_uncertainty_ms=20,
    )
    return replace(made, **changed)


def note(note_: str = "", *tags: str, of: UUID | None = None) -> CitationNote:
    return CitationNote(citation_id=of or uuid4(), note=note_, tags=tags)


def disputed(
    service: Service, devices: tuple[Device, Device]
) -> tuple[CitationNote, CitationNote, Conflict]:
    """Let two officers write different notes without knowing of each other."""
    mine = note("mine")
    theirs = replace(mine, note="theirs")
    push(service, devices[0], edit_of(devices[0], None, mine))
    push(service, devices[1], edit_of(devices[1], None, theirs))
    (conflict,) = conflicts(service, mine.citation_id)
    return mine, theirs, conflict


def test_an_edit_makes_the_row_tells_the_feed_and_is_answered_for_good(
    service: Service, devices: tuple[Device, Device]
) -> None:
    made = note("wet paper", "rain")
    request = devices[0].request(edit_of(devices[0], None, made))
    answers = [devices[0].send(service.client, request).json()["results"] for _ in range(2)]
    assert answers[0] == answers[1] == [[request.ops[0].seq, "applied", "revision.1", ""]]
    assert row(service, CitationNote, made.citation_id) == replace(made, revision=1)
    told = service.one(
        "select count(*) from feed where name = 'citation_note' and key = %(key)s",
        key=str(made.citation_id),
    )
    assert told == 1


def test_edits_of_different_fields_merge(service: Service, devices: tuple[Device, Device]) -> None:
    seen = note("seen", "a")
    push(service, devices[0], edit_of(devices[0], None, seen))
    seen = replace(seen, revision=1)
    (first,) = push(service, devices[0], edit_of(devices[0], seen, replace(seen, note="more")))
    tagged = edit_of(devices[1], seen, replace(seen, tags=("a", "b")))
    (second,) = push(service, devices[1], tagged)
    assert (first.outcome, first.code) == ("applied", "revision.2")
    assert (second.outcome, second.code) == ("merged", "revision.3")
    expected = replace(seen, note="more", tags=("a", "b"), revision=3)
    assert row(service, CitationNote, seen.citation_id) == expected
    assert not conflicts(service, seen.citation_id)


def test_two_notes_are_both_kept_and_a_supervisor_is_asked(
    service: Service, devices: tuple[Device, Device]
) -> None:
    mine = note("mine")
    theirs = replace(mine, note="theirs")
    push(service, devices[0], edit_of(devices[0], None, mine))
    (answer,) = push(service, devices[1], edit_of(devices[1], None, theirs, reason="asked him"))
    assert (answer.outcome, answer.code) == ("conflict", "revision.1")
    assert "changed note" in answer.text
    (conflict,) = conflicts(service, mine.citation_id)
    assert (conflict.state, conflict.fields, conflict.rule) == (
        ConflictState.OPEN,
        ("note",),
        "ask",
    )
    assert json.loads(conflict.base) == {"note": ""}
    sides = [(json.loads(side.content)["note"], side.kept) for side in conflict.sides]
    assert sides == [("mine", True), ("theirs", False)]
    last = conflict.sides[1]
    assert (last.reason, last.terminal_id) == ("asked him", devices[1].terminal.terminal_id)
    assert last.officer_id == OFFICER.officer_id
    assert last.received_utc is not None


def test_a_choice_decides_and_a_value_that_comes_later_opens_it_again(
    service: Service, devices: tuple[Device, Device], desk: Device
) -> None:
    mine, _, conflict = disputed(service, devices)
    choice = choice_of(desk, conflict, 1)
    (answer,) = push(service, desk, choice)
    assert answer.outcome == "applied"
    (decided,) = conflicts(service, mine.citation_id)
    assert (decided.state, decided.choice_id) == (ConflictState.DECIDED, choice.choice_id)
    assert row(service, CitationNote, mine.citation_id).note == "theirs"
    third = service.enrol_new()
    (late,) = push(service, third, edit_of(third, None, replace(mine, note="late")))
    assert late.outcome == "conflict"
    (again,) = conflicts(service, mine.citation_id)
    assert again.state is ConflictState.OPEN
    assert again.found_utc > decided.found_utc
    assert row(service, CitationNote, mine.citation_id).note == "theirs"


def test_a_choice_of_what_stands_is_told_to_everybody_all_the_same(
    service: Service, devices: tuple[Device, Device], desk: Device
) -> None:
    mine, _, conflict = disputed(service, devices)
    push(service, desk, choice_of(desk, conflict, 0))
    standing = row(service, CitationNote, mine.citation_id)
    assert (standing.note, standing.revision) == ("mine", 2)
    knowing = edit_of(devices[0], standing, replace(standing, note="after the choice"))
    (answer,) = push(service, devices[0], knowing)
    assert answer.outcome == "applied"
    assert conflicts(service, mine.citation_id)[0].state is ConflictState.DECIDED


def test_a_choice_that_missed_a_value_says_so(
    service: Service, devices: tuple[Device, Device], desk: Device
) -> None:
    mine, _, seen = disputed(service, devices)
    third = service.enrol_new()
    push(service, third, edit_of(third, None, replace(mine, note="late")))
    (answer,) = push(service, desk, choice_of(desk, seen, 0))
    assert answer.outcome == "conflict"
    assert "open again" in answer.text


def test_a_choice_on_an_unknown_conflict_is_kept_and_flagged(
    service: Service, devices: tuple[Device, Device], desk: Device
) -> None:
    _, _, conflict = disputed(service, devices)
    (answer,) = push(service, desk, choice_of(desk, conflict, 0, conflict_id=uuid4()))
    assert (answer.outcome, answer.code) == ("flagged", "choice.unknown")


def test_rules_decide_without_asking_and_log_the_loser(
    service: Service, devices: tuple[Device, Device]
) -> None:
    mine = ShiftHeader(shift_id=uuid4(), vehicle="12", odometer_miles=900, forms_spoiled=1)
    theirs = replace(mine, vehicle="14", odometer_miles=300, forms_spoiled=2)
    push(service, devices[0], edit_of(devices[0], None, mine))
    ahead = at(datetime.now(UTC) + timedelta(minutes=1))
    (answer,) = push(service, devices[1], edit_of(devices[1], None, theirs, hlc=ahead))
    assert answer.outcome == "merged"
    assert "odometer miles" in answer.text
    header = row(service, ShiftHeader, mine.shift_id)
    assert (header.vehicle, header.odometer_miles, header.forms_spoiled) == ("14", 900, 3)
    logged = conflicts(service, mine.shift_id)
    assert {each.fields for each in logged} == {("vehicle",), ("odometer_miles",)}
    assert {each.state for each in logged} == {ConflictState.LOGGED}


CHANGE = FieldChange(field="note", base='""', value='"x"')


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"record": "citation"}, "citation records are not edited"),
        ({"record_key": "nobody"}, "citation_note keys are UUIDs"),
        ({"record_key": str(uuid4()).upper()}, "citation_note keys are UUIDs"),
        ({"changes": (replace(CHANGE, field="revision"),)}, "citation_note.revision: no field"),
        ({"changes": (CHANGE, CHANGE)}, "each field is named once"),
        ({"changes": (replace(CHANGE, value="7"),)}, "CitationNote.note"),
        ({"changes": (replace(CHANGE, value='"' + "x" * 2001 + '"'),)}, "0 to 2000 characters"),
        ({"changes": (replace(CHANGE, base="{"),)}, "CitationNote.note"),
        ({"changes": (replace(CHANGE, value='"\\u0000"'),)}, "no NUL"),
        (
            {"record": "plate_correction", "changes": (replace(CHANGE, field="plate"),)},
            "plate and plate_state are changed together",
        ),
    ],
)
def test_what_is_no_edit_is_refused_by_name(
    service: Service, devices: tuple[Device, Device], changed: dict[str, Any], says: str
) -> None:
    made = edit_of(devices[0], None, note("x"), **changed)
    (answer,) = push(service, devices[0], made)
    assert (answer.outcome, answer.code) == ("refused", "edit.field")
    assert says in answer.text


def test_a_device_edits_and_decides_only_what_its_kind_may(
    service: Service, devices: tuple[Device, Device], desk: Device
) -> None:
    _, _, conflict = disputed(service, devices)
    zone = edit_of(devices[0], ZONE, replace(ZONE, exit_grace_s=60))
    (no_zone,) = push(service, devices[0], zone)
    (no_choice,) = push(service, devices[0], choice_of(devices[0], conflict, 0))
    (no_note,) = push(service, desk, choice_of(desk, conflict, 0, reason=ChoiceReason.OTHER))
    (no_content,) = push(service, desk, choice_of(desk, conflict, 0, content="[]"))
    answers = (no_zone, no_choice, no_note, no_content)
    assert [each.code for each in answers] == [
        "edit.not_allowed",
        "choice.not_allowed",
        "choice.note",
        "choice.content",
    ]
    assert {each.outcome for each in answers} == {"refused"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"officer_id": uuid4()}, "edit.officer"),
        ({"terminal_id": uuid4()}, "edit.terminal"),
        ({"hlc": at(datetime.now(UTC) + timedelta(days=1))}, "edit.clock"),
    ],
)
def test_what_is_odd_is_stored_and_flagged(
    service: Service, devices: tuple[Device, Device], changed: dict[str, Any], code: str
) -> None:
    made = edit_of(devices[0], None, note("odd"), **changed)
    (answer,) = push(service, devices[0], made)
    assert (answer.outcome, answer.code) == ("flagged", "revision.1")
    flags = service.rows("select code from flags where key = %(key)s", key=str(made.edit_id))
    assert flags == [(code,)]


def test_simultaneous_edits_of_one_record_all_count(service: Service) -> None:
    header = ShiftHeader(shift_id=uuid4())
    devices = [service.enrol_new() for _ in range(4)]
    requests = [
        (
            device,
            device.request(
                *(
                    edit_of(
                        device, None, replace(header, shift_id=header.shift_id, forms_spoiled=1)
                    )
                    for _ in range(3)
                )
            ),
        )
        for device in devices
    ]
    threads = [
        threading.Thread(target=device.send, args=(service.client, request))
        for device, request in requests
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert row(service, ShiftHeader, header.shift_id).forms_spoiled == 12


# --- plates --------------------------------------------------------------------------------------


@pytest.fixture
def cited(service: Service, devices: tuple[Device, Device]) -> Citation:
    service.lease(devices[0], 10)
    citation = devices[0].citation(plate=f"P{uuid4().hex[:6]}", officer_id=OFFICER.officer_id)
    push(service, devices[0], citation)
    return citation


def correction(citation: Citation, plate: str) -> PlateCorrection:
    return PlateCorrection(citation_id=citation.citation_id, plate=plate, plate_state="CT")


def events(service: Service, citation: Citation) -> list[tuple[str, str]]:
    return [
        (kind, reason)
        for kind, reason in service.rows(
            "select kind, reason_code from citation_event where citation_id = %(id)s"
            " order by received_utc, citation_event_id",
            id=citation.citation_id,
        )
    ]


@pytest.mark.parametrize("paid_first", [True, False])
def test_a_payment_for_the_corrected_plate_holds_the_citation(
    service: Service, devices: tuple[Device, Device], cited: Citation, paid_first: bool
) -> None:
    true_plate = f"T{uuid4().hex[:6]}"
    paid = right(cited.observed_utc, true_plate)
    if paid_first:
        service.store_right(paid)
    push(service, devices[0], edit_of(devices[0], None, correction(cited, true_plate)))
    if not paid_first:
        assert not events(service, cited)
        assert service.store_right(paid) == (1, 1)
    assert events(service, cited) == [(EventKind.HELD, "exact")]


def test_a_disputed_plate_holds_the_citation_until_a_supervisor_chose(
    service: Service, devices: tuple[Device, Device], desk: Device, cited: Citation
) -> None:
    push(service, devices[0], edit_of(devices[0], None, correction(cited, "AAA 111")))
    push(service, devices[1], edit_of(devices[1], None, correction(cited, "BBB 222")))
    assert events(service, cited) == [(EventKind.HELD, "plate_conflict")]
    (conflict,) = conflicts(service, cited.citation_id)
    assert conflict.fields == ("plate", "plate_state")
    third = service.enrol_new()
    push(service, third, edit_of(third, None, correction(cited, "CCC 333")))
    assert len(events(service, cited)) == 1
    (conflict,) = conflicts(service, cited.citation_id)
    push(service, desk, choice_of(desk, conflict, 1))
    assert events(service, cited)[1:] == [(EventKind.RELEASED, "photo_shows_it")]
    assert row(service, PlateCorrection, cited.citation_id).plate == "BBB 222"
    fourth = service.enrol_new()
    push(service, fourth, edit_of(fourth, None, correction(cited, "DDD 444")))
    assert events(service, cited)[2:] == [(EventKind.HELD, "plate_conflict")]


def test_officers_who_agree_about_a_plate_release_no_hold(
    service: Service, devices: tuple[Device, Device], cited: Citation
) -> None:
    first, second = correction(cited, "AAA 111"), correction(cited, "BBB 222")
    push(service, devices[0], edit_of(devices[0], None, first))
    push(service, devices[1], edit_of(devices[1], None, second))
    seen = row(service, PlateCorrection, cited.citation_id)
    agreed = edit_of(devices[1], replace(second, revision=seen.revision), first)
    push(service, devices[1], agreed)
    assert row(service, PlateCorrection, cited.citation_id).plate == "AAA 111"
    assert [each.state for each in conflicts(service, cited.citation_id)] != [ConflictState.OPEN]
    # A hold is released by a person only: what the officers agreed on may be wrong as well.
    assert events(service, cited) == [(EventKind.HELD, "plate_conflict")]


def test_the_second_line_looks_at_corrections_too(
    service: Service, devices: tuple[Device, Device], cited: Citation
) -> None:
    push(service, devices[0], edit_of(devices[0], None, correction(cited, f"S{uuid4().hex[:6]}")))
    central = service.central
    while judge_again(central.database, central.clock, central.metrics):
        pass
    assert service.one("select count(*) from alarms where code = 'late_truth.missed'") == 0


# --- reference data ------------------------------------------------------------------------------


def test_a_zone_is_edited_at_the_desk_and_the_citys_import_is_the_newer_word(
    service: Service, desk: Device
) -> None:
    zone = replace(ZONE, zone_id=f"E{uuid4().hex[:6]}", exit_grace_s=300)
    service.store(zone)
    zone = replace(zone, revision=1)
    push(service, desk, edit_of(desk, zone, replace(zone, exit_grace_s=120)))
    assert row(service, Zone, zone.zone_id).exit_grace_s == 120
    service.store(replace(zone, exit_grace_s=600, name="Bedford St"))
    (answer,) = push(
        service,
        desk,
        edit_of(desk, replace(zone, exit_grace_s=120, revision=2), replace(zone, exit_grace_s=60)),
    )
    assert answer.outcome == "conflict"
    standing = row(service, Zone, zone.zone_id)
    assert (standing.exit_grace_s, standing.name) == (600, "Bedford St")
    (conflict,) = conflicts(service, zone.zone_id)
    assert [json.loads(side.content)["exit_grace_s"] for side in conflict.sides] == [600, 60]
    assert conflict.sides[0].edit_id is None
    push(service, desk, choice_of(desk, conflict, 1))
    assert row(service, Zone, zone.zone_id).exit_grace_s == 60
    service.store(replace(row(service, Zone, zone.zone_id), entry_grace_s=1))
    known = row(service, Zone, zone.zone_id)
    push(service, desk, edit_of(desk, known, replace(known, name="Bedford Street")))
    assert row(service, Zone, zone.zone_id) == replace(
        known, name="Bedford Street", revision=known.revision + 1
    )


def test_an_import_over_an_open_conflict_closes_it_and_keeps_its_sides(
    service: Service, desk: Device
) -> None:
    zone = replace(ZONE, zone_id=f"I{uuid4().hex[:6]}", revision=1)
    service.store(zone)
    other = service.enrol_new(TerminalKind.SUPERVISOR)
    push(service, desk, edit_of(desk, zone, replace(zone, exit_grace_s=1)))
    push(service, other, edit_of(other, zone, replace(zone, exit_grace_s=2)))
    service.store(replace(zone, exit_grace_s=3))
    known = row(service, Zone, zone.zone_id)
    push(service, desk, edit_of(desk, known, replace(known, entry_grace_s=9)))
    (conflict,) = conflicts(service, zone.zone_id)
    assert conflict.state is ConflictState.LOGGED
    assert len(conflict.sides) == 2
    assert row(service, Zone, zone.zone_id).exit_grace_s == 3


def test_an_edit_of_a_zone_that_nobody_knows_is_kept_and_flagged(
    service: Service, desk: Device
) -> None:
    ghost = replace(ZONE, zone_id="GHOST")
    (answer,) = push(service, desk, edit_of(desk, ghost, replace(ghost, name="Nowhere")))
    assert (answer.outcome, answer.code) == ("flagged", "edit.no_record")
    assert row(service, Zone, "GHOST") is None


# --- after a restore -----------------------------------------------------------------------------


def test_revisions_do_not_come_twice_after_a_restore(
    service: Service, devices: tuple[Device, Device]
) -> None:
    seen = replace(note("before the restore"), revision=41)
    made = edit_of(devices[0], seen, replace(seen, note="sent again"))
    (answer,) = push(service, devices[0], made)
    assert answer.code == "revision.42"
    assert row(service, CitationNote, seen.citation_id).revision == 42


def test_fields_of_a_newer_version_stay_in_the_row(
    service: Service, devices: tuple[Device, Device]
) -> None:
    seen = note("first")
    push(service, devices[0], edit_of(devices[0], None, seen))
    with service.central.database.unit_of_work("test") as connection:
        connection.exec_driver_sql(
            'update citation_note set extra = \'{"mood": "wet"}\' where citation_id = %(key)s',
            {"key": seen.citation_id},
        )
    seen = replace(seen, revision=1)
    push(service, devices[0], edit_of(devices[0], seen, replace(seen, note="second")))
    kept = service.rows(
        "select note, extra from citation_note where citation_id = %(key)s", key=seen.citation_id
    )
    assert kept == [("second", {"mood": "wet"})]

"""The merge by example: each rule, the traps of others, choices, and what a terminal shows."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from parking.edit import STARTED_WITH, ConflictState, FieldChange
from parking.errors import UserError
from sync.merge import changes_between, fold, made_of, readable, rebase, units, values_of
from sync.records import RECORDS, Record, RecordKind, Rule, fields_of
from tests.unit.sync.sheet import (
    BLANK,
    CITY_SHEET,
    KEY,
    SHEET,
    choice,
    edit,
    folded,
    value_of,
    versions_of,
)


def test_edits_of_different_fields_both_stand_and_nobody_is_asked() -> None:
    merged = folded([edit(None, 1, remark="wet"), edit(None, 2, plate="AB1", state="CT")])
    sheet = value_of(merged)
    assert (sheet.remark, sheet.plate, sheet.state) == ("wet", "AB1", "CT")
    assert not merged.divergences


def test_the_same_value_from_two_people_is_no_conflict() -> None:
    merged = folded([edit(None, 1, remark="wet"), edit(None, 2, remark="wet")])
    assert not merged.divergences


def test_two_values_keep_the_first_made_and_ask() -> None:
    late, early = edit(None, 1, remark="late", hlc=9), edit(None, 2, remark="early", hlc=8)
    merged = folded([late, early])
    assert value_of(merged).remark == "early"
    (asked,) = merged.divergences
    assert (asked.state, asked.rule, asked.fields) == (ConflictState.OPEN, Rule.ASK, ("remark",))
    assert asked.base == ('""',)
    assert {(side.version_id, side.value[0], side.kept) for side in asked.sides} == {
        (late.edit_id, '"late"', False),
        (early.edit_id, '"early"', True),
    }


def test_plate_and_state_win_or_lose_together() -> None:
    one = edit(None, 1, plate="AB1", state="CT", hlc=1)
    merged = folded([one, edit(None, 2, plate="AB1", state="NY", hlc=2)])
    assert (value_of(merged).plate, value_of(merged).state) == ("AB1", "CT")
    assert merged.divergences[0].fields == ("plate", "state")


def test_somebody_who_edits_in_a_row_does_not_conflict_with_themselves() -> None:
    first = edit(None, 1, remark="a", hlc=1)
    second = edit(replace(BLANK, remark="a"), 1, remark="b", hlc=2)
    back = edit(replace(BLANK, remark="b"), 1, remark="a", hlc=3)
    assert value_of(folded([back, second, first])).remark == "a"
    assert not folded([back, second, first]).divergences


def test_a_conflict_in_the_middle_of_a_branch_is_found() -> None:
    """The last edit of the branch touches another field: looking at it alone finds nothing."""
    branch = [
        edit(None, 1, remark="mine", hlc=1),
        edit(replace(BLANK, remark="mine"), 1, car="12", hlc=2),
    ]
    merged = folded([*branch, edit(None, 2, remark="theirs", hlc=3)])
    assert [each.fields for each in merged.divergences] == [("remark",)]
    assert value_of(merged).car == "12"


def test_an_edit_on_top_of_one_side_settles_nothing() -> None:
    mine, theirs = edit(None, 1, remark="mine", hlc=1), edit(None, 2, remark="theirs", hlc=2)
    seen = replace(BLANK, remark="mine", revision=1)
    insists = edit(seen, 2, remark="theirs again", hlc=3)
    merged = folded([mine, theirs, insists])
    (asked,) = merged.divergences
    assert asked.state is ConflictState.OPEN
    assert {side.value[0] for side in asked.sides} == {'"mine"', '"theirs again"'}


def test_an_answer_to_an_answer_settles_nothing_either() -> None:
    """Both wrote again knowing the other's word, so nobody replaced their own unknown value."""
    mine, theirs = edit(None, 1, remark="mine", hlc=1), edit(None, 2, remark="theirs", hlc=2)
    reply = edit(replace(BLANK, remark="mine", revision=1), 2, remark="reply", hlc=3)
    back = edit(replace(BLANK, remark="reply", revision=2), 1, remark="back", hlc=4)
    (asked,) = folded([mine, theirs, reply, back]).divergences
    assert asked.state is ConflictState.OPEN
    assert {side.value[0] for side in asked.sides} == {'"reply"', '"back"'}
    assert value_of(folded([mine, theirs, reply, back])).remark == "back"


def test_people_who_come_to_agree_ask_nobody_and_it_stays_on_record() -> None:
    mine, theirs = edit(None, 1, remark="mine", hlc=1), edit(None, 2, remark="theirs", hlc=2)
    agrees = edit(replace(BLANK, remark="mine", revision=1), 1, remark="theirs", hlc=3)
    (logged,) = folded([mine, theirs, agrees]).divergences
    assert logged.state is ConflictState.LOGGED
    assert {side.value[0] for side in logged.sides} == {'"mine"', '"theirs"'}


def test_the_latest_car_stands_with_what_was_made_on_top_of_it() -> None:
    early, late = edit(None, 1, car="early", hlc=5), edit(None, 2, car="late", hlc=9)
    merged = folded([early, late])
    assert value_of(merged).car == "late"
    assert merged.divergences[0].state is ConflictState.LOGGED
    # Made by somebody whose clock is behind, but who saw "late".
    on_top = edit(replace(BLANK, car="late", revision=1), 3, car="last", hlc=1)
    assert value_of(folded([early, late, on_top])).car == "last"


def test_the_largest_reading_stands_and_the_smaller_one_is_logged() -> None:
    merged = folded([edit(None, 1, odometer=70), edit(None, 2, odometer=500)])
    assert value_of(merged).odometer == 500
    assert {side.value for side in merged.divergences[0].sides if not side.kept} == {("70",)}
    corrected = edit(replace(BLANK, odometer=500, revision=1), 3, odometer=90)
    assert value_of(folded([edit(None, 2, odometer=500), corrected])).odometer == 90


def test_counters_add_and_are_cut_at_their_limit_with_a_record() -> None:
    assert value_of(folded([edit(None, 1, spoiled=3), edit(None, 2, spoiled=4)])).spoiled == 7
    merged = folded([edit(None, 1, spoiled=60), edit(None, 2, spoiled=70)])
    assert value_of(merged).spoiled == 100
    assert merged.divergences[0].state is ConflictState.LOGGED


def test_tags_unite_and_what_does_not_fit_is_on_record() -> None:
    both = [edit(None, 1, tags=("b", "a")), edit(None, 2, tags=("c",))]
    assert value_of(folded(both)).tags == ("a", "b", "c")
    assert not folded(both).divergences
    removed = edit(replace(BLANK, tags=("a", "b", "c"), revision=2), 2, tags=("a", "c"))
    assert value_of(folded([*both, removed])).tags == ("a", "c")
    full = [edit(None, 1, tags=tuple("abcd")), edit(None, 2, tags=tuple("efgh"))]
    assert value_of(folded(full)).tags == tuple("abcdef")
    assert {side.value[0] for side in folded(full).divergences[0].sides} == {
        '["a","b","c","d"]',
        '["e","f","g","h"]',
    }


def test_the_citys_word_is_a_side_of_reference_data_and_wins_where_it_must() -> None:
    start = {**values_of(SHEET, replace(BLANK, remark="city", motto="city"))}
    unknowing = edit(replace(BLANK, remark="old", motto="old"), 1, remark="desk", motto="desk")
    merged = fold(CITY_SHEET, start, versions_of([unknowing]))
    by_field = {each.fields[0]: each for each in merged.divergences}
    assert merged.values["motto"] == '"city"'
    assert by_field["motto"].state is ConflictState.LOGGED
    assert by_field["remark"].state is ConflictState.OPEN
    assert STARTED_WITH in {side.version_id for side in by_field["remark"].sides}
    knowing = edit(replace(BLANK, remark="city", motto="city"), 1, remark="desk", motto="desk")
    assert not fold(CITY_SHEET, start, versions_of([knowing])).divergences


def test_two_supervisors_who_choose_differently_are_asked_again() -> None:
    facts = [edit(None, 1, remark="a", hlc=1), edit(None, 2, remark="b", hlc=2)]
    (asked,) = folded(facts).divergences
    choices = [choice(asked, 0, number=71), choice(asked, 1, number=72)]
    (again,) = folded([*facts, *choices]).divergences
    assert again.state is ConflictState.OPEN
    assert {UUID(int=71), UUID(int=72)} <= {side.version_id for side in again.sides}
    last = choice(again, 0, number=73)
    assert folded([*facts, *choices, last]).divergences[0].choice_id == UUID(int=73)


def test_choices_that_claim_to_have_seen_each_other_do_no_harm() -> None:
    facts = [edit(None, 1, remark="a", hlc=1), edit(None, 2, remark="b", hlc=2)]
    (asked,) = folded(facts).divergences
    one, other = choice(asked, 0, number=71), choice(asked, 1, number=72)
    ring = [
        replace(one, seen=(*one.seen, other.choice_id)),
        replace(other, seen=(*other.seen, one.choice_id)),
    ]
    assert folded([*facts, *ring]) == folded([*reversed(ring), *facts])


# --- what a person changed ----------------------------------------------------------------------


def test_only_what_changed_is_in_an_edit_and_groups_are_whole() -> None:
    seen = replace(BLANK, plate="AB1", state="CT", remark="wet")
    changes = changes_between(SHEET, seen, replace(seen, state="NY"))
    assert changes == (
        FieldChange(field="plate", base='"AB1"', value='"AB1"'),
        FieldChange(field="state", base='"CT"', value='"NY"'),
    )
    assert changes_between(SHEET, seen, seen) == ()
    assert changes_between(SHEET, None, replace(BLANK, tags=("b", "a"))) == (
        FieldChange(field="tags", base="null", value='["a","b"]'),
    )


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("odometer", "10001", "Sheet.odometer: 0 to 10000 is allowed, not 10001."),
        ("odometer", '"x"', "Sheet.odometer"),
        (
            "remark",
            '"' + "x" * 201 + '"',
            "Sheet.remark: 0 to 200 characters are allowed, not 201.",
        ),
        ("remark", '"a\\u0000"', "Sheet.remark: no NUL is allowed."),
        ("tags", '["a\\u0000"]', "Sheet.tags: no NUL is allowed."),
        ("remark", "{", "Sheet.remark"),
    ],
)
def test_a_value_outside_its_field_is_refused_by_name(name: str, text: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        readable(SHEET, name, text)
    assert refused.value.key == "edit.field"
    assert refused.value.sentence.startswith(says)


# --- what a terminal shows ----------------------------------------------------------------------


def test_own_edits_are_on_top_of_whatever_the_row_became() -> None:
    mine = [
        edit(BLANK, 1, hlc=1, remark="mine", tags=("t",), spoiled=2, odometer=50),
        edit(replace(BLANK, remark="mine"), 1, hlc=2, remark="mine again"),
    ]
    row = replace(BLANK, remark="theirs", tags=("u",), spoiled=3, odometer=70, car="12", revision=8)
    shown = rebase(SHEET, str(KEY), row, reversed(mine), revision=8)
    assert shown == replace(row, remark="mine again", tags=("t", "u"), spoiled=5, odometer=70)
    assert rebase(SHEET, str(KEY), row, []) is row


def test_a_record_that_nobody_wrote_is_made_of_blank_fields_or_is_not_there() -> None:
    shown = rebase(SHEET, str(KEY), None, [edit(None, 1, remark="new")])
    assert shown == replace(BLANK, remark="new")
    assert rebase(SHEET, str(KEY), None, []) is None
    assert made_of(SHEET, str(KEY), {"remark": "null"}) is None


# --- the declarations ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record", [each for each in RECORDS if each.editors], ids=lambda record: record.name
)
def test_what_may_be_edited_is_declared_so_that_the_merge_can_do_it(record: Record[Any]) -> None:
    fields = {field.name: field for field in fields_of(record.of)}
    for name, rule in record.rules.items():
        kinds = {Rule.UNION: tuple, Rule.COUNTER: int, Rule.LARGEST: int}
        assert fields[name].base is kinds.get(rule, fields[name].base)
        assert not any(name in group for group in record.groups)
    assert not any(field.base is bytes for field in fields.values())
    if record.kind is RecordKind.MUTABLE:
        needed = {name for name in fields if fields[name].required} - {record.key}
        assert any(needed <= set(unit) for unit in units(record))

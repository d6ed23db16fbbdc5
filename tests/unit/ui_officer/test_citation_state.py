from dataclasses import replace
from itertools import combinations

import pytest

from app.usecases.check_plate import CheckResult
from parking.check import Answer
from tests.unit.parking.samples import NOON, minutes, zone
from tests.unit.ui_officer.checked import CODES, decision, draft, photo, result
from ui.officer import citation_state as shown
from ui.officer.citation_state import NOTES, Form
from ui.widgets.marks import Tone
from ui.widgets.shapes import Mark

EXPIRED_METER, FIRE_LANE = CODES[0], CODES[3]
CHIPS = tuple(key for key, _words in NOTES)
NOTE_SETS = [chips for count in range(4) for chips in combinations(CHIPS, count)]


def form(**changes: object) -> Form:
    made = Form(result=result(), code=EXPIRED_METER, place="Summer St")
    return replace(made, **changes)  # type: ignore[arg-type]  # names are checked by replace


def test_a_form_begins_with_the_zone_and_nothing_else() -> None:
    fresh = shown.form_for(result(), before=None, warning=False)
    assert (fresh.place, fresh.code, fresh.photos, fresh.warning) == ("Summer St", None, (), False)


def test_what_was_written_for_the_same_car_goes_on_with_the_newer_check() -> None:
    before = form(make="Honda", photos=(photo(),))
    newer = result(decision(Answer.EXPIRED))
    after = shown.form_for(newer, before=before, warning=True)
    assert (after.make, after.photos, after.code) == ("Honda", (photo(),), EXPIRED_METER)
    assert after.result is newer
    assert after.warning


@pytest.mark.parametrize("other", [result(plate="AB12345"), result(plate_state="NY")])
def test_nothing_of_one_car_gets_on_the_citation_of_another(other: CheckResult) -> None:
    before = form(make="Honda", photos=(photo(),))
    after = shown.form_for(other, before=before, warning=False)
    assert (after.make, after.photos) == ("", ())


def test_the_place_is_the_one_of_the_newest_check() -> None:
    moved = replace(result(), zone=zone(zone_id="114", name="Bedford St"))
    assert shown.form_for(moved, before=form(), warning=False).place == "Bedford St"


@pytest.mark.parametrize("chips", NOTE_SETS, ids="+".join)
@pytest.mark.parametrize(
    "written", ["", "Blue tarp over the meter.", "Sign", "Driver not present again", "a. b"]
)
def test_a_draft_gives_the_same_form_again(chips: tuple[str, ...], written: str) -> None:
    before = form(
        notes=chips, written=written, make="Honda", colour="Blue", photos=(photo(1), photo(2))
    )
    kept = shown.draft_of(before)
    after = shown.form_from(kept, before.result, warning=False)
    after = replace(after, code=shown.chosen_code(CODES, after, drafted=kept.code))
    assert shown.draft_of(after) == kept
    assert (after.notes, after.written) == (chips, written)


@pytest.mark.parametrize(
    ("now", "drafted", "code"),
    [
        (None, "", "101"),
        (None, "301", "301"),
        (None, "gone", "101"),
        (FIRE_LANE, "205", "301"),
        (replace(FIRE_LANE, code="999"), "", "101"),
    ],
)
def test_the_code_is_the_chosen_one_the_drafted_one_or_the_usual_one(
    now: object, drafted: str, code: str
) -> None:
    found = shown.chosen_code(CODES, form(code=now), drafted=drafted)
    assert found is not None
    assert found.code == code


def test_without_codes_nothing_is_chosen() -> None:
    assert shown.chosen_code((), form(code=None), drafted="101") is None
    only_safety = (FIRE_LANE,)
    assert shown.chosen_code(only_safety, form(code=None), drafted="") is None


@pytest.mark.parametrize(
    ("given", "issue", "label", "photos", "tone"),
    [
        (form(code=None), False, "Issue and print · ", "not needed", Tone.INFO),
        (form(), False, "Issue and print · $25.00", "0 of 2 needed", Tone.CAUTION),
        (form(photos=(photo(),)), False, "Issue and print · $25.00", "1 of 2 needed", Tone.CAUTION),
        (
            form(photos=(photo(1), photo(2))),
            True,
            "Issue and print · $25.00",
            "2 of 2 needed",
            Tone.OK,
        ),
        (
            form(code=FIRE_LANE, photos=(photo(),)),
            True,
            "Issue and print · $80.00",
            "1 of 1 needed",
            Tone.OK,
        ),
        (form(warning=True), True, "Give the warning and print", "not needed", Tone.INFO),
        (
            form(warning=True, code=None),
            False,
            "Give the warning and print",
            "not needed",
            Tone.INFO,
        ),
    ],
)
def test_f9_is_on_only_when_nothing_is_missing(
    given: Form, issue: bool, label: str, photos: str, tone: Tone
) -> None:
    assert shown.may_issue(given) is issue
    assert shown.issue_label(given) == label
    pill = shown.photos_pill(given)
    assert (pill.text, pill.tone) == (photos, tone)


@pytest.mark.parametrize(("count", "may"), [(0, True), (2, True), (3, False)])
def test_three_photos_fit_on_the_page(count: int, may: bool) -> None:
    photos = tuple(photo(seed) for seed in range(count))
    assert shown.may_take_photo(form(photos=photos)) is may


@pytest.mark.parametrize(
    ("made", "words", "tone", "mark"),
    [
        (
            decision(Answer.EXPIRED, until_utc=NOON - minutes(18), minutes_ago=18),
            "Expired, 18 min ago",
            Tone.BAD,
            Mark.BAD,
        ),
        (decision(Answer.NOT_PAID), "Not paid", Tone.BAD, Mark.BAD),
        (
            decision(Answer.GRACE, citable_from_utc=NOON + minutes(3)),
            "In grace, Wait until 12:03 before anything is issued",
            Tone.CAUTION,
            Mark.CAUTION,
        ),
        (
            decision(Answer.CANNOT_KNOW),
            "Cannot know, No payment found",
            Tone.CAUTION,
            Mark.CAUTION,
        ),
    ],
)
def test_the_head_shows_the_answer_it_rests_on(
    made: object, words: str, tone: Tone, mark: Mark
) -> None:
    pill = shown.state_pill(form(result=result(made)))  # type: ignore[arg-type]  # a decision
    assert (pill.text, pill.tone, pill.mark) == (words, tone, mark)


def test_a_warning_is_called_so_and_costs_nothing() -> None:
    citation, warning = (shown.head_words(form(warning=on), numbers_left=7) for on in (False, True))
    assert citation == ("Citation for this car", "Draft, kept on this laptop · 7 numbers left")
    assert warning[0] == "Warning for this car"
    cites, warns = (shown.code_view(form(warning=on), CODES) for on in (False, True))
    assert (cites.amount, cites.detail) == ("$25.00", "Stamford sample ordinance, section 101")
    assert (warns.amount, warns.detail) == ("", "No fine: this is a warning")
    assert (cites.mark, warns.mark) == (Mark.BAD, Mark.CAUTION)


def test_fields_say_what_is_set_and_what_is_not() -> None:
    unset = shown.code_view(form(code=None), CODES)
    assert unset.value == "Choose the violation"
    assert [choice.key for choice in unset.choices] == [code.code for code in CODES]
    assert shown.pick_view("Make", "", ("Honda",)).value == "Not set"
    assert shown.pick_view("Make", "Honda", ("Honda",)).detail == "set by officer"
    observed = shown.observed_view(form())
    assert (observed.value, observed.detail) == ("12:00:00", "clock ± 0.4 s · EST")
    assert shown.place_view(form()).detail == "zone 112"
    assert shown.checked_words(form())[0] == "Checked 12:00"
    assert [age for _name, age in shown.proof_view(form()).facts] == ["8 s old"] * 4
    chips = shown.chips_view(form(notes=("spoke",)))
    assert chips.chosen == ("spoke",)
    assert len(chips.chips) == len(NOTES)


def test_the_draft_holds_everything_that_will_be_sealed() -> None:
    assert shown.draft_of(form(colour="Red", written="Two wheels on the curb.")) == draft(
        place="Summer St",
        vehicle_colour="Red",
        note_public="Driver not present. Two wheels on the curb.",
    )
    assert shown.draft_of(form(code=None)).code == ""

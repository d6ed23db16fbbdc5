"""Plates: the key, and look-alikes that are only suggested (RULES.md 22 and 23)."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.errors import UserError
from parking.plate import (
    LONGEST_PLATE,
    OTHER_STATE,
    US_STATES,
    check_plate_text,
    form_hint,
    is_standard_form,
    look_alikes,
    plate_key,
    same_plate,
    spaced,
)

SERIALS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=LONGEST_PLATE)


@dataclass(frozen=True)
class Case:
    name: str
    raw: str
    key: str


CASES = (
    Case("plain", "AB12345", "AB12345"),
    Case("lower case", "ab12345", "AB12345"),
    Case("hyphen", "AB-12345", "AB12345"),
    Case("spaces", " AB 12345 ", "AB12345"),
    Case("wide letters", "\uff21\uff22\uff11\uff12", "AB12"),
    Case("dots and bullets", "A\u00b7B\u2022C.D", "ABCD"),
    Case("dashes of all kinds", "A\u2013B\u2014C\u2212D", "ABC\u2212D"),
    Case("control and format characters", "A\u0000B\u200bC\u00ad", "ABC"),
    Case("line ends", "AB\r\n12\u2028", "AB12"),
    Case("accents stay", "Z\u00dcRICH", "Z\u00dcRICH"),
    Case("Cyrillic stays", "\u0410\u041212", "\u0410\u041212"),
    Case("emoji stay", "AB\U0001f697", "AB\U0001f697"),
    Case("wildcards are characters", "AB*%_", "AB*%_"),
    Case("nothing", "", ""),
    Case("only separators", " -\u00b7 ", ""),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_key(case: Case) -> None:
    assert plate_key(case.raw) == case.key


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(raw: str) -> None:
    key = plate_key(raw)

    assert plate_key(key) == key


@given(SERIALS, st.sampled_from(" -.\u2022\u00a0\u2010"), st.integers(0, 10))
def test_separators_and_case_never_matter(serial: str, separator: str, at: int) -> None:
    written = serial[:at].lower() + separator + serial[at:]

    assert same_plate(written, serial)


def test_an_empty_key_equals_nothing() -> None:
    assert not same_plate("", "")
    assert not same_plate("-", " ")


def test_letters_of_other_scripts_never_equal_ascii() -> None:
    assert not same_plate("\u0410B12345", "AB12345")


@dataclass(frozen=True)
class Refusal:
    name: str
    raw: str
    key: str


REFUSALS = (
    Refusal("nothing", "", "plate.empty"),
    Refusal("only spaces", "   ", "plate.empty"),
    Refusal("emoji", "AB\U0001f697", "plate.characters"),
    Refusal("Cyrillic", "\u0410\u041212", "plate.characters"),
    Refusal("40 characters", "A" * 40, "plate.too_long"),
)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.name)
def test_what_is_no_plate_is_refused_in_words(case: Refusal) -> None:
    with pytest.raises(UserError) as caught:
        check_plate_text(case.raw)

    assert caught.value.key == case.key
    assert caught.value.sentence.endswith(".")


def test_what_a_person_entered_becomes_the_key() -> None:
    assert check_plate_text(" ab-12345 ") == "AB12345"


@given(SERIALS)
def test_look_alikes_are_others_each_once_and_mutual(serial: str) -> None:
    found = list(look_alikes(serial))

    assert serial not in found
    assert len(set(found)) == len(found)
    assert all(len(other) == len(serial) for other in found)
    assert all(serial in set(look_alikes(other)) for other in found[:5])


@given(SERIALS.filter(lambda serial: len(serial) <= 7))
def test_two_changes_contain_one_change(serial: str) -> None:
    assert set(look_alikes(serial)) <= set(look_alikes(serial, most_changes=2))


def test_o_and_zero_are_suggested_never_equal() -> None:
    assert not same_plate("MZJONEZ", "MZJ0NEZ")
    assert "MZJ0NEZ" in set(look_alikes("MZJONEZ"))
    assert list(look_alikes("CE")) == []


def test_two_swaps_at_different_places() -> None:
    found = list(look_alikes("5A", most_changes=2))

    assert found == ["SA", "54", "S4"]


@pytest.mark.parametrize(
    ("key", "state", "standard"),
    [
        ("AB12345", "CT", True),
        ("1ABCD2", "CT", True),
        ("123ABC", "CT", True),
        ("VANITY", "CT", False),
        ("ABC1234", "NY", True),
        ("AB12345", OTHER_STATE, None),
    ],
)
def test_standard_forms(key: str, state: str, standard: bool | None) -> None:
    assert is_standard_form(key, state) is standard


@pytest.mark.parametrize(
    ("key", "state", "hint"),
    [
        ("8B12345", "CT", "BB12345"),
        ("AB12345", "CT", None),
        ("VANITY", "CT", None),
        ("8B12345", "VT", None),
        ("O0B1234", "NY", None),
    ],
    ids=["one change makes it", "standard", "vanity", "unknown state", "none or several"],
)
def test_a_hint_only_when_one_look_alike_has_a_standard_form(
    key: str, state: str, hint: str | None
) -> None:
    assert form_hint(key, state) == hint


@pytest.mark.parametrize(
    ("key", "state", "written"),
    [("AB12345", "CT", "AB-12345"), ("ABC1234", "NY", "ABC-1234"), ("VANITY", "CT", "VANITY"),
     ("ABC1234", "VT", "ABC1234"), ("ABCD", "NY", "ABCD")],
)  # fmt: skip
def test_as_on_the_car(key: str, state: str, written: str) -> None:
    assert spaced(key, state) == written


def test_states_begin_with_the_city_s_own() -> None:
    assert US_STATES[0] == "CT"
    assert len(set(US_STATES)) == len(US_STATES) == 51
    assert OTHER_STATE not in US_STATES

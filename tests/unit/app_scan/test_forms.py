"""Arrangements of letters and digits speak for or against a plate."""

import pytest

from app.scan.forms import form_of, usual_in, weight_of
from parking.plate import is_standard_form


@pytest.mark.parametrize(("text", "form"), [("AB12345", "AA99999"), ("7XK204", "9AA999"), ("", "")])
def test_the_form_of_a_text(text: str, form: str) -> None:
    assert form_of(text) == form


def test_a_form_names_the_states_that_use_it() -> None:
    assert "CT" in usual_in("AB12345")
    assert usual_in("A1B2C3D4") == ()


@pytest.mark.parametrize(
    ("plate", "state"),
    [
        ("AB12345", "CT"),
        ("1ABCD2", "CT"),
        ("123ABC", "CT"),
        ("ABC1234", "NY"),
        ("A12BCD", "NJ"),
        ("1ABC23", "MA"),
        ("123AB4", "MA"),
    ],
)
def test_what_the_city_calls_standard_is_usual_here_too(plate: str, state: str) -> None:
    assert is_standard_form(plate, state)
    assert state in usual_in(plate)


def test_a_usual_plate_outweighs_a_foreign_one_a_vanity_one_and_noise() -> None:
    order = ["AB12345", "RK340AO", "BIMMIAN", "A1B2C3D4E"]
    weights = [weight_of(text) for text in order]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == len(weights)
    assert all(0 < weight <= 1 for weight in weights)


def test_a_single_character_is_no_plate() -> None:
    assert weight_of("7") == 0

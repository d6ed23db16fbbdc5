"""The code of a pay station: it answers one question on one device, and nothing else."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from parking.service_code import CODE_DIGITS, code_for, is_code_for, station_key

_CITY = bytes(range(32))
_STATION = UUID(int=7)
_KEY = station_key(_CITY, _STATION, 1)


def test_a_code_stays_the_same_from_release_to_release() -> None:
    assert _KEY.hex().startswith("2b3dc4318ad143f7")
    assert code_for(_KEY, "482913") == "80008579"


@given(st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_a_code_has_eight_digits_and_answers_its_question(question: str) -> None:
    code = code_for(_KEY, question)
    assert len(code) == CODE_DIGITS
    assert code.isdigit()
    assert is_code_for(_KEY, question, f"{code[:4]} {code[4:]}")
    assert not is_code_for(_KEY, question, code[:-1])


def test_another_question_station_enrolment_or_city_has_another_code() -> None:
    keys = (
        _KEY,
        station_key(_CITY, UUID(int=8), 1),
        station_key(_CITY, _STATION, 2),
        station_key(bytes(32), _STATION, 1),
    )
    codes = {code_for(key, question) for key in keys for question in ("000000", "000001")}
    assert len(codes) == 8


def test_what_is_no_digit_is_no_code() -> None:
    assert not is_code_for(_KEY, "482913", "½" * 8)

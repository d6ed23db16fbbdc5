"""Citation numbers and their check digit."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.errors import UserError
from parking.numbers import (
    NumberLease,
    check_digit,
    citation_number,
    lease_bytes,
    read_citation_number,
)
from tests.unit.parking.samples import uid

SERIES, SERIALS = st.integers(1, 9999), st.integers(0, 999_999)
LEASE = NumberLease(
    lease_id=uid(1), terminal_id=uid(2), series=4, first_serial=100, last_serial=299
)


def test_a_known_check_digit() -> None:
    assert check_digit("572") == 4
    assert citation_number(4, 1287).startswith("SC-4-001287")


@given(SERIES, SERIALS)
def test_a_number_is_read_back(series: int, serial: int) -> None:
    assert read_citation_number(citation_number(series, serial)) == (series, serial)


@given(SERIES, SERIALS, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_found(series: int, serial: int, at: int, shift: int) -> None:
    number = citation_number(series, serial)
    places = [place for place, char in enumerate(number) if char.isdigit()]
    place = places[at % len(places)]
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    with pytest.raises(UserError, match="wrong digit"):
        read_citation_number(wrong)


@given(SERIES, SERIALS, st.integers(0, 5))
def test_swapped_neighbours_are_found(series: int, serial: int, at: int) -> None:
    head, _, digits = citation_number(series, serial).rpartition("-")
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    if swapped != digits:
        with pytest.raises(UserError, match="wrong digit"):
            read_citation_number(f"{head}-{swapped}")


@pytest.mark.parametrize(
    "text",
    ["", "SC", "SC-4-123", "XX-4-0012873", "SC-4-001287X", "SC--0012873-1", "SC-\u0664-0012873"],
)
def test_what_is_no_number_is_told(text: str) -> None:
    with pytest.raises(UserError, match="looks like SC-4-0012873") as caught:
        read_citation_number(text)

    assert caught.value.key == "number.form"


def test_small_letters_and_spaces_do_not_matter() -> None:
    assert read_citation_number(f" {citation_number(4, 1287).lower()} ") == (4, 1287)


@pytest.mark.parametrize(
    "changes",
    [{"lease_id": uid(9)}, {"terminal_id": uid(9)}, {"series": 5}, {"first_serial": 101},
     {"last_serial": 300}],
)  # fmt: skip
def test_everything_of_a_lease_is_signed(changes: dict[str, Any]) -> None:
    assert lease_bytes(replace(LEASE, **changes)) != lease_bytes(LEASE)
    assert lease_bytes(replace(LEASE, signature=b"x")) == lease_bytes(LEASE)

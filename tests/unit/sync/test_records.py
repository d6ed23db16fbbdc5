"""Records on the wire: they come back as they went, and what is out of bounds names its field."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.citation import Citation
from parking.errors import BugError, UserError
from parking.tariff import EnforcedSpan
from sync.records import (
    BY_CLASS,
    BY_NAME,
    RECORDS,
    check,
    decode,
    encode,
    extra_of,
    fields_of,
    key_of,
)
from tests.fakes.clock import NOON
from tests.fakes.terminal import citation
from tests.unit.parking import samples

CITATION = BY_CLASS[Citation]


def test_every_record_has_a_name_a_key_and_readers() -> None:
    assert len(BY_NAME) == len(BY_CLASS) == len(RECORDS)
    for record in RECORDS:
        names = {field.name for field in fields(record.of)}
        assert record.key in names
        assert record.scope is None or record.scope in names
        assert record.readers
        assert record.table_at_central


@given(
    plate=st.text(max_size=20),
    note=st.text(max_size=500),
    fine=st.integers(0, 1_000_000),
    hashes=st.lists(st.binary(min_size=32, max_size=32), max_size=12),
)
def test_a_record_comes_back_as_it_went(
    plate: str, note: str, fine: int, hashes: list[bytes]
) -> None:
    made = citation(plate=plate, note_public=note, fine_cents=fine, photo_hashes=tuple(hashes))
    assert decode(CITATION, encode(made)) == made
    assert key_of(made) == made.citation_id


def test_unknown_fields_are_kept_apart() -> None:
    data = msgspec.json.decode(encode(citation())) | {"colour": "blue"}
    payload = msgspec.json.encode(data)
    assert extra_of(CITATION, payload) == {"colour": "blue"}
    assert extra_of(CITATION, encode(citation())) == {}
    assert isinstance(decode(CITATION, payload), Citation)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fine_cents": -1}, "Citation.fine_cents: 0 to 1000000 is allowed, not -1."),
        ({"place": "x" * 121}, "Citation.place: 0 to 120 characters are allowed, not 121."),
        ({"seal": bytes(65)}, "Citation.seal: 0 to 64 bytes are allowed, not 65."),
        ({"photo_hashes": (b"",) * 13}, "Citation.photo_hashes: 0 to 12 items are allowed"),
        ({"observed_utc": datetime(2027, 3, 1)}, "observed_utc: a time must carry its offset"),  # noqa: DTZ001  # the fault that is tested
    ],
)
def test_what_is_out_of_bounds_names_its_field(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError) as told:
        check(citation(**changes))
    assert words in told.value.sentence
    assert told.value.key == "record.field"


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b'{"citation_id": 7}', b"\xff"])
def test_what_is_no_record_is_refused(payload: bytes) -> None:
    with pytest.raises(UserError, match="citation: ") as told:
        decode(CITATION, payload)
    assert told.value.key == "record.malformed"


def test_items_of_a_record_are_checked_too() -> None:
    hours = replace(samples.span("08:00", "19:00"), rate_cents_per_hour=-1)
    with pytest.raises(UserError, match="rate_cents_per_hour"):
        check(_Two(hours=(hours,), until_utc=NOON))


def test_a_field_of_two_types_is_a_fault_of_ours() -> None:
    with pytest.raises(BugError, match="only one type"):
        fields_of(_OfTwoTypes)


def test_fields_know_their_type() -> None:
    found = {field.name: field for field in fields_of(_Two)}
    assert (found["hours"].base, found["hours"].item) == (tuple, EnforcedSpan)
    assert (found["until_utc"].optional, found["until_utc"].required) == (True, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Two:
    hours: tuple[EnforcedSpan, ...]
    until_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfTwoTypes:
    value: int | str

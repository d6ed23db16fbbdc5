"""Messages of older schema levels, kept as bytes: this version reads them for good.

A file here is never changed: it is what programs in the street really send and have stored.
"""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from sync.records import BY_NAME, RECORDS, decode, encode, extra_of, fields_of
from sync.wire import FeedPage

GOLDEN = Path(__file__).parent / "golden"
LINES = (GOLDEN / "level1-records.jsonl").read_bytes().splitlines()


def read(line: bytes) -> tuple[str, bytes]:
    name, data = msgspec.json.decode(line, type=tuple[str, msgspec.Raw])
    return name, bytes(data)


def test_every_record_of_the_first_level_is_kept_here() -> None:
    assert {read(line)[0] for line in LINES} == {
        record.name for record in RECORDS if record.level == 1
    }


def only_of(now: Any, before: Any) -> Any:
    """Leave out of what is written now the fields, of items too, that were not there before."""
    if isinstance(before, dict):
        return {field: only_of(now[field], before[field]) for field in before}
    if isinstance(before, list):
        return [only_of(*pair) for pair in zip(now, before, strict=True)]
    return now


@pytest.mark.parametrize("line", LINES, ids=[read(line)[0] for line in LINES])
def test_a_record_of_the_first_level_is_read_and_only_gains_fields(line: bytes) -> None:
    name, data = read(line)
    record = BY_NAME[name]
    value = decode(record, data)
    before, now = msgspec.json.decode(data), msgspec.json.decode(encode(value))
    assert only_of(now, before) == before
    assert now.keys() - before.keys() == {
        field for field, level in record.since.items() if level > 1
    }
    assert extra_of(record, data) == {}


def test_every_later_field_has_a_value_where_an_older_program_sent_none() -> None:
    for record in RECORDS:
        later = {entry.name for entry in fields_of(record.of) if entry.name in record.since}
        needed = {entry.name for entry in fields_of(record.of) if entry.required}
        assert not later & needed, record.name


def test_a_page_of_the_first_level_is_read() -> None:
    page = msgspec.json.decode((GOLDEN / "level1-feed-page.json").read_bytes(), type=FeedPage)
    assert [row.name for row in page.rows] == ["zone"]
    assert (page.left, page.zones, page.more) == ([], None, False)


def test_what_a_newer_program_added_comes_back_untouched() -> None:
    name, data = read(LINES[0])
    newer = msgspec.json.decode(data) | {"colour_of_wheels": {"front": [1, 2.5, None]}}
    assert extra_of(BY_NAME[name], msgspec.json.encode(newer)) == {
        "colour_of_wheels": {"front": [1, 2.5, None]}
    }

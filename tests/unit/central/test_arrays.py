"""Columns as PostgreSQL's binary arrays: what comes back is what was sent."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest

from central.arrays import BinaryArray
from central.database import Database

_LATE = datetime(2027, 3, 1, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=-5)))


@pytest.mark.parametrize(
    ("kind", "items"),
    [
        ("text", ["", "plain", "Ærø “x”, \\ {}"]),
        ("int8", [0, -1, 2**62]),
        ("bool", [True, False]),
        ("bytea", [b"", b"\0\xff"]),
        ("timestamptz", [datetime(1969, 12, 31, 1, 2, 3, 4, tzinfo=UTC), _LATE]),
        ("date", [date(1970, 1, 1), date(2028, 2, 29)]),
        ("uuid", [UUID(int=0), uuid4()]),
    ],
)
@pytest.mark.parametrize("with_none", [False, True])
def test_a_column_comes_back_as_it_went(
    store: Database, kind: str, items: list[Any], with_none: bool
) -> None:
    sent = [*items, None] if with_none else items
    with store.reading() as connection:
        found = connection.exec_driver_sql(
            f"select item from unnest(%(items)s::_{kind}) item", {"items": BinaryArray(kind, sent)}
        )
        assert list(found.scalars()) == sent


def test_an_empty_column_is_an_empty_array(store: Database) -> None:
    with store.reading() as connection:
        found = connection.exec_driver_sql(
            "select cardinality(%(items)s::_uuid)", {"items": BinaryArray("uuid", [])}
        )
        assert found.scalar_one() == 0

"""The canonical bytes that officers sign."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.citation import Citation, EventKind
from parking.errors import BugError
from parking.seal import canonical_bytes, sealed_bytes
from tests.unit.parking.samples import NOON, citation, uid

_OTHER: dict[str, object] = {
    "str": "other",
    "int": 7,
    "bool": True,
    "UUID": uid(0xFFFF),
    "datetime": NOON + timedelta(microseconds=1),
    "tuple": (b"x" * 32,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inner:
    day: date
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outer:
    parts: tuple[object, ...] = ()
    note: object = None


def test_the_seal_itself_is_not_sealed() -> None:
    assert sealed_bytes(citation(seal=b"s" * 64)) == sealed_bytes(citation())


def test_the_bytes_name_their_version() -> None:
    assert sealed_bytes(citation()).startswith(b"stamford-citation-seal-1\n")


def test_the_bytes_of_version_1_never_change() -> None:
    part = canonical_bytes(_Inner(day=date(2027, 3, 1), level=2), prefix=b"p\n")

    assert part == (
        b"p\nf\x00\x00\x00\x03dayd\x00\x00\x00\x0a2027-03-01"
        b"f\x00\x00\x00\x05leveli\x00\x00\x00\x012"
    )


@pytest.mark.parametrize("name", [f.name for f in fields(Citation) if f.name != "seal"])
def test_every_field_but_the_seal_changes_the_bytes(name: str) -> None:
    one = citation()
    changed = citation(**{name: _OTHER[type(getattr(one, name)).__name__]})

    assert sealed_bytes(changed) != sealed_bytes(one)


def test_an_instant_is_the_same_in_every_offset() -> None:
    eastern = timezone(timedelta(hours=-5))

    assert sealed_bytes(citation(observed_utc=NOON.astimezone(eastern))) == sealed_bytes(
        citation(observed_utc=NOON)
    )


def test_an_instant_without_offset_is_refused() -> None:
    with pytest.raises(BugError, match="without UTC offset"):
        sealed_bytes(citation(observed_utc=datetime(2027, 3, 1, 12)))  # noqa: DTZ001 - the case


def test_a_field_at_its_default_leaves_no_trace_so_that_old_seals_outlive_new_fields() -> None:
    assert b"level" not in canonical_bytes(_Inner(day=date(2027, 3, 1)), prefix=b"")


def test_values_of_other_types_are_refused() -> None:
    with pytest.raises(BugError, match="float"):
        canonical_bytes(_Outer(note=1.5), prefix=b"")


def test_nested_values_are_told_apart() -> None:
    inner = _Inner(day=date(2027, 3, 1))
    values = [
        _Outer(parts=(inner,)),
        _Outer(parts=(replace(inner, level=2),)),
        _Outer(parts=(None,)),
        _Outer(note=True),
        _Outer(note=False),
        _Outer(note=1),
        _Outer(note="1"),
        _Outer(note=b"1"),
        _Outer(note=UUID(int=1)),
        _Outer(note=datetime(2027, 3, 1, tzinfo=UTC)),
        _Outer(note=date(2027, 3, 1)),
        _Outer(note=EventKind.PAID),
    ]

    assert len({canonical_bytes(value, prefix=b"") for value in values}) == len(values)


_LEAF = st.one_of(st.text(), st.binary(), st.integers(), st.booleans(), st.none(), st.uuids())
_TREE = st.recursive(_LEAF, lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=8)


def _kinds(value: object) -> object:
    return tuple(map(_kinds, value)) if isinstance(value, tuple) else (type(value), value)


@given(one=_TREE, other=_TREE)
def test_no_two_values_share_their_bytes(one: object, other: object) -> None:
    same = canonical_bytes(_Outer(note=(one,)), prefix=b"") == canonical_bytes(
        _Outer(note=(other,)), prefix=b""
    )

    assert same == (_kinds(one) == _kinds(other))


@given(before=st.text(max_size=6), after=st.text(max_size=6))
def test_moving_text_between_neighbours_changes_the_bytes(before: str, after: str) -> None:
    joined = citation(vehicle_make=before + after, vehicle_colour="")
    split = citation(vehicle_make=before, vehicle_colour=after)

    assert (sealed_bytes(joined) == sealed_bytes(split)) == (joined == split)

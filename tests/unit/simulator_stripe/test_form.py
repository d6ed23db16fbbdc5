"""Form bodies with brackets."""

from __future__ import annotations

import contextlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.stripe import form


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", {}),
        ("a=1", {"a": "1"}),
        ("a=", {"a": ""}),
        ("a[b]=1&a[c]=2", {"a": {"b": "1", "c": "2"}}),
        ("e[]=x&e[]=y", {"e": {"0": "x", "1": "y"}}),
        ("e[0]=x&e[1]=y", {"e": {"0": "x", "1": "y"}}),
        ("c[i][0][n]=5", {"c": {"i": {"0": {"n": "5"}}}}),
        ("a%5Bb%5D=%C3%A9+1", {"a": {"b": "é 1"}}),
    ],
)
def test_brackets_become_nested_objects(text: str, tree: dict[str, object]) -> None:
    assert form.decode(text) == tree


@pytest.mark.parametrize(
    "text",
    ["a", "a=1&a=2", "a=1&a[b]=2", "a[b]=1&a=2", "[a]=1", "a[b=1", "a[b]c=1", "a[[b]]=1", "é=1"],
)
def test_malformed_forms_are_refused(text: str) -> None:
    with pytest.raises(form.FormError):
        form.decode(text)


@given(st.dictionaries(st.text("abcé []0&=%", min_size=1), st.text(), max_size=5))
def test_whatever_comes_is_decoded_or_refused(pairs: dict[str, str]) -> None:
    with contextlib.suppress(form.FormError):
        assert isinstance(form.decode(urlencode(pairs)), dict)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.text(), max_size=5))
def test_plain_fields_come_back_as_they_were(pairs: dict[str, str]) -> None:
    assert form.decode(urlencode(pairs)) == pairs


@pytest.mark.parametrize(
    ("value", "kind", "typed"),
    [
        ("500", "integer", 500),
        ("-1", "integer", -1),
        ("1e3", "integer", "1e3"),
        ("٣", "integer", "٣"),
        ("9" * 19, "integer", "9" * 19),
        ("true", "boolean", True),
        ("false", "boolean", False),
        ("True", "boolean", "True"),
        ("1.5", "number", 1.5),
        ("x", "number", "x"),
        ("500", "string", "500"),
        ("500", None, "500"),
    ],
)
def test_values_take_the_type_the_schema_asks_for(
    value: str, kind: str | None, typed: object
) -> None:
    assert form.coerce_scalar(value, kind) == typed


def test_only_whole_rows_of_numbers_are_lists() -> None:
    assert form.as_list({str(i): i for i in (10, 2, 0, 1, 3, 4, 5, 6, 7, 8, 9)}) == list(range(11))
    assert form.as_list({"0": "a", "2": "b"}) is None
    assert form.as_list({"a": "b"}) is None

"""Form bodies with brackets, as Stripe's API takes them.

`cart[line_items][0][amount]=500` is decoded to nested dicts of strings; the operation's schema then
says which of them are lists, integers and booleans. Threads: pure functions.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

MAX_DEPTH = 8
MAX_FIELDS = 1000
_INTEGER = re.compile(r"-?[0-9]{1,18}")


class FormError(ValueError):
    """The body is no well-formed form; the text says why."""


def decode(text: str) -> dict[str, Any]:
    """Decodes a form body or query string.

    Args:
        text: Percent-encoded pairs, at most MAX_FIELDS of them, brackets at most MAX_DEPTH deep.

    Returns:
        Nested dicts with strings at the leaves. A list is a dict with keys "0", "1", ...

    Raises:
        FormError: When the limits are exceeded, a name is malformed or given twice in conflicting
            ways.
    """
    if not text.isascii():
        raise FormError("The request body must be percent-encoded UTF-8.")
    try:
        pairs = parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=bool(text),
            max_num_fields=MAX_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise FormError(f"The request body is not a valid form: {error}") from error
    tree: dict[str, Any] = {}
    for name, value in pairs:
        _insert(tree, _parts(name), value)
    return tree


def _parts(name: str) -> list[str]:
    head, bracket, rest = name.partition("[")
    if not bracket:
        return [head]
    if not rest.endswith("]") or not head:
        raise FormError(f"Invalid parameter name: {name}")
    parts = [head, *rest[:-1].split("][")]
    if len(parts) > MAX_DEPTH or any("[" in part or "]" in part for part in parts):
        raise FormError(f"Invalid parameter name: {name}")
    return parts


def _insert(tree: dict[str, Any], parts: list[str], value: str) -> None:
    *path, last = parts
    for part in path:
        tree = tree.setdefault(part or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise FormError(f"Parameter given both as a value and as an object: {parts[0]}")
    key = last or str(len(tree))
    if key in tree:
        raise FormError(f"Parameter given twice: {parts[0]}")
    tree[key] = value


def coerce_scalar(value: str, kind: str | None) -> Any:
    """Returns the value as the schema type asks; unchanged where it does not fit."""
    if kind == "integer" and _INTEGER.fullmatch(value):
        return int(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    if kind == "number":
        try:
            return float(value)
        except ValueError:
            return value
    return value


def as_list(value: dict[str, Any]) -> list[Any] | None:
    """Returns the items of a dict keyed "0", "1", ... in that order, or None when it is no list."""
    if sorted(value, key=lambda key: (len(key), key)) != [str(i) for i in range(len(value))]:
        return None
    return [value[str(i)] for i in range(len(value))]

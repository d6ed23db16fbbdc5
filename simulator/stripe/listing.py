"""Lists with filters and pages, and the expansion of ids to objects.

Threads: called with the world's lock held; answers are copies.
"""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from typing import Any

from simulator.stripe.description import Schema
from simulator.stripe.refusal import invalid
from simulator.stripe.world import Obj, World

LARGEST_PAGE = 100
_MAX_EXPAND_DEPTH = 4
_COMPARES: dict[str, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_PAGING = frozenset({"limit", "starting_after", "ending_before", "expand"})


def page(world: World, kind: str, params: Obj, url: str) -> Obj:
    """Returns one page of a list, newest first.

    Args:
        world: The state.
        kind: Kind of object.
        params: limit (1 to 100, default 10), starting_after, ending_before, and filters by field.
        url: Path of the list.

    Raises:
        RefusalError: limit out of range, or a cursor that names no object.
    """
    limit = params.get("limit", 10)
    if not 1 <= limit <= LARGEST_PAGE:
        raise invalid("limit must be between 1 and 100.", param="limit")
    rows = [row for row in reversed(world.tables[kind].values()) if _fits(row, params)]
    names = [row["id"] for row in rows]
    if "starting_after" in params:
        rows = rows[_position(names, params["starting_after"], "starting_after") + 1 :]
    if "ending_before" in params:
        before = rows[: _position(names, params["ending_before"], "ending_before")]
        return _list(before[-limit:], url, has_more=len(before) > limit)
    return _list(rows[:limit], url, has_more=len(rows) > limit)


def _list(rows: list[Obj], url: str, *, has_more: bool) -> Obj:
    return {"object": "list", "data": rows, "has_more": has_more, "url": url}


def _position(names: list[str], name: str, param: str) -> int:
    if name not in names:
        raise invalid(f"No such object in this list: '{name}'", param=param)
    return names.index(name)


def _fits(row: Obj, params: Obj) -> bool:
    return all(
        _matches(row, name, wanted) for name, wanted in params.items() if name not in _PAGING
    )


def _matches(row: Obj, name: str, wanted: Any) -> bool:
    if name == "created" and isinstance(wanted, dict):
        return all(_COMPARES[sign](row["created"], value) for sign, value in wanted.items())
    if name == "types":
        return bool(row["type"] in wanted)
    if name == "type" and isinstance(wanted, str) and wanted.endswith(".*"):
        return str(row["type"]).startswith(wanted[:-1])
    if name == "delivery_success":
        return wanted is not bool(row["pending_webhooks"])
    return bool(row.get(name) == wanted)


def expanded(world: World, answer: Obj, paths: list[str]) -> Obj:
    """Returns a copy of an answer in which the named fields hold objects instead of ids.

    Args:
        world: The state.
        answer: An object or a list page.
        paths: Such as `latest_charge` or `data.latest_charge.balance_transaction`.

    Raises:
        RefusalError: 400 when a path is too deep or names a field that cannot be expanded.
    """
    answer = copy.deepcopy(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _MAX_EXPAND_DEPTH:
            raise invalid("You cannot expand more than 4 levels of a property.", param="expand")
        if answer.get("object") != "list":
            _expand(world, answer, _schema_of(world, answer), parts)
        elif parts.pop(0) == "data" and parts:
            for row in answer["data"]:
                _expand(world, row, _schema_of(world, row), parts)
        else:
            raise _not_expandable(path)
    return answer


def _expand(world: World, holder: Obj, schema: Schema, parts: list[str]) -> None:
    name, *rest = parts
    field = schema.get("properties", {}).get(name)
    if field is None:
        raise _not_expandable(name)
    if "x-expansionResources" not in field:
        if not rest:
            raise _not_expandable(name)
        if isinstance(holder.get(name), dict):
            _expand(world, holder[name], world.description.resolve(field), rest)
        return
    if isinstance(holder.get(name), str):
        holder[name] = copy.deepcopy(world.by_id(holder[name]))
    if rest and isinstance(holder.get(name), dict):
        _expand(world, holder[name], _schema_of(world, holder[name]), rest)


def _schema_of(world: World, obj: Obj) -> Schema:
    schema: Schema = world.description.components[obj["object"]]
    return schema


def _not_expandable(name: str) -> Exception:
    return invalid(f"This property cannot be expanded ({name}).", param="expand")

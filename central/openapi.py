"""The published schema of routes that msgspec decodes, made from the messages and the markers.

FastAPI sees only a ``Request`` in those routes. ``body(Type)`` gives the route its request schema;
``publish`` gives the application the components, with the bounds that the records' markers carry.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from msgspec.inspect import DataclassType, Type, type_info

from parking.markers import Items, Octets, Span, Text
from sync.records import Field, Marker, fields_of
from sync.wire import Problem

_REFS = "#/components/schemas/{name}"
_BODIES: dict[str, type] = {}
_WORDS: dict[type, tuple[str, str]] = {
    str: ("minLength", "maxLength"),
    bytes: ("minLength", "maxLength"),
    int: ("minimum", "maximum"),
    tuple: ("minItems", "maxItems"),
}


def body(of: type, *, media_type: str = "application/json") -> dict[str, Any]:
    """Return the ``openapi_extra`` of a route whose body is ``of``."""
    _BODIES[of.__name__] = of
    content = {media_type: {"schema": {"$ref": _REFS.format(name=of.__name__)}}}
    return {"requestBody": {"required": True, "content": content}}


def no_body() -> dict[str, Any]:
    """Return the ``openapi_extra`` of a route that reads no body, so that nobody has to guess."""
    return {"requestBody": {"required": False, "content": {}}}


def raw_body(media_type: str, *, most_bytes: int) -> dict[str, Any]:
    """Return the ``openapi_extra`` of a route whose body is a file."""
    schema = {"type": "string", "format": "binary", "minLength": 1, "maxLength": most_bytes}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def raw_answer(media_type: str) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses`` of a route that answers with a file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"description": "The file.", "content": content}}


def publish(app: FastAPI) -> None:
    """Make ``app.openapi`` include the components that ``body`` named."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
            schema["components"] = {"schemas": _components()}
            for methods in schema["paths"].values():
                for operation in methods.values():
                    _answer_problems(operation)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # the way FastAPI's documentation names


def _answer_problems(operation: dict[str, Any]) -> None:
    # FastAPI announces a validation error of its own, which our edge never sends.
    operation["responses"].pop("422", None)
    content = {"application/problem+json": {"schema": {"$ref": _REFS.format(name="Problem")}}}
    operation["responses"]["default"] = {"description": "Any refusal.", "content": content}


def _components() -> dict[str, Any]:
    return components_of([*_BODIES.values(), Problem], refs=_REFS)


def components_of(roots: Sequence[type], *, refs: str) -> dict[str, Any]:
    """Return the schemas of messages and all they hold, with the bounds of their markers.

    Args:
        roots: Dataclasses.
        refs: How a schema refers to another; ``{name}`` is its name.
    """
    _, components = msgspec.json.schema_components(roots, ref_template=refs)
    found = {of for root in roots for of in _dataclasses(type_info(root))}
    for of in found:
        for field in fields_of(of):
            _bound(components[of.__name__]["properties"][field.name], field)
    return components


def _dataclasses(info: Type) -> Iterator[type]:
    """Yield the dataclasses inside a message or record: those that carry markers."""
    if isinstance(info, DataclassType):
        yield info.cls
    for field in getattr(info, "fields", ()):
        yield from _dataclasses(field.type)
    for name in ("item_type", "value_type"):
        if inner := getattr(info, name, None):
            yield from _dataclasses(inner)
    for inner in getattr(info, "types", ()):
        yield from _dataclasses(inner)


def _bound(schema: dict[str, Any], field: Field) -> None:
    targets = [schema, *schema.get("anyOf", ())]
    for marker in field.markers:
        low, high = _limits(marker)
        for target in targets:
            if target.get("type") in {"string", "integer", "array"}:
                below, above = _WORDS[field.base if field.base in _WORDS else str]
                target[below], target[above] = _on_the_wire(field, low), _on_the_wire(field, high)


def _limits(marker: Marker) -> tuple[int, int]:
    match marker:
        case Span(low=low, high=high):
            return low, high
        case Text(longest=high, shortest=low) | Octets(longest=high, shortest=low):
            return low, high
        case Items(most=high, least=low):
            return low, high


def _on_the_wire(field: Field, size: int) -> int:
    # Bytes travel as base64: four characters for every three bytes begun.
    return (size + 2) // 3 * 4 if field.base is bytes else size

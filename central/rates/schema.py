"""The JSON Schema of a rate file, made from the dataclasses and their markers. Pure."""

from typing import Any

from central.openapi import components_of
from parking.tariff import Tariff

_REFS = "#/$defs/{name}"


def rates_schema() -> dict[str, Any]:
    """Return the schema that ``resources/rules/tariffs.schema.json`` publishes."""
    found = components_of([Tariff], refs=_REFS)
    # A rate file refuses names that it does not know (central.rates.read).
    definitions = {
        name: {**schema, "additionalProperties": False} if "properties" in schema else schema
        for name, schema in found.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rates of a city",
        "type": "array",
        "items": {"$ref": _REFS.format(name=Tariff.__name__)},
        "$defs": definitions,
    }

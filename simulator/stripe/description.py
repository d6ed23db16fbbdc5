"""The API description: finds operations and checks every request and every answer against it.

Threads: immutable after loading, apart from validators, which are built once per operation on first
use; building one twice at the same time is harmless. Must not import anything of the product.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema.exceptions import ValidationError, best_match
from openapi_schema_validator import OAS30Validator

from simulator.stripe import form
from simulator.stripe.refusal import RefusalError, invalid

Schema = Mapping[str, Any]
_FILE = Path(__file__).with_name("openapi-terminal.json")
_TYPE_CODES = {
    "integer": "parameter_invalid_integer",
    "string": "parameter_invalid_string",
    "array": "parameter_invalid_array",
    "object": "parameter_invalid_object",
}


class Description:
    """The loaded description.

    Attributes:
        version: The API version it describes, to be sent as `Stripe-Version`.
        components: The named schemas, answers closed: an answer with an undeclared field is
            refused.
    """

    def __init__(self, path: Path = _FILE) -> None:
        spec = json.loads(path.read_text(encoding="utf-8"))
        self.version: str = spec["info"]["version"]
        self.components: dict[str, Any] = spec["components"]["schemas"]
        for schema in self.components.values():
            _close(schema)
        self._operations = [
            Operation(self, method.upper(), template, raw)
            for template, methods in spec["paths"].items()
            for method, raw in methods.items()
        ]
        self._checks: dict[str, OAS30Validator] = {}

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Returns the operation for a request and its path parameters, None when unknown."""
        for operation in self._operations:
            found = operation.method == method and operation.pattern.fullmatch(path)
            if found:
                return operation, found.groupdict()
        return None

    def validator(self, schema: Schema) -> OAS30Validator:
        """Returns a validator for a schema whose references point into this description."""
        return OAS30Validator({**schema, "components": {"schemas": self.components}})

    def component_faults(self, name: str, value: Any) -> list[str]:
        """Returns what is wrong with a value of a named component; empty when nothing is."""
        if name not in self._checks:
            self._checks[name] = self.validator({"$ref": f"#/components/schemas/{name}"})
        return _sentences(self._checks[name].iter_errors(value))

    def resolve(self, schema: Schema) -> Schema:
        """Returns the schema a reference points to, or the schema itself."""
        if "$ref" in schema:
            found: Schema = self.components[schema["$ref"].rpartition("/")[2]]
            return found
        return schema


@dataclass(frozen=True)
class Operation:
    """One method on one path template.

    Attributes:
        owner: The description it belongs to.
        method: HTTP method, upper case.
        template: Path with `{name}` parts.
        raw: The operation object of the description.
    """

    owner: Description
    method: str
    template: str
    raw: Schema

    @property
    def name(self) -> str:
        """The operationId."""
        return str(self.raw["operationId"])

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path template as a pattern with one group for each path parameter."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.template))

    @cached_property
    def request_schema(self) -> Schema:
        """What the parameters must look like: the form body of a POST, else the query."""
        if self.method == "POST":
            body: Schema = self.raw["requestBody"]["content"]["application/x-www-form-urlencoded"]
            schema: Schema = body["schema"]
            return schema
        query = [item for item in self.raw.get("parameters", []) if item["in"] == "query"]
        return {
            "type": "object",
            "properties": {item["name"]: item["schema"] for item in query},
            "required": [item["name"] for item in query if item.get("required")],
            "additionalProperties": False,
        }

    @cached_property
    def _request_check(self) -> OAS30Validator:
        return self.owner.validator(self.request_schema)

    @cached_property
    def _answer_check(self) -> OAS30Validator:
        schema = self.raw["responses"]["200"]["content"]["application/json"]["schema"]
        _close(schema)
        return self.owner.validator(schema)

    def read(self, text: str) -> dict[str, Any]:
        """Decodes, types and validates the parameters of a request.

        Raises:
            RefusalError: 400 with Stripe's code and the parameter's name, never saved.
        """
        try:
            raw = form.decode(text)
        except form.FormError as error:
            raise invalid(str(error)) from error
        if "payment_method_types" in raw and "PaymentIntents" in self.name:
            raise invalid(
                "payment_method_types is no longer supported; use allowed_payment_method_types.",
                code="payment_method_types_no_longer_supported",
                param="payment_method_types",
            )
        params = self._coerce(raw, self.request_schema)
        worst = best_match(self._request_check.iter_errors(params))
        if worst is not None:
            raise _parameter_refusal(worst)
        typed: dict[str, Any] = params
        return typed

    def answer_faults(self, status: int, body: Any) -> list[str]:
        """Returns what is wrong with an answer of this operation; empty when nothing is."""
        if status == 200:
            return _sentences(self._answer_check.iter_errors(body))
        return self.owner.component_faults("error", body)

    def _coerce(self, value: Any, schema: Schema) -> Any:
        schema = self.owner.resolve(schema)
        for branch in schema.get("anyOf", ()):
            typed = self._coerce(value, branch)
            if self.owner.validator(branch).is_valid(typed):
                return typed
        if isinstance(value, str):
            return form.coerce_scalar(value, schema.get("type"))
        if schema.get("type") == "array":
            items = form.as_list(value)
            return value if items is None else [self._coerce(i, schema["items"]) for i in items]
        inner = schema.get("properties", {})
        other = schema.get("additionalProperties")
        other = other if isinstance(other, dict) else {}
        return {key: self._coerce(item, inner.get(key, other)) for key, item in value.items()}


def _parameter_refusal(error: ValidationError) -> RefusalError:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        absent = next(name for name in error.validator_value if name not in error.instance)
        name = _bracketed([*path, absent])
        return invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = next(name for name in error.instance if name not in known)
        name = _bracketed([*path, extra])
        return invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
    name = _bracketed(path)
    code = _TYPE_CODES.get(str(error.validator_value)) if error.validator == "type" else None
    return invalid(f"Invalid {name}: {error.message[:200]}", code=code, param=name)


def _bracketed(path: list[str]) -> str:
    return "".join([path[0], *(f"[{part}]" for part in path[1:])]) if path else "body"


def _sentences(errors: Iterator[ValidationError]) -> list[str]:
    return [f"{_bracketed([str(p) for p in e.absolute_path])}: {e.message[:300]}" for e in errors]


def _close(schema: Any) -> None:
    """Forbids undeclared fields wherever fields are declared, in place; open maps stay open."""
    if isinstance(schema, list):
        for item in schema:
            _close(item)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        schema.setdefault("additionalProperties", False)
    for item in schema.values():
        _close(item)

"""The routes as docs/openapi.json describes them, and bodies that fit their schemas."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callcenter.processes.openapi import FILE

UNKNOWN = "0190aaaa-0000-7000-8000-000000000001"
UNSAFE = ("post", "put", "patch", "delete")
_DOCUMENT: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
_EXAMPLES = {
    "uuid": UNKNOWN,
    "date-time": "2026-11-26T08:00:00Z",
    "date": "2026-11-26",
    "time": "09:00",
    "email": "a@b.example",
}


@dataclass(frozen=True)
class Route:
    """path: below /api/v1, with its parameters in braces. schema: of the body, if there is one.

    given: what some parameters of the path may be, where that is no id. query: what the address
    must say.
    """

    method: str
    path: str
    schema: Any = None
    given: Mapping[str, str] = field(default_factory=dict)
    query: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)

    def at(self, ids: Mapping[str, str]) -> str:
        return self.path.format_map({**ids, **self.given}) + self.query

    def body(self) -> Any:
        """One that the schema takes."""
        return example(self.schema) if self.schema else None

    def wrong_body(self) -> Any:
        """Every field has a type that it cannot have."""
        fields = resolve(self.schema).get("properties", {})
        return {name: _wrong(schema) for name, schema in fields.items()}


def routes() -> list[Route]:
    return [
        Route(
            method,
            path.removeprefix("/api/v1"),
            _schema(operation),
            _given(operations),
            _query(operation),
        )
        for path, operations in sorted(_DOCUMENT["paths"].items())
        for method, operation in operations.items()
        if method in ("get", *UNSAFE)
    ]


def _given(operations: Mapping[str, Any]) -> Mapping[str, str]:
    """Whole numbers, and choices."""
    parameters = operations.get("parameters", [])
    return {
        each["name"]: str(example(each["schema"]))
        for each in parameters
        if each["schema"].get("type") == "integer" or "enum" in each["schema"]
    }


def _query(operation: Mapping[str, Any]) -> str:
    given = operation.get("parameters", [])
    wanted = [each for each in given if each["in"] == "query" and each.get("required")]
    values = [f"{each['name']}={example(each['schema'])}" for each in wanted]
    return f"?{'&'.join(values)}" if values else ""


def _schema(operation: Mapping[str, Any]) -> Any:
    body = operation.get("requestBody", {}).get("content", {})
    return body.get("application/json", {}).get("schema")


def resolve(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema or "allOf" in schema:
        name = schema.get("$ref") or schema["allOf"][0]["$ref"]
        schema = _DOCUMENT["components"]["schemas"][name.rpartition("/")[2]]
    return schema


def example(schema: Mapping[str, Any]) -> Any:
    """Nothing, where nothing will do."""
    schema = resolve(schema)
    may_be_nothing = "null" in schema.get("type", ()) and not schema.get("required")
    return None if may_be_nothing else _something(schema)


def _something(schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        return next(choice for choice in schema["enum"] if choice is not None)
    match _type(schema):
        case "object":
            wanted = schema.get("required", [])
            return {name: example(schema["properties"][name]) for name in wanted}
        case "array":
            return [example(schema["items"])] * max(1, schema.get("minItems", 1))
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return _EXAMPLES.get(schema.get("format", ""), _text(schema))


def _wrong(schema: Mapping[str, Any]) -> Any:
    return "an object?" if _type(resolve(schema)) == "object" else {"wrong": ["type"]}


def _text(schema: Mapping[str, Any]) -> str:
    candidates = ("a" * max(1, schema.get("minLength", 1)), "123456", "02160000001", "09:00", "zh")
    pattern = schema.get("pattern", "")
    return next(text for text in candidates if re.search(pattern, text))


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "string")
    return next(one for one in kind if one != "null") if isinstance(kind, list) else kind

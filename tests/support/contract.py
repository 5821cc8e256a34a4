"""Every answer that a test gets is held against docs/openapi.json, which pages are built from.

Not a validator of all of JSON Schema: what the description uses, and nothing else.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from flask.testing import FlaskClient

from callcenter.processes.openapi import FILE

_KINDS: Mapping[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}


@cache
def description() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return document


class HonestClient(FlaskClient):
    """`app.test_client_class` of every application under test."""

    def open(self, *args: Any, **options: Any) -> Any:
        answer = super().open(*args, **options)
        schema = _schema_of(self, answer)
        if schema is not None and answer.status_code < 300:
            wrong = list(differences(schema, answer.json))
            asked = f"{answer.request.method} {answer.request.path}"
            assert not wrong, f"{asked} does not answer as docs/openapi.json says: {wrong}"
        return answer


def differences(schema: Mapping[str, Any], value: Any, place: str = "") -> Iterator[str]:
    """Where `value` is not what `schema` says, and how."""
    schema = _resolved(schema)
    if "anyOf" in schema:
        if all(any(differences(one, value, place)) for one in schema["anyOf"]):
            yield f"{place}: {value!r} is none of what it may be"
        return
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{place}: {value!r} is not {' or '.join(kinds)}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is not one of {schema['enum']}"
    elif isinstance(value, dict):
        yield from _in_object(schema, value, place)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from differences(schema.get("items", {}), item, f"{place}[{number}]")


def _in_object(schema: Mapping[str, Any], value: Mapping[str, Any], place: str) -> Iterator[str]:
    yield from (
        f"{place}.{key} is missing" for key in schema.get("required", ()) if key not in value
    )
    known, others = schema.get("properties", {}), schema.get("additionalProperties", {})
    for key, part in value.items():
        if key not in known and others is False:
            yield f"{place}.{key} is not described"
        else:
            yield from differences(known.get(key, others), part, f"{place}.{key}")


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _KINDS[kind])


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return description()["components"]["schemas"][name] if name else schema


def _schema_of(client: FlaskClient, answer: Any) -> Mapping[str, Any] | None:
    """Of the answer's body, where the description has one."""
    adapter = client.application.url_map.bind("localhost")
    request = answer.request
    if not answer.is_json or answer.status_code in (404, 405):
        return None
    rule, _ = adapter.match(request.path, method=request.method, return_rule=True)
    path = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule)
    operation = description()["paths"].get(path, {}).get(request.method.lower(), {})
    body = operation.get("responses", {}).get(str(answer.status_code), {}).get("content", {})
    schema: Mapping[str, Any] | None = body.get("application/json", {}).get("schema")
    return schema

"""Three objects of a firm, and queries over them."""

from collections.abc import Mapping
from typing import Any

from callcenter.objects.schemas import Definition, stored_definition
from callcenter.queries.document import Query
from callcenter.queries.schemas import read

LEVELS = [{"value": each, "label": {"zh-CN": each, "en": each}} for each in ("gold", "plain")]
LABEL = {"zh-CN": "列", "en": "Column"}


def a_field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": {"zh-CN": key, "en": key}, **more}


def a_reference(key: str, target: str, **more: Any) -> dict[str, Any]:
    return a_field(key, "reference", settings={"reference": {"object": target}}, **more)


def a_definition(identifier: str, *fields: dict[str, Any], **more: Any) -> Definition:
    document = {
        "identifier": identifier, "kind": "base", "name": LABEL, "key_field": "name",
        "title_field": "name", "list": {"columns": ["name"], "sort": "-created_at"},
        "groups": [{"key": "main", "label": LABEL, "fields": [a_field("name"), *fields]}],
        "permissions": {"read": {"agent": "all", "admin": "all"}}, "links": {}, **more,
    }  # fmt: skip
    return stored_definition(document, 1)


CLIENT = a_definition(
    "client",
    a_field("level", "choice", settings={"options": LEVELS}),
    a_field("phone", "phone"),
    a_field("worth", "money", rights={"agent": "mask"}),
    a_field("secret", rights={"agent": "hide"}),
    a_field("since", "date"),
    a_field("tags", "choices", settings={"options": LEVELS}),
    a_field("vip", "boolean"),
)
JOB = a_definition(
    "job",
    a_reference("client", "client"),
    a_reference("agent_client", "client", rights={"agent": "hide"}),
    a_field("cost", "decimal"),
    a_field("due", "datetime"),
    a_field("owner", "user"),
    a_field("parts", "details",
            settings={"details": {"object": "part", "by": "job", "columns": ["name"]}}),
)  # fmt: skip
PART = a_definition("part", a_reference("job", "job"), a_field("count", "integer"))

DEFINITIONS: Mapping[str, Definition] = {each.identifier: each for each in (CLIENT, JOB, PART)}

TO_CLIENT = {"key": "client", "how": "one", "by": "client"}
TO_PARTS = {"key": "parts", "how": "lines", "by": "parts"}
TO_JOBS = {"key": "jobs", "how": "back", "by": "client", "object": "job"}


def a_column(key: str, field: str | None = None, source: str = "", **more: Any) -> dict[str, Any]:
    return {"key": key, "label": LABEL, "field": field, "source": source, **more}


def a_document(*columns: dict[str, Any], source: str = "job", **more: Any) -> dict[str, Any]:
    return {"source": source, "columns": [*columns] or [a_column("name", "name")], **more}


def a_query(*columns: dict[str, Any], **more: Any) -> Query:
    query, wrong = read(a_document(*columns, **more))
    assert query is not None, wrong
    return query


def sought(field: str, operator: str, *value: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": [*value], **more}

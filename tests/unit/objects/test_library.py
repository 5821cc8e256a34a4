"""The ready settings that come with the product."""

import json
from typing import Any

import pytest

from callcenter.objects.schemas.definition import contradictions, stored_definition
from callcenter.objects.schemas.library import ReadyShape
from callcenter.objects.service.library import SHIPPED

ENTRIES: list[dict[str, Any]] = json.loads(SHIPPED.read_text("utf-8"))


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["key"] for entry in ENTRIES])
def test_each_is_a_field_that_can_be_published(entry: dict[str, Any]) -> None:
    ReadyShape().load(entry)
    name = {"key": "name", "type": "text", "label": entry["name"]}
    document = {
        "identifier": "thing", "kind": "base", "name": entry["name"], "key_field": "name",
        "title_field": "name",
        "groups": [{"key": "main", "label": entry["name"], "fields": [name, entry["content"]]}],
        "list": {"columns": [], "sort": "-created_at"}, "permissions": {},
    }  # fmt: skip
    assert contradictions(stored_definition(document, 1)) == []


def test_none_stands_there_twice() -> None:
    keys = [entry["key"] for entry in ENTRIES]
    assert len(keys) == len(set(keys)) > 20

"""The ready settings that come with the product."""

import json
from typing import Any

import pytest

from callcenter.core.places import PROJECT
from callcenter.objects.rules import ANYWHERE
from callcenter.objects.schemas import read_definition
from callcenter.objects.schemas.definition import contradictions, stored_definition
from callcenter.objects.schemas.library import ReadyShape
from callcenter.objects.service.library import SHIPPED
from callcenter.objects.triggers.actions.base import World
from callcenter.objects.triggers.checks import problems

ENTRIES: list[dict[str, Any]] = json.loads(SHIPPED.read_text("utf-8"))
FIELDS = [entry for entry in ENTRIES if entry["kind"] == "field"]
TRIGGERS = [entry for entry in ENTRIES if entry["kind"] == "trigger"]
ORDER = PROJECT / "config" / "objects" / "work_order.json"


@pytest.mark.parametrize("entry", FIELDS, ids=[entry["key"] for entry in FIELDS])
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


@pytest.mark.parametrize("entry", TRIGGERS, ids=[entry["key"] for entry in TRIGGERS])
def test_each_trigger_goes_with_the_work_order_that_comes_with_the_product(
    entry: dict[str, Any],
) -> None:
    ReadyShape().load(entry)
    document = json.loads(ORDER.read_text("utf-8"))
    numbered = next(each for each in FIELDS if each["key"] == "close_number")
    document["groups"][0]["fields"].append(numbered["content"])
    definition = read_definition({**document, "triggers": [entry["content"]]}, 1)
    assert contradictions(definition) == []
    assert [*problems(World(definition, ANYWHERE))] == []


def test_none_stands_there_twice() -> None:
    keys = [entry["key"] for entry in ENTRIES]
    assert len(keys) == len(set(keys)) > 20

"""Definitions: the shipped ones are whole, a bad one is refused with its place."""

import copy
import json
from typing import Any

import pytest
from marshmallow import ValidationError

from callcenter.objects.errors import BadDefinition
from callcenter.objects.queries import search_text, table_of
from callcenter.objects.schemas import document_of, load_definition
from callcenter.objects.schemas.definition import read_definition
from callcenter.objects.schemas.document import DefinitionShape
from callcenter.objects.service.definitions import SHIPPED

DOCUMENTS = {file.stem: json.loads(file.read_text("utf-8")) for file in SHIPPED.glob("*.json")}


def a_list(key: str = "mine", **more: Any) -> dict[str, Any]:
    name = {"zh-CN": "我的", "en": "Mine"}
    content = {"columns": ["number"], "sort": "-created_at", "roles": ["agent"]}
    return {"key": key, "name": name, **content, **more}


def asked(field: str, operator: str) -> dict[str, Any]:
    return {"tests": [{"field": field, "operator": operator}]}


@pytest.fixture
def document() -> dict[str, Any]:
    return copy.deepcopy(DOCUMENTS["work_order"])


def test_the_form_of_a_draft_is_checked_once_however_its_keys_are_ordered(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    document["name"]["en"] = "Looked at once"
    looked = []
    monkeypatch.setattr(DefinitionShape, "load", lambda *given: looked.append(given))
    for each in (document, dict(reversed(document.items()))):
        assert read_definition(each, 1).name["en"] == "Looked at once"
    assert len(looked) == 1


def test_the_form_of_a_bad_draft_is_told_each_time(document: dict[str, Any]) -> None:
    document["groups"] = 5
    for _ in range(2):
        with pytest.raises(ValidationError):
            read_definition(document, 1)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_a_shipped_definition_is_whole_and_survives_a_round(name: str) -> None:
    definition = load_definition(DOCUMENTS[name], 1)
    written = document_of(definition)
    assert document_of(load_definition(written, 1)) == written
    assert definition.linked("nothing") is None


def test_ready_lists_survive_a_round(document: dict[str, Any]) -> None:
    acts = [{"act": "dial"}, {"act": "delete", "when": asked("status", "filled")}]
    document["lists"] = [a_list(filters={"f.assignee": "$me"}, standard=True, acts=acts)]
    assert document_of(load_definition(document, 1))["lists"] == document["lists"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d.update(key_field="nothing"), "key_field"),
        (lambda d: d["links"].update(status="nothing"), "links.status"),
        (lambda d: d["list"]["columns"].append("nothing"), "list.columns.nothing"),
        (lambda d: d["groups"][1]["fields"].append(d["groups"][0]["fields"][1]), "customer"),
        (lambda d: d["groups"][0]["fields"][0]["settings"].update(places=2), "number.places"),
        (lambda d: d["list"].update(sort="-description_of_it"), "list.sort"),
        (lambda d: d["groups"].append({**d["groups"][0], "fields": []}), "groups.fault"),
        (
            lambda d: d["groups"][2]["fields"][0]["settings"].update(default="nothing"),
            "status.default",
        ),
        (lambda d: d["groups"][0]["fields"][0]["settings"].update(rule="GD"), "number.rule"),
        (
            lambda d: d.update(duplicates=[{"fields": ["nothing"], "how": "exact"}]),
            "duplicates.0",
        ),
        (
            lambda d: d.update(duplicates=[{"fields": ["number"], "how": "phone"}]),
            "duplicates.0",
        ),
        (lambda d: d.update(cached=True), "cached"),
        (lambda d: d.update(kind="base", cached=True, monthly=True), "cached"),
        (lambda d: d.update(lists=[a_list(columns=["nothing"])]), "lists.0.columns.nothing"),
        (lambda d: d.update(lists=[a_list(sort="nothing")]), "lists.0.sort"),
        (lambda d: d.update(lists=[a_list(filters={"f.x": "1"})]), "lists.0.filters.f.x"),
        (lambda d: d.update(lists=[a_list(), a_list()]), "lists.1.key"),
        (
            lambda d: d.update(lists=[a_list(standard=True), a_list("other", standard=True)]),
            "lists.1.standard",
        ),
        (
            lambda d: d.update(
                lists=[a_list(acts=[{"act": "edit", "when": asked("nothing", "filled")}])]
            ),
            "lists.0.acts.0.0",
        ),
    ],
)
def test_a_contradiction_is_named(document: dict, change: Any, place: str) -> None:
    change(document)
    with pytest.raises(BadDefinition) as refused:
        load_definition(document, 1)
    assert place in refused.value.fields


@pytest.mark.parametrize(
    "change",
    [
        {"identifier": "Work Order"},
        {"identifier": 'x"; DROP SCHEMA public'},
        {"kind": "spaceship"},
        {"name": {"zh-CN": "工单"}},
        {"groups": []},
        {"surprise": 1},
        {
            "groups": [
                {
                    "key": "g",
                    "label": {"zh-CN": "组", "en": "G"},
                    "fields": [
                        {
                            "key": "f",
                            "type": "text",
                            "label": {"zh-CN": "字", "en": "F"},
                            "settings": {"max_length": "long"},
                        }
                    ],
                }
            ]
        },
    ],
)
def test_a_document_of_the_wrong_shape_is_refused(document: dict, change: dict) -> None:
    with pytest.raises(ValidationError):
        load_definition(document | change, 1)


def test_a_definition_has_one_table_object_for_all_statements() -> None:
    definition = load_definition(DOCUMENTS["customer"], 1)
    table = table_of(definition, "e100001")
    assert table is table_of(definition, "e100001")
    assert table is not table_of(definition, "e100002")
    assert {"f_phone", "f_name", "f_number"} <= set(table.c.keys())
    assert "f_notes" not in table.c


def test_numbers_are_not_in_what_a_search_looks_through() -> None:
    definition = load_definition(DOCUMENTS["customer"], 1)
    held = {"name": "王秀兰", "phone": "e164:+8613800006207", "number": "KH00000001"}
    assert search_text(definition, held) == "kh00000001 王秀兰 wangxiulan wxl"


def test_what_is_empty_stands_in_no_index_that_only_finds() -> None:
    table = table_of(load_definition(DOCUMENTS["customer"], 1), "e100001")
    (found,) = (index for index in table.indexes if "f_phone" in index.columns)
    assert str(found.dialect_options["postgresql"]["where"]).endswith("f_phone IS NOT NULL")


def test_records_are_found_by_a_reference_that_plays_a_part_or_when_asked_for() -> None:
    def indexed(**more: Any) -> bool:
        document = copy.deepcopy(DOCUMENTS["work_order"])
        field = {"key": "contract", "type": "reference", "label": document["name"],
                 "settings": {"reference": {"object": "contract"}}, **more}  # fmt: skip
        document["groups"][0]["fields"].append(field)
        definition = load_definition(document, 1)
        assert definition.is_indexed(definition.by_key["customer"])
        assert definition.has_column(definition.by_key["contract"])
        return definition.is_indexed(definition.by_key["contract"])

    assert not indexed()
    assert indexed(indexed=True)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("重庆银行", "chongqingyinhang cqyh"),  # two characters of two sounds each
        ("王A座𠮷1号", "wangazuo𠮷1hao waz𠮷1h"),
    ],
)
def test_a_text_is_found_by_how_its_words_are_spoken(text: str, spoken: str) -> None:
    definition = load_definition(DOCUMENTS["customer"], 1)
    assert search_text(definition, {"name": text}) == f"{text.lower()} {spoken}"

"""Whether a trigger fires, and what contradicts itself in one."""

import re
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from callcenter.expressions import Surroundings
from callcenter.objects.errors import BadDefinition
from callcenter.objects.rules import ANYWHERE
from callcenter.objects.schemas import Definition, document_of, load_definition
from callcenter.objects.triggers.actions import ACTIONS
from callcenter.objects.triggers.actions.base import World
from callcenter.objects.triggers.checks import problems
from callcenter.objects.triggers.said import filled, places_in
from callcenter.objects.triggers.trigger import Act, Happening, Reason, Verdict

AROUND = Surroundings("agent", UUID(int=7), date(2026, 11, 27))
STATES = [{"value": value, "label": {"zh-CN": value, "en": value}} for value in ("open", "done")]
SAID = {"zh-CN": "不行", "en": "No"}
CALLCENTER = Path(__file__).parents[3] / "callcenter"


def label(text: str) -> dict[str, str]:
    return {"zh-CN": text, "en": text}


def a_field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": label(key), **more}


TELL = {"do": "message", "channel": "sms", "template": "letter", "field": "phone"}
FIELDS = [
    a_field("name"),
    a_field("state", "choice", settings={"options": STATES}),
    a_field("urgent", "boolean"),
    a_field("count", "integer"),
    a_field("phone", "phone"),
    a_field("secret", rights={"agent": "hide"}),
    a_field("veiled", "phone", rights={"leader": "mask"}),
    a_field("inspected", "phone", rights={"inspector": "hide"}),
    a_field("owner", "user"),
    a_field("code", "serial", settings={"rule": "NO{seq:4}"}),
    a_field("number", "serial", settings={"rule": "RE{seq:4}"}),
    a_field("total", "formula", settings={"expression": "count * 2"}),
    a_field("parent", "reference", settings={"reference": {"object": "order"}}),
]


def a_trigger(*actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    whole = {"key": "one", "name": label("one"), "on": ["update"], "when": "before"}
    return {**whole, "actions": [*(actions or (REFUSE,))], **more}


def a_document(*triggers: dict[str, Any]) -> dict[str, Any]:
    return {
        "identifier": "order", "kind": "base", "name": label("order"), "key_field": "name",
        "title_field": "name", "list": {"columns": ["name"], "sort": "-created_at"},
        "groups": [{"key": "main", "label": label("main"), "fields": FIELDS}],
        "permissions": {"read": {"agent": "all"}}, "links": {}, "triggers": [*triggers],
    }  # fmt: skip


def loaded(*triggers: dict[str, Any]) -> Definition:
    return load_definition(a_document(*triggers), 1)


def wrong(*triggers: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(BadDefinition) as refusal:
        loaded(*triggers)
    return refusal.value.fields


def asked(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def put(**sources: dict[str, Any]) -> dict[str, Any]:
    return {"do": "set", "values": sources}


def call_by(field: str) -> dict[str, Any]:
    return {"do": "call", "task": "回访", "field": field}


REFUSE = {"do": "refuse", "message": SAID}


# -- whether it fires -------------------------------------------------------------------------------


def verdict(
    trigger: dict[str, Any], before: dict[str, Any] | None, after: dict[str, Any], act: Act
) -> Verdict:
    definition = loaded(trigger)
    (one,) = definition.triggers
    return definition.armed.verdict(one, Happening(act, before, after, AROUND))


@pytest.mark.parametrize(
    ("test", "before", "after", "fires"),
    [
        (asked("state", "changed"), {"state": "open"}, {"state": "done"}, True),
        (asked("state", "changed"), {"state": "open"}, {"state": "open"}, False),
        (asked("state", "changed_to", "done"), {"state": "open"}, {"state": "done"}, True),
        (asked("state", "changed_to", "done"), {"state": "done"}, {"state": "done"}, False),
        (asked("state", "changed_to", "done"), {}, {"state": "done"}, True),
        (asked("state", "changed_from", "open"), {"state": "open"}, {"state": "done"}, True),
        (asked("state", "changed_from", "open"), {"state": "done"}, {"state": "open"}, False),
        (asked("urgent", "changed"), {"urgent": None}, {"urgent": False}, False),
        (asked("urgent", "changed_to", True), {"urgent": None}, {"urgent": True}, True),
        (asked("urgent", "changed_to", False), {"urgent": True}, {"urgent": None}, True),
        (asked("count", "changed_from", 0), {"count": 0}, {"count": None}, True),
        (asked("phone", "changed"), {"phone": "a"}, {"phone": "b"}, True),
        (asked("$role", "in", ["agent"]), {}, {}, True),
        (asked("owner", "eq", "$me"), {}, {"owner": UUID(int=7)}, True),
    ],
)
def test_a_condition_may_ask_what_has_changed(
    test: dict[str, Any], before: dict[str, Any], after: dict[str, Any], fires: bool
) -> None:
    trigger = a_trigger(condition={"tests": [test]})
    assert verdict(trigger, before, after, Act.UPDATE).fires is fires


def test_of_a_new_record_everything_it_has_is_new() -> None:
    trigger = a_trigger(on=["create"], condition={"tests": [asked("state", "changed_to", "open")]})
    assert verdict(trigger, None, {"state": "open"}, Act.CREATE).fires


def test_it_says_which_tests_did_not_pass() -> None:
    tests = [asked("state", "eq", "done"), asked("name", "filled"), asked("count", "gt", 3)]
    given = {"state": "open", "name": "x", "count": 2}
    all_of = a_trigger(condition={"tests": tests})
    assert verdict(all_of, {}, given, Act.UPDATE) == Verdict(Reason.CONDITION, (0, 2))
    any_of = a_trigger(condition={"tests": tests, "any": True})
    assert verdict(any_of, {}, given, Act.UPDATE).fires


@pytest.mark.parametrize(
    ("more", "act", "reason"),
    [
        ({"active": False}, Act.UPDATE, Reason.OFF),
        ({"on": ["create"]}, Act.UPDATE, Reason.ACT),
        ({"fields": ["state"]}, Act.UPDATE, Reason.FIELDS),
        ({"fields": ["name", "state"]}, Act.UPDATE, None),
        ({"on": ["update", "create"], "fields": ["state"]}, Act.CREATE, None),
    ],
)
def test_it_fires_for_its_acts_and_fields_alone(
    more: dict[str, Any], act: Act, reason: Reason | None
) -> None:
    found = verdict(a_trigger(**more), {"name": "a"}, {"name": "b"}, act)
    assert found.reason is reason


def test_those_of_a_moment_come_in_the_order_of_the_list() -> None:
    keys = ["c", "a", "b"]
    keys = [f"{key}_1" for key in keys]
    definition = loaded(*(a_trigger(key=key) for key in keys), a_trigger(key="off", active=False))
    assert [one.key for one in definition.armed.of("before", Act.UPDATE)] == keys
    assert definition.armed.of("after", Act.UPDATE) == []


# -- what contradicts itself ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trigger", "path", "key"),
    [
        (a_trigger(fields=["nothing"]), "fields", "validation.unknown_field"),
        (a_trigger(on=["create"], fields=["name"]), "fields", "trigger.only_updates"),
        (a_trigger(condition={"tests": [asked("gone_1", "filled")]}), "condition.0",
         "validation.unknown_field"),
        (a_trigger(condition={"tests": [asked("phone", "changed_to", "1")]}), "condition.0",
         "condition.operator"),
        (a_trigger(condition={"tests": [asked("state", "changed_to", "lost")]}), "condition.0",
         "condition.value"),
        (a_trigger(when="after"), "actions.0.do", "trigger.other_moment"),
        (a_trigger(put(name={"value": "x"}), on=["delete"]), "actions.0.do", "trigger.only_refused"),
        (a_trigger(put(gone_1={"value": 1})), "actions.0.values.gone_1", "validation.unknown_field"),
        (a_trigger(put(total={"value": 1})), "actions.0.values.total", "validation.read_only"),
        (a_trigger(put(count={"value": "many"})), "actions.0.values.count", "validation.integer"),
        (a_trigger(put(count={"expression": "name"})), "actions.0.values.count",
         "expression.result"),
        (a_trigger(put(phone={"expression": "name"})), "actions.0.values.phone",
         "trigger.no_expression"),
        (a_trigger(put(name={"field": "phone"})), "actions.0.values.name", "trigger.other_type"),
        (a_trigger(put(name={"field": "secret"})), "actions.0.values.name", "trigger.reveals"),
        (a_trigger(put(name={"expression": "secret & '!'"})), "actions.0.values.name",
         "trigger.reveals"),
        (a_trigger({"do": "number", "field": "name"}), "actions.0.field", "trigger.only_serials"),
        (a_trigger({**REFUSE, "field": "gone_1"}), "actions.0.field", "validation.unknown_field"),
        (a_trigger({"do": "notify", "to": [{"who": "actor"}], "text": label("{phone}")},
                   when="after"), "actions.0.text", "trigger.kept_from_some"),
        (a_trigger({"do": "notify", "to": [{"who": "actor"}], "text": label("{secret}")},
                   when="after"), "actions.0.text", "trigger.kept_from_some"),
        (a_trigger({"do": "notify", "to": [{"who": "assignee"}], "text": label("x")},
                   when="after"), "actions.0.to.0", "trigger.no_assignee"),
        (a_trigger({"do": "http", "method": "POST", "url": "ftp://x/"}, when="after"),
         "actions.0.url", "outbound.bad_address"),
        (a_trigger(call_by("name"), when="after"), "actions.0.field", "trigger.only_phones"),
        (a_trigger(call_by("gone_1"), when="after"), "actions.0.field", "trigger.only_phones"),
        (a_trigger(call_by("veiled"), when="after"), "actions.0.field", "trigger.reveals"),
        (a_trigger({"do": "update", "field": "name", "values": {"name": {"value": "x"}}},
                   when="after"), "actions.0.field", "trigger.only_references"),
        (a_trigger({"do": "update", "object": "order", "field": "parent",
                    "values": {"name": {"value": "x"}}}, when="after"),
         "actions.0.field", "trigger.only_indexed"),
        (a_trigger({**TELL, "reference": "name"}, when="after"), "actions.0.reference",
         "trigger.only_references"),
        (a_trigger({**TELL, "reference": "parent", "field": "name"}, when="after"),
         "actions.0.field", "trigger.only_addresses"),
        (a_trigger({**TELL, "field": "name"}, when="after"), "actions.0.field",
         "trigger.only_addresses"),
        (a_trigger({"do": "template", "template": "letter", "field": "count"}, when="after"),
         "actions.0.field", "trigger.only_texts"),
        (a_trigger({"do": "template", "template": "letter", "field": "gone_1"}, when="after"),
         "actions.0.field", "trigger.only_texts"),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_with_its_place(
    trigger: dict[str, Any], path: str, key: str
) -> None:
    assert wrong(trigger) == {f"triggers.0.{path}": [key]}


def test_a_number_goes_to_callers_where_only_others_may_not_see_it() -> None:
    for field in ("phone", "inspected"):
        assert loaded(a_trigger(call_by(field), when="after")).triggers


def test_two_may_not_have_one_key() -> None:
    assert set(wrong(a_trigger(), a_trigger())) == {"triggers.0.key", "triggers.1.key"}


def test_an_object_that_there_is_not_is_told_where_the_others_are_known() -> None:
    make = {"do": "create", "object": "gone", "values": {"name": {"value": "x"}}}
    definition = loaded(a_trigger(make, when="after"))
    world = World(definition, ANYWHERE, {})
    assert [each.path for each in problems(world)] == ["triggers.0.actions.0.object"]
    assert not [*problems(World(definition, ANYWHERE, {}, frozenset({"gone"})))]


@pytest.mark.parametrize(
    ("templates", "key"),
    [
        (None, None),
        ({"letter": None}, None),
        ({"letter": "order"}, None),
        ({"letter": "task"}, "trigger.template_of_another"),
        ({}, "trigger.unknown_template"),
    ],
)
def test_a_template_that_there_is_not_is_told_where_they_are_known(
    templates: dict[str, str | None] | None, key: str | None
) -> None:
    write = {"do": "template", "template": "letter", "field": "name"}
    definition = loaded(a_trigger(write, when="after"))
    world = World(definition, ANYWHERE, {}, templates=templates)
    assert [each.key for each in problems(world)] == ([key] if key else [])


def test_what_a_trigger_numbers_is_not_numbered_with_every_new_record() -> None:
    definition = loaded(a_trigger({"do": "number", "field": "number"}))
    assert [field.key for field in definition.serials] == ["code"]


def test_a_document_comes_back_as_it_went_and_old_ones_have_no_triggers() -> None:
    triggers = [
        a_trigger(put(name={"value": "x"}), key="full", active=False, fields=["name"],
                  condition={"tests": [asked("name", "filled")]}),
        a_trigger(),
    ]  # fmt: skip
    assert document_of(loaded(*triggers))["triggers"] == triggers
    old = a_document()
    del old["triggers"]
    assert load_definition(old, 1).triggers == ()
    assert "triggers" not in document_of(load_definition(old, 1))


def test_every_action_names_itself_and_its_moment() -> None:
    assert {key: action.when for key, action in ACTIONS.items()} == {
        "set": "before", "number": "before", "refuse": "before",
        "create": "after", "update": "after", "notify": "after", "http": "after", "call": "after",
        "template": "after", "message": "after",
    }  # fmt: skip


def test_places_in_a_text_become_values_and_others_stay() -> None:
    said = {"zh-CN": "{name} 已{state}", "en": "{name}: {other} {Not}"}
    assert places_in(said) == {"name", "state", "other"}
    assert filled(said["en"], {"name": "N", "state": None}) == "N: {other} {Not}"
    assert filled("[{state}]", {"state": None}) == "[]"


# -- nobody writes past them ------------------------------------------------------------------------

WRITERS = {
    "callcenter/objects/service/records.py": "read by Reader, told to ChangeLog",
    "callcenter/objects/service/bulk.py": "its callers read by Reader and tell ChangeLog",
    "callcenter/objects/service/merging.py": "the same; a reference that moves names the same thing",
    "callcenter/objects/service/purging.py": "it wipes what no version of the object knows",
    "callcenter/objects/service/recycling.py": "the same; what is purged was deleted before",
    "callcenter/objects/service/rewriting.py": "a publication changes no record, but where it lies",
    "callcenter/objects/service/unarchiving.py": "told to ChangeLog, as every record that comes back",
}
"""Who writes into the tables of records, and why triggers know of it."""

_WRITES = re.compile(r"\b(?:insert|update|delete)\((?:table|self\._table\b)")


def test_whoever_writes_records_lets_triggers_know() -> None:
    """A new writer reads by `Reader` and tells `ChangeLog`, or says here why not."""
    found = {
        str(file.relative_to(CALLCENTER.parent))
        for file in CALLCENTER.rglob("*.py")
        if not {"core", "migrations"} & {*file.parts} and _WRITES.search(file.read_text("utf-8"))
    }
    assert found == {*WRITERS}

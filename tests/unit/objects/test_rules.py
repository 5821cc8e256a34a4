"""Conditions, formulas and checks of a definition: what contradicts itself, and what they decide."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from callcenter.expressions import Surroundings
from callcenter.objects.queries import table_of
from callcenter.objects.rules import problems
from callcenter.objects.schemas import Definition, stored_definition
from callcenter.objects.service.settling import faults, worked_out

ME = UUID(int=7)
AROUND = Surroundings("agent", ME, date(2026, 11, 27))
STATES = [
    {"value": value, "label": {"zh-CN": value, "en": value}} for value in ("open", "done", "lost")
]


def a_field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    settings = {"options": STATES} if kind in ("choice", "choices") else {}
    settings |= more.pop("settings", {})
    label = {"zh-CN": key, "en": key}
    return {"key": key, "type": kind, "label": label, "settings": settings, **more}


def asked(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def when(what: str, *tests: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {what: {"tests": [*tests], **more}}


def a_definition(*fields: dict[str, Any]) -> Definition:
    label = {"zh-CN": "工单", "en": "Order"}
    return stored_definition(
        {
            "identifier": "order", "kind": "base", "name": label, "key_field": "number",
            "title_field": "number", "list": {"columns": ["number"], "sort": "-created_at"},
            "groups": [{"key": "main", "label": label, "fields": [a_field("number"), *fields]}],
            "permissions": {}, "links": {},
        },
        1,
    )  # fmt: skip


def told(*fields: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each.path, each.key) for each in problems(a_definition(*fields).fields)]


def refused(
    definition: Definition, before: dict[str, Any] | None, after: dict[str, Any], *given: str
) -> list[tuple[str, str]]:
    whole = dict.fromkeys(definition.by_key) | after
    old = None if before is None else dict.fromkeys(definition.by_key) | before
    found = faults(definition, old, whole, given or [*after], AROUND)
    return [(key, fault.key) for key, fault in found]


# -- what contradicts itself ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "key"),
    [
        (asked("reason", "filled"), "condition.itself"),
        (asked("nothing", "filled"), "validation.unknown_field"),
        (asked("state", "gt", "open"), "condition.operator"),
        (asked("state", "eq", "asleep"), "condition.value"),
        (asked("state", "eq"), "condition.value"),
        (asked("state", "in", "open"), "condition.value"),
        (asked("state", "in", []), "condition.value"),
        (asked("states", "eq", "open"), "condition.operator"),
        (asked("price", "gt", "dear"), "condition.value"),
        (asked("price", "contains", "1"), "condition.operator"),
        (asked("due", "le", "soon"), "condition.value"),
        (asked("due", "eq", "$me"), "condition.value"),
        (asked("owner", "eq", "$today"), "condition.value"),
        (asked("phone", "eq", "13800000001"), "condition.operator"),
        (asked("$role", "eq", "emperor"), "condition.value"),
        (asked("$role", "gt", "agent"), "condition.operator"),
        (asked("done", "eq", "yes"), "condition.value"),
    ],
)
def test_a_condition_that_cannot_be_asked_is_told(test: dict[str, Any], key: str) -> None:
    fields = [
        a_field("state", "choice"), a_field("states", "choices"), a_field("price", "money"),
        a_field("due", "date"), a_field("owner", "user"), a_field("phone", "phone"),
        a_field("done", "boolean"),
    ]  # fmt: skip
    reason = a_field("reason", when=when("visible", asked("state", "filled"), test))
    assert told(*fields, reason) == [("reason.when.visible.1", key)]


@pytest.mark.parametrize(
    "test",
    [
        asked("state", "in", ["open", "done"]),
        asked("states", "contains", "open"),
        asked("price", "ge", "0.005"),
        asked("price", "gt", 100),
        asked("due", "lt", "$today"),
        asked("due", "ge", "2026-01-31"),
        asked("owner", "eq", "$me"),
        asked("phone", "filled"),
        asked("number", "contains", "GD"),
        asked("$role", "in", ["agent", "leader"]),
        asked("done", "eq", False),
        asked("total", "gt", 5),
    ],
)
def test_a_condition_that_can_be_asked_is_none(test: dict[str, Any]) -> None:
    fields = [
        a_field("state", "choice"), a_field("states", "choices"), a_field("due", "date"),
        a_field("price", "money", settings={"min": 10, "places": 0}), a_field("owner", "user"),
        a_field("phone", "phone"), a_field("done", "boolean"),
        a_field("total", "formula", settings={"expression": "price * 2"}),
    ]  # fmt: skip
    assert told(*fields, a_field("reason", when=when("required", test))) == []


@pytest.mark.parametrize(
    ("settings", "path", "key"),
    [
        ({"expression": "price *"}, "total.expression", "expression.incomplete"),
        ({"expression": "cost"}, "total.expression", "expression.unknown_field"),
        ({"expression": "phone"}, "total.expression", "expression.unusable_field"),
        ({"expression": "'x'"}, "total.expression", "expression.result"),
        ({"expression": "price", "result": "date"}, "total.expression", "expression.result"),
        ({"expression": "total + 1"}, "total.expression", "expression.circle"),
    ],
)
def test_a_formula_that_cannot_work_is_told(settings: dict[str, Any], path: str, key: str) -> None:
    total = a_field("total", "formula", settings=settings)
    assert told(a_field("price", "decimal"), a_field("phone", "phone"), total) == [(path, key)]


def test_formulas_in_a_circle_are_all_told() -> None:
    ring = [
        a_field(key, "formula", settings={"expression": needs})
        for key, needs in (("a", "b + 1"), ("b", "c"), ("c", "a"), ("d", "a"), ("e", "1"))
    ]
    circle = [(f"{key}.expression", "expression.circle") for key in "abcd"]
    assert told(*ring) == circle


def test_a_check_says_yes_or_no() -> None:
    price = a_field("price", "decimal", settings={"check": "price + 1"})
    assert told(price) == [("price.check", "expression.result")]


# -- formulas ---------------------------------------------------------------------------------------


def test_formulas_are_worked_out_after_those_that_they_need() -> None:
    definition = a_definition(
        a_field("taxed", "formula", settings={"expression": "total * 1.13"}),
        a_field("total", "formula", settings={"expression": "price * count", "places": 3}),
        a_field("price", "money"),
        a_field("count", "integer"),
        a_field("said", "formula", settings={"expression": "'¥' & taxed", "result": "text"}),
    )
    found = worked_out(definition, {"price": Decimal("9.99"), "count": 3})
    assert found == {"total": Decimal("29.970"), "taxed": Decimal("33.87"), "said": "¥33.87"}


def test_what_does_not_fit_into_the_column_is_nothing() -> None:
    definition = a_definition(
        a_field("huge", "formula", settings={"expression": "count * count * count"}),
        a_field("blank", "formula", settings={"expression": "'' & ''", "result": "text"}),
        a_field("count", "integer"),
    )
    assert worked_out(definition, {"count": 10**12}) == {"huge": None, "blank": None}


# -- what a record must not be ----------------------------------------------------------------------


@pytest.fixture
def order() -> Definition:
    closed = asked("state", "in", ["done", "lost"])
    return a_definition(
        a_field("state", "choice", required=True),
        a_field("reason", when=when("visible", asked("state", "eq", "lost")), required=True),
        a_field("result", when=when("required", closed)),
        a_field("price", "decimal", when=when("editable", asked("state", "eq", "open"))),
        a_field("discount", "decimal", settings={"check": "discount <= price"}),
        a_field("note", when=when("editable", asked("$role", "eq", "leader"))),
    )


def test_a_field_that_is_not_on_the_form_takes_nothing(order: Definition) -> None:
    assert refused(order, None, {"state": "open", "reason": "x"}) == [
        ("reason", "condition.not_shown")
    ]
    assert refused(order, None, {"state": "lost", "reason": "x", "result": "y"}) == []


def test_what_was_there_before_it_left_the_form_may_stay_or_be_cleared(order: Definition) -> None:
    before = {"state": "lost", "reason": "x", "result": "y"}
    assert refused(order, before, {**before, "state": "open"}, "state") == []
    assert refused(order, before, {"state": "open", "reason": None}, "state", "reason") == []


def test_a_field_on_the_form_is_asked_for_when_it_is_required(order: Definition) -> None:
    assert refused(order, None, {"state": "lost", "result": "y"}) == [
        ("reason", "validation.required")
    ]
    assert refused(order, None, {"state": "open"}) == []


def test_a_field_is_required_when_its_condition_holds(order: Definition) -> None:
    assert refused(order, {"state": "open"}, {"state": "done"}, "state") == [
        ("result", "validation.required")
    ]


def test_an_old_record_is_not_asked_for_what_nobody_touches(order: Definition) -> None:
    before = {"state": "done"}
    assert refused(order, before, {**before, "discount": Decimal(0)}, "discount") == []


def test_what_may_be_changed_is_said_by_the_record_as_it_was(order: Definition) -> None:
    before, price = {"state": "done", "result": "y"}, {"price": Decimal(1)}
    after = {**before, **price, "state": "open"}
    assert refused(order, before, after, "state", "price") == [("price", "condition.not_editable")]
    assert refused(order, {"state": "open"}, {"state": "open", **price}, "price") == []
    assert refused(order, None, {"state": "open", **price}) == []


def test_nothing_is_no_entry(order: Definition) -> None:
    assert refused(order, None, {"state": "open", "reason": None, "note": None}) == []


def test_a_condition_may_ask_who_acts(order: Definition) -> None:
    assert refused(order, None, {"state": "open", "note": "x"}) == [
        ("note", "condition.not_editable")
    ]


def test_a_check_holds_for_what_it_names(order: Definition) -> None:
    after = {"state": "open", "price": Decimal(5), "discount": Decimal(6)}
    assert refused(order, None, after) == [("discount", "validation.check")]
    assert refused(order, after, after, "price") == [("discount", "validation.check")]
    assert refused(order, after, after, "state") == []
    assert refused(order, None, {"state": "open", "discount": Decimal(6)}) == []


def test_one_of_several_tests_may_be_enough() -> None:
    either = when("required", asked("due", "lt", "$today"), asked("owner", "eq", "$me"))
    both = {"required": {**either["required"], "any": True}}
    for condition, wanted in ((either, []), (both, [("why", "validation.required")])):
        definition = a_definition(
            a_field("due", "date"), a_field("owner", "user"), a_field("why", when=condition)
        )
        late = {"due": date(2026, 11, 27), "owner": ME}
        assert refused(definition, None, late) == wanted


def test_a_box_that_nobody_ticked_is_not_ticked() -> None:
    unticked = when("required", asked("paid", "eq", False))
    definition = a_definition(a_field("paid", "boolean"), a_field("why", when=unticked))
    assert refused(definition, None, {"paid": None}) == [("why", "validation.required")]
    assert refused(definition, None, {"paid": True}) == []


def test_no_field_takes_the_name_of_an_index_of_the_system() -> None:
    keys = ("recent", "author", "call", "search", "deleted")
    definition = a_definition(*(a_field(key, indexed=True) for key in keys))
    names = [str(index.name) for index in table_of(definition, "e100001").indexes]
    assert len(names) == len(set(names)) == 11

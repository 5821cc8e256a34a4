"""The ready sets: whole, in both languages, and ones that a record can be entered into."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from callcenter.configuration.schemas import FORMAT
from callcenter.configuration.service import all_sets, ready_set
from callcenter.configuration.service.document import There, problems
from callcenter.configuration.service.sets import SETS
from callcenter.core.errors import NotFound
from callcenter.core.i18n import LOCALES
from callcenter.objects.rules import ANYWHERE, EDITABLE, REQUIRED, VISIBLE
from callcenter.objects.schemas import Definition, load_definition
from callcenter.objects.types import type_of
from callcenter.quality.service import best_total

TRADES = ("after_sales", "collections", "ecommerce", "hotline", "telecom")
KEYS = sorted(file.stem for file in SETS.glob("*.json"))
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(params=TRADES)
def trade(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    return ready_set(request.param)


def definitions(document: Mapping[str, Any]) -> list[Definition]:
    items = {table["key"]: table["items"] for table in document["codes"]}
    return [load_definition(each, 1).with_codes(items) for each in document["objects"]]


def labels(part: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    if isinstance(part, dict):
        if set(part) & set(LOCALES):
            yield path, part
        else:
            for key, value in part.items():
                yield from labels(value, f"{path}.{key}")
    elif isinstance(part, list):
        for place, value in enumerate(part):
            yield from labels(value, f"{path}.{place}")


def test_there_is_one_of_each_trade_and_what_was_always_there() -> None:
    assert set(KEYS) == {*TRADES, "standard"}
    assert [each["key"] for each in all_sets()] == ["standard", *TRADES]


@pytest.mark.parametrize("key", KEYS)
def test_a_set_contradicts_itself_nowhere_and_needs_nothing_else(key: str) -> None:
    document = ready_set(key)
    assert document["format"] == FORMAT
    assert problems(document, There()) == []


@pytest.mark.parametrize("key", KEYS)
def test_every_label_is_there_in_both_languages(key: str) -> None:
    found = list(labels(ready_set(key)))
    assert len(found) > 50
    for path, label in found:
        assert set(label) == set(LOCALES), path
        assert label["en"].strip(), path
        assert not _CHINESE.search(label["en"]), path
        assert _CHINESE.search(label["zh-CN"]) or label["zh-CN"] == label["en"], path


def test_a_trade_has_customers_work_orders_words_codes_and_a_form(trade: Mapping[str, Any]) -> None:
    kinds = [each["kind"] for each in trade["objects"]]
    assert (kinds.count("customer"), kinds.count("work_order")) == (1, 1)
    assert len(kinds) > 2
    assert trade["codes"]
    assert len(trade["dispositions"]) >= 7
    assert len(trade["not_ready_reasons"]) >= 3
    assert [best_total(form) for form in trade["quality_forms"]] == [100]


def test_the_pop_finds_its_customer_by_number_and_its_orders_by_state(
    trade: Mapping[str, Any],
) -> None:
    customer, order = (
        next(each for each in definitions(trade) if each.kind == kind)
        for kind in ("customer", "work_order")
    )
    assert customer.identifier == "customer"
    assert customer.phones
    assert order.identifier == "work_order"
    assert {"customer", "status", "assignee", "due"} <= set(order.links)
    status = order.linked("status")
    assert status is not None
    closed = {option["value"] for option in status.settings["options"] if option.get("closed")}
    assert closed
    assert status.settings["default"] not in closed


def test_a_trade_uses_formulas_conditions_and_checks(trade: Mapping[str, Any]) -> None:
    rules = [each.rules for each in definitions(trade)]
    assert any(each.formulas for each in rules)
    assert any(each.checks for each in rules)
    assert any(each.conditions[VISIBLE] for each in rules)
    assert any(each.conditions[what] for each in rules for what in (REQUIRED, EDITABLE))


def test_every_option_that_a_condition_asks_for_is_one(trade: Mapping[str, Any]) -> None:
    """Of options in a code table the definition alone does not know."""
    asked = 0
    for definition in definitions(trade):
        for conditions in definition.rules.conditions.values():
            for test in (test for each in conditions.values() for test in each.tests):
                field = definition.by_key.get(test.field)
                if field is None or "options" not in field.settings or test.value is None:
                    continue
                wanted = test.value if isinstance(test.value, list) else [test.value]
                values = {option["value"] for option in field.settings["options"]}
                assert set(wanted) <= values, (definition.identifier, test)
                asked += 1
    assert asked > 3


def test_every_default_is_a_value_of_its_field(trade: Mapping[str, Any]) -> None:
    for definition in definitions(trade):
        for field in definition.fields:
            if (default := field.setting("default")) is not None:
                assert type_of(field).read(field, default, ANYWHERE) is not None


def test_every_code_table_is_used(trade: Mapping[str, Any]) -> None:
    used = {key for each in trade["objects"] for key in load_definition(each, 1).codes}
    assert used == {table["key"] for table in trade["codes"]}


@pytest.mark.parametrize("key", ["nothing", "../objects/customer", "..", "", "a/b"])
def test_a_set_is_found_by_its_name_and_by_no_path(key: str) -> None:
    with pytest.raises(NotFound):
        ready_set(key)


def test_a_set_may_name_the_objects_that_are_shipped() -> None:
    written = json.loads((SETS / "standard.json").read_text("utf-8"))
    named = [each for each in written["objects"] if isinstance(each, str)]
    assert [each["identifier"] for each in ready_set("standard")["objects"]] == named

"""What contradicts itself in a query, at its place; and what a role is kept from."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.queries.checking import barred, operators, problems
from callcenter.queries.columns import columns_of
from callcenter.queries.schemas import read
from callcenter.queries.sources import closed_to, sources_of
from tests.unit.queries.made import (
    CLIENT,
    DEFINITIONS,
    LABEL,
    TO_CLIENT,
    TO_JOBS,
    TO_PARTS,
    a_column,
    a_document,
    a_query,
    sought,
)

Wrong = list[tuple[str, str]]


def wrong(*columns: dict[str, Any], **more: Any) -> Wrong:
    return [(each.path, each.key) for each in problems(a_query(*columns, **more), DEFINITIONS)]


def kept(role: str, *columns: dict[str, Any], **more: Any) -> list[str]:
    query = a_query(*columns, **more)
    sources, _ = sources_of(query, DEFINITIONS)
    found, _ = columns_of(query, sources)
    return [each.path for each in barred(query, sources, found, role)]


def test_objects_are_joined_along_references_lines_and_back() -> None:
    deep = [TO_CLIENT, TO_PARTS, {**TO_JOBS, "of": "client", "key": "others"}]
    columns = [a_column("a", "level", "client"), a_column("b", "count", "parts"),
               a_column("c", "cost", "others")]  # fmt: skip
    assert wrong(*columns, joins=deep) == []


@pytest.mark.parametrize(
    ("join", "place", "key"),
    [
        ({"by": "cost"}, "by", "query.no_reference"),
        ({"by": "nothing"}, "by", "query.no_reference"),
        ({"how": "lines"}, "by", "query.no_reference"),
        ({"of": "elsewhere"}, "of", "query.unknown_source"),
        ({"how": "back", "object": "nobody"}, "object", "query.unknown_object"),
        ({"how": "back", "object": "client", "by": "name"}, "by", "query.no_reference"),
    ],
)
def test_a_join_follows_what_leads_there(join: dict[str, Any], place: str, key: str) -> None:
    assert (f"joins.0.{place}", key) in wrong(joins=[{**TO_CLIENT, **join}])


def test_an_object_that_is_not_in_force_is_no_source() -> None:
    assert wrong(source="nobody") == [("source", "query.unknown_object")]


def test_two_parts_of_one_name_are_told() -> None:
    name = a_column("name", "name")
    assert wrong(name, name) == [("columns.1.key", "validation.duplicate")]
    joins = [TO_CLIENT, TO_CLIENT]
    assert wrong(joins=joins) == [("joins.1.key", "validation.duplicate")]


@pytest.mark.parametrize(
    ("column", "place", "key"),
    [
        ({"field": "nothing"}, "field", "validation.unknown_field"),
        ({"field": None}, "field", "validation.required"),
        ({"field": "parts"}, "field", "validation.unknown_field"),
        ({"source": "client"}, "source", "query.unknown_source"),
        ({"field": "cost", "aggregate": "sum"}, "aggregate", "query.not_grouped"),
        ({"field": "cost", "by": "day"}, "by", "query.no_moment"),
        ({"field": "name", "total": "sum"}, "total", "query.no_number"),
        ({"field": None, "expression": "cost +"}, "expression", "expression.incomplete"),
        ({"field": None, "expression": "nobody + 1"}, "expression", "expression.unknown_field"),
        ({"expression": "1"}, "field", "query.expression_alone"),
    ],
)
def test_a_column_that_cannot_be_had_is_told(column: dict[str, Any], place: str, key: str) -> None:
    assert (f"columns.0.{place}", key) in wrong({**a_column("x", "name"), **column})


@pytest.mark.parametrize(
    ("column", "key"),
    [
        (a_column("x", "name", aggregate="sum"), "query.no_number"),
        (a_column("x", "name", aggregate="greatest"), "query.no_order"),
        (a_column("x", "phone", "client"), "query.no_group"),
        (a_column("x", "tags", "client"), "query.no_group"),
    ],
)
def test_groups_are_of_what_can_be_told_apart(column: dict[str, Any], key: str) -> None:
    found = wrong(column, joins=[TO_CLIENT], grouped=True)
    assert [each[1] for each in found] == [key]


def test_an_expression_reckons_with_what_is_aggregated() -> None:
    columns = [
        a_column("level", "level", "client"), a_column("rows", aggregate="count"),
        a_column("cost", "cost", aggregate="sum"), a_column("each", expression="cost / rows"),
    ]  # fmt: skip
    assert wrong(*columns, joins=[TO_CLIENT], grouped=True) == []


@pytest.mark.parametrize(
    ("condition", "place", "key"),
    [
        (sought("nothing", "eq", "1"), "field", "validation.unknown_field"),
        (sought("name", "eq", "1", source="x"), "source", "query.unknown_source"),
        (sought("name", "lt", "1"), "operator", "condition.operator"),
        (sought("cost", "eq"), "value", "condition.value"),
        (sought("cost", "eq", "many"), "value", "condition.value"),
        (sought("cost", "eq", "1", "2"), "value", "condition.value"),
        (sought("due", "ge", "$me"), "value", "condition.value"),
        (sought("cost", "between", "1", "2", "3"), "value", "condition.value"),
        (sought("cost", "eq", parameter="p"), "parameter", "query.unknown_parameter"),
    ],
)
def test_a_condition_fits_its_field(condition: dict[str, Any], place: str, key: str) -> None:
    assert wrong(conditions=[condition]) == [(f"conditions.0.{place}", key)]


@pytest.mark.parametrize(
    "condition",
    [
        sought("cost", "in", "1", "2.5"),
        sought("due", "between", "", "$today"),
        sought("due", "ge", "$today-7d"),
        sought("owner", "eq", "$me"),
        sought("created_at", "ge", "2026-01-01"),
        sought("name", "empty"),
        sought("phone", "eq", "13800138000", source="client"),
        sought("tags", "contains", "gold", source="client"),
        sought("vip", "eq", "true", source="client"),
    ],
)
def test_what_fits_is_taken(condition: dict[str, Any]) -> None:
    assert wrong(joins=[TO_CLIENT], conditions=[condition]) == []


def test_of_a_number_that_some_see_masked_no_part_is_asked() -> None:
    assert operators(CLIENT.by_key["phone"]) == ["empty", "filled", "eq", "in"]


def test_parameters_are_of_use_and_begin_with_what_fits() -> None:
    parameter = {"key": "p", "label": LABEL, "default": ["many"]}
    unused = wrong(parameters=[parameter])
    assert unused == [("parameters.0", "query.unused_parameter")]
    asked = wrong(parameters=[parameter], conditions=[sought("cost", "eq", parameter="p")])
    assert asked == [("conditions.0", "condition.value")]


def test_having_is_of_aggregates() -> None:
    rows = a_column("rows", aggregate="count")
    many = {"column": "rows", "operator": "gt", "value": ["1"]}
    assert wrong(rows, grouped=True, having=[many]) == []
    assert wrong(having=[{**many, "column": "name"}]) == [("having.0.column", "query.no_aggregate")]


@pytest.mark.parametrize("column", ["nothing", "phone", "client", "sum"])
def test_rows_are_in_the_order_of_what_has_one(column: str) -> None:
    columns = [a_column("phone", "phone", "client"), a_column("client", "client"),
               a_column("sum", expression="1 + 1")]  # fmt: skip
    found = wrong(*columns, joins=[TO_CLIENT], order=[{"column": column}])
    assert found == [("order.0.column", "validation.unknown_sort")]


@pytest.mark.parametrize(
    ("button", "place", "key"),
    [
        ({"do": "open", "source": "x"}, "source", "query.unknown_source"),
        ({"do": "call", "column": "name"}, "column", "query.no_phone"),
        ({"do": "query"}, "query", "validation.required"),
        ({"do": "query", "query": "q", "parameters": {"p": "x"}}, "parameters",
         "query.unknown_column"),
        ({"do": "open", "when": "name"}, "when", "expression.result"),
        ({"do": "open", "when": "nobody = 1"}, "when", "expression.unknown_field"),
    ],
)  # fmt: skip
def test_a_button_does_what_a_row_has(button: dict[str, Any], place: str, key: str) -> None:
    found = wrong(buttons=[{"key": "b", "label": LABEL, **button}])
    assert found == [(f"buttons.0.{place}", key)]


def test_a_group_has_no_record_to_open() -> None:
    buttons = [{"key": "b", "label": LABEL, "do": "open"}]
    found = wrong(a_column("rows", aggregate="count"), grouped=True, buttons=buttons)
    assert found == [("buttons.0.source", "query.unknown_source")]


def test_a_chart_draws_numbers() -> None:
    chart = {"type": "bar", "category": "x", "values": ["name"]}
    found = wrong(chart=chart)
    assert found == [("chart.category", "query.unknown_column"),
                     ("chart.values.0", "query.no_number")]  # fmt: skip


def test_something_is_shown() -> None:
    assert wrong(a_column("a", "name", hidden=True)) == [("columns", "query.nothing_shown")]


@pytest.mark.parametrize("field", ["worth", "secret"])
def test_rows_do_not_depend_on_what_is_kept_from_the_role(field: str) -> None:
    asked = {"joins": [TO_CLIENT], "conditions": [sought(field, "filled", source="client")]}
    assert kept("agent", **asked) == ["conditions.0"]
    assert kept("admin", **asked) == []
    grouped = [a_column("x", field, "client"), a_column("n", aggregate="count")]
    assert kept("agent", *grouped, joins=[TO_CLIENT], grouped=True) == ["columns.0"]


def test_no_role_follows_a_reference_that_it_does_not_see() -> None:
    join = {"key": "theirs", "how": "one", "by": "agent_client", "must": True}
    beyond = {"key": "beyond", "how": "back", "by": "client", "object": "job", "of": "theirs"}
    query = a_query(joins=[join, beyond])
    sources, _ = sources_of(query, DEFINITIONS)
    assert [*closed_to(sources, "agent")] == ["theirs", "beyond"]
    assert [*closed_to(sources, "admin")] == []
    assert kept("agent", joins=[join]) == ["joins.0"]
    named = [sought("name", "filled", source="beyond")]
    assert "conditions.0" in kept("agent", joins=[join, beyond], conditions=named)


KEYS = st.sampled_from(["", "a", "b", "client", "job", "part", "parts", "x"])
FIELDS = st.sampled_from(
    ["name", "client", "cost", "due", "owner", "parts", "level", "phone", "worth", "count", "job",
     "created_at", "created_by", "nothing"]
)  # fmt: skip
JOINS = st.lists(
    st.fixed_dictionaries(
        {
            "key": KEYS.filter(bool), "how": st.sampled_from(["one", "lines", "back"]),
            "by": FIELDS, "of": KEYS, "object": st.sampled_from([None, "client", "job", "part"]),
            "must": st.booleans(),
        }
    ),
    max_size=4,
)  # fmt: skip
COLUMNS = st.lists(
    st.fixed_dictionaries(
        {
            "key": KEYS.filter(bool), "label": st.just(LABEL), "source": KEYS,
            "field": st.none() | FIELDS,
            "expression": st.none() | st.sampled_from(["a + b", "a", "a & x", "(", "1"]),
            "aggregate": st.sampled_from(["", "", "count", "sum", "greatest"]),
            "by": st.sampled_from(["", "", "day", "hour"]), "total": st.sampled_from(["", "sum"]),
        }
    ),
    min_size=1, max_size=5,
)  # fmt: skip
CONDITIONS = st.lists(
    st.fixed_dictionaries(
        {
            "source": KEYS, "field": FIELDS,
            "operator": st.sampled_from(["eq", "empty", "between", "contains", "ge", "in"]),
            "value": st.lists(st.sampled_from(["", "1", "$me", "$today-3d", "x"]), max_size=3),
        }
    ),
    max_size=3,
)  # fmt: skip
DOCUMENTS = st.builds(
    lambda columns, joins, conditions, grouped, source: a_document(
        *columns, joins=joins, conditions=conditions, grouped=grouped, source=source
    ),
    COLUMNS, JOINS, CONDITIONS, st.booleans(), st.sampled_from(["client", "job", "part", "nobody"]),
)  # fmt: skip


@given(DOCUMENTS, st.sampled_from(["agent", "admin"]))
def test_no_document_is_too_strange_to_be_checked(document: dict[str, Any], role: str) -> None:
    query, _ = read(document)
    assert query is not None
    found = problems(query, DEFINITIONS)
    assert len({each.path for each in found}) == len(found)
    if not found:
        sources, _ = sources_of(query, DEFINITIONS)
        columns, none = columns_of(query, sources)
        assert none == []
        assert [*columns] == [each.key for each in query.columns]
        barred(query, sources, columns, role)

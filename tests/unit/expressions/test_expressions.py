"""Expressions: read, checked and worked out. The cases are the browser's as well."""

import json
import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.expressions import BadExpression, Kind, evaluate, infer, names_in, parse, tree
from callcenter.expressions.functions import FUNCTIONS

STORY = json.loads(Path(__file__).with_name("cases.json").read_text())
TREES = Path(__file__).with_name("trees.json")
KINDS = {key: Kind(field["kind"]) for key, field in STORY["fields"].items()}
READ = {
    Kind.NUMBER: Decimal,
    Kind.DATE: date.fromisoformat,
    Kind.DATETIME: datetime.fromisoformat,
}


def read(kind: str, value: Any) -> Any:
    return value if value is None else READ.get(Kind(kind), lambda same: same)(value)


VALUES = {key: read(field["kind"], field["value"]) for key, field in STORY["fields"].items()}


@pytest.mark.parametrize(("text", "kind", "value"), STORY["cases"])
def test_it_gives_what_it_says(text: str, kind: str, value: Any) -> None:
    node = parse(text)
    assert infer(node, KINDS) is Kind(kind)
    assert evaluate(node, VALUES) == read(kind, value)


def test_the_browser_works_on_the_same_trees() -> None:
    """After a new case: `CALLCENTER_GOLDEN=write pytest tests/unit/expressions`."""
    trees = {text: tree(parse(text)) for text, _, _ in STORY["cases"]}
    if os.environ.get("CALLCENTER_GOLDEN") == "write":
        TREES.write_text(json.dumps(trees, ensure_ascii=False, indent=1) + "\n")
    assert json.loads(TREES.read_text()) == trees


def test_every_function_has_a_case() -> None:
    text = " ".join(case[0] for case in STORY["cases"])
    assert [name for name in FUNCTIONS if f"{name}(" not in text] == []


@pytest.mark.parametrize(
    ("text", "key", "at"),
    [
        ("", "expression.incomplete", 0),
        ("price *", "expression.incomplete", 7),
        ("price price", "expression.unexpected", 6),
        ("price * * 2", "expression.unexpected", 8),
        ("(price", "expression.incomplete", 6),
        ("price)", "expression.unexpected", 5),
        ("1 = 2 = 3", "expression.unexpected", 6),
        ("price # 2", "expression.unreadable", 6),
        ("'open", "expression.unreadable", 0),
        ("__import__('os')", "expression.unknown_function", 0),
        ("price.__class__", "expression.unreadable", 5),
        ("open('/etc/passwd')", "expression.unknown_function", 0),
        ("min(1, )", "expression.unexpected", 7),
        ("round 2", "expression.unexpected", 6),
        ("and", "expression.unexpected", 0),
        ("not", "expression.incomplete", 3),
        ("1" * 1001, "expression.too_long", None),
        ("+".join("1" * 200), "expression.too_long", None),
        ("(" * 50 + "1" + ")" * 50, "expression.too_deep", 41),
        ("-" * 60 + "1", "expression.too_deep", 41),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, key: str, at: int | None) -> None:
    with pytest.raises(BadExpression) as told:
        parse(text)
    assert (told.value.key, told.value.at) == (key, at)


@pytest.mark.parametrize(
    ("text", "key", "at"),
    [
        ("price + name", "expression.kind", 8),
        ("name + 1", "expression.kind", 0),
        ("price = name", "expression.mixed", 6),
        ("paid > true", "expression.kind", 0),
        ("if(price, 1, 2)", "expression.kind", 3),
        ("if(paid, 1, 'a')", "expression.mixed", 0),
        ("not price", "expression.kind", 4),
        ("cost * 2", "expression.unknown_field", 0),
        ("phone = 'x'", "expression.unusable_field", 0),
        ("round(1, 2, 3)", "expression.arguments", 0),
        ("days(due)", "expression.arguments", 0),
        ("year(name)", "expression.kind", 5),
        ("min(due, began)", "expression.mixed", 0),
        ("bought < began", "expression.mixed", 7),
    ],
)
def test_what_cannot_work_is_told_before_it_runs(text: str, key: str, at: int) -> None:
    with pytest.raises(BadExpression) as told:
        infer(parse(text), {**KINDS, "phone": None})
    assert (told.value.key, told.value.at) == (key, at)


def test_the_fields_that_it_names_are_known() -> None:
    node = parse("if(paid, price, price * quantity) & 'name'")
    assert [name.key for name in names_in(node)] == ["paid", "price", "price", "quantity"]


def test_a_page_gets_it_as_a_tree() -> None:
    assert tree(parse("round(price * 1.10) & 'x'")) == {
        "call": "&",
        "of": [
            {"call": "round", "of": [
                {"call": "*", "of": [{"name": "price"}, {"number": "1.10"}]},
            ]},
            {"value": "x"},
        ],
    }  # fmt: skip


@given(st.text(alphabet="price name()+-*/&=<>'\"0123456789.,andornotif\\ \n", max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        node = parse(text)
        infer(node, KINDS)
    except BadExpression:
        return
    evaluate(node, VALUES)


@given(st.decimals(allow_nan=False, allow_infinity=False), st.decimals(allow_nan=False))
def test_no_number_is_too_much_for_it(left: Decimal, right: Decimal) -> None:
    if not right.is_finite():
        return
    for sign in "+-*/":
        value = evaluate(parse(f"round(a {sign} b, 2)"), {"a": left, "b": right})
        assert value is None or isinstance(value, Decimal)

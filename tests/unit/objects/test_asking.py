"""Filters: which are any, and what the words in them stand for."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import pytest

from callcenter.objects.asking import Asker, filtered_field, problem_of_filter
from callcenter.objects.schemas import Definition, read_definition
from tests.unit.objects.test_definitions import DOCUMENTS

ME, TEAM, OTHER = (UUID(int=number) for number in (1, 2, 3))
ASKER = Asker(ME, (TEAM, OTHER), date(2026, 11, 24))


@pytest.fixture(scope="module")
def order() -> Definition:
    return read_definition(DOCUMENTS["work_order"], 1)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"f.assignee": "$me"}, {"f.assignee": str(ME)}),
        ({"f.due_at.from": "$today"}, {"f.due_at.from": "2026-11-24"}),
        ({"f.due_at.to": "$today+30d"}, {"f.due_at.to": "2026-12-24"}),
        ({"f.due_at.from": "$today-24d"}, {"f.due_at.from": "2026-10-31"}),
        ({"f.status": "open,$me"}, {"f.status": "open,$me"}),
        ({"f.nothing": "$me"}, {"f.nothing": "$me"}),
    ],
)
def test_a_word_stands_for_who_asks_and_when(
    order: Definition, given: Mapping[str, str], meant: Mapping[str, str]
) -> None:
    assert ASKER.meant(order, given) == meant


def test_the_product_itself_is_nobody(order: Definition) -> None:
    assert Asker(None, (), date(2026, 11, 24)).meant(order, {"f.assignee": "$me"}) is None


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("f.assignee", "$me", None),
        ("f.due_at.from", "$today-7d", None),
        ("f.assignee", "$today", "validation.unknown_word"),
        ("f.due_at", "$me", "validation.unknown_word"),
        ("f.due_at.from", "$today-7w", "validation.unknown_word"),
        ("f.status", "", "validation.unknown_word"),
        ("f.nothing", "1", "validation.unknown_filter"),
        ("f.due_at.about", "1", "validation.unknown_filter"),
        ("assignee", "$me", "validation.unknown_filter"),
        ("f.result", "x", "validation.unknown_filter"),
    ],
)
def test_what_is_no_filter_is_said_when_it_is_laid_out(
    order: Definition, name: str, text: str, problem: str | None
) -> None:
    assert problem_of_filter(order, name, text) == problem


def test_masked_values_have_no_order_to_filter_by() -> None:
    customer = read_definition(DOCUMENTS["customer"], 1)
    assert filtered_field(customer, "f.phone") is not None
    assert filtered_field(customer, "f.phone.from") is None

"""Documents of queries: read with every fault of their form, and written as they were read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.queries.document import load, write
from callcenter.queries.schemas import QueryDocument, read
from tests.unit.queries.made import LABEL, a_column, a_document, a_query, sought

WORDS = st.text(max_size=5) | st.sampled_from(
    ["", "job", "client", "name", "count", "one", "lines", "back", "sum", "day", "eq", "open"]
)
NAMES = st.sampled_from(
    ["source", "joins", "columns", "conditions", "key", "label", "field", "operator", "value",
     "aggregate", "by", "how", "of", "order", "column", "chart", "grouped", "expression"]
)  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)


@given(ANYTHING)
def test_whatever_comes_is_a_query_or_has_faults_with_their_places(document: Any) -> None:
    query, wrong = read(document)
    assert (query is None) == bool(wrong)


def test_every_fault_is_told_at_its_place() -> None:
    _, wrong = read({"columns": [{"key": "A", "label": LABEL}, a_column("b", aggregate="most")]})
    assert {*wrong} == {"source", "columns.0.key", "columns.1.aggregate"}


def test_what_is_written_reads_as_it_was() -> None:
    query = a_query(
        a_column("name", "name"),
        a_column("twice", expression="1 + 1"),
        joins=[{"key": "client", "how": "one", "by": "client"}],
        conditions=[sought("cost", "between", parameter="cost")],
        parameters=[{"key": "cost", "label": LABEL, "default": ["1", "2"]}],
        order=[{"column": "name", "descending": True}],
        buttons=[{"key": "see", "label": LABEL, "do": "open"}],
        colors=[{"when": "true", "color": "danger"}],
        chart={"type": "bar", "category": "name", "values": ["twice"]},
    )
    assert load(QueryDocument().load(write(query))) == query


@pytest.mark.parametrize("page_size", [0, 4, 201])
def test_a_page_has_its_limits(page_size: int) -> None:
    _, wrong = read(a_document(page_size=page_size))
    assert [*wrong] == ["page_size"]

"""Statements: whatever is laid out, each object is read in one enterprise and by its own rules alone."""

from typing import Any, cast
from uuid import UUID

from hypothesis import given, settings
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables, _tenant_tables
from callcenter.core.tenant import Scope
from callcenter.objects import queries as tables
from callcenter.queries.checking import problems
from callcenter.queries.columns import columns_of
from callcenter.queries.compiling import Asking, Meant, Statement, fields_of, part
from callcenter.queries.conditions import Value
from callcenter.queries.document import Query
from callcenter.queries.schemas import read
from callcenter.queries.sources import sources_of
from tests.unit.queries.made import (
    DEFINITIONS,
    JOB,
    TO_CLIENT,
    TO_JOBS,
    TO_PARTS,
    a_column,
    a_query,
    sought,
)
from tests.unit.queries.test_checking import DOCUMENTS

OWN = UUID(int=1)


class _Session:
    """As much of one as `TenantTables` asks for."""

    info: dict[str, Any] = {"scope": Scope(OWN)}  # noqa: RUF012 - nobody writes it


def statement(query: Query, conditions: Meant = ()) -> Statement:
    sources, _ = sources_of(query, DEFINITIONS)
    columns, _ = columns_of(query, sources)
    asking = Asking(columns, "Asia/Shanghai", conditions, order=query.order)
    scoped = TenantTables(cast(Session, _Session()))
    parts = {}
    for key, fields in fields_of(sources, asking).items():
        definition = sources[key].definition
        rows = part(tables.table_of(definition, "e100001"), definition, fields)
        parts[key] = scoped.part(rows).subquery(f"s{len(parts)}")
    return Statement(query, sources, asking, parts)


def said(compiled: Any) -> str:
    return " ".join(str(compiled.compile(dialect=postgresql.dialect())).split())


@settings(max_examples=150)
@given(DOCUMENTS)
def test_no_document_reads_a_table_without_its_enterprise(document: dict[str, Any]) -> None:
    query, _ = read(document)
    assert query is not None
    if problems(query, DEFINITIONS):
        return
    made = statement(query)
    for select in (made.page(0, 20), made.counted(), made.uncounted(), made.summed()):
        if select is None:
            continue
        assert _tenant_tables(select) == []
        text = said(select)
        assert text.count("FROM e100001.") == text.count(".enterprise_id = ") > 0


def test_whom_a_reference_names_is_not_read_to_count() -> None:
    columns = [a_column("name", "name"), a_column("client", "name", "client")]
    made = statement(a_query(*columns, joins=[TO_CLIENT]))
    assert "e100001.client" in said(made.all())
    assert "e100001.client" not in said(made.counted())


def test_what_makes_more_or_fewer_rows_is_read_to_count() -> None:
    must = {**TO_CLIENT, "must": True}
    assert "e100001.client" in said(statement(a_query(joins=[must])).counted())
    assert "e100001.part" in said(statement(a_query(joins=[TO_PARTS])).counted())
    beyond = {**TO_JOBS, "of": "client", "key": "others"}
    counted = said(statement(a_query(joins=[TO_CLIENT, beyond])).counted())
    assert counted.count("e100001.job") > 1


def test_values_are_parameters() -> None:
    text = "x' or 1=1"
    query = a_query(conditions=[sought("name", "eq", text)])
    (condition,) = query.conditions
    made = statement(query, [(condition, JOB.by_key["name"], [Value(text)])])
    compiled = made.all().compile(dialect=postgresql.dialect())
    assert "1=1" not in str(compiled)
    assert any("1=1" in str(value) for value in compiled.params.values())


def test_a_step_of_time_is_taken_in_the_zone_of_who_asks() -> None:
    made = statement(a_query(a_column("when", "due", by="day"), grouped=True))
    assert "date_trunc('day', timezone('Asia/Shanghai'," in said(made.all())


def test_rows_in_the_order_of_an_index_end_with_age_and_id_in_its_direction() -> None:
    up = said(statement(a_query(order=[{"column": "name"}])).all())
    assert up.endswith("ORDER BY s0.f_name ASC, s0.created_at ASC, s0.id ASC")
    assert said(statement(a_query()).all()).endswith("ORDER BY s0.created_at DESC, s0.id DESC")

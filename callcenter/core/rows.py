"""Many rows by one statement a table.

They travel as one JSON text that PostgreSQL takes apart by the columns' types. The statement is the
same for any number of rows, so driver and server prepare it once, and a row costs neither of them a
statement of its own.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, Insert, Table, Update, bindparam, cast, column, func, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.sql.selectable import TableValuedAlias

from callcenter.core.db import SCOPED, ScopeViolation

Row = Mapping[str, Any]
"""Column → value; a column that a row does not name is NULL, or its plain default."""


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> set[Any]:
    """Insert those that are not there yet; their primary keys. For tables whose key is one column.

    Raises ScopeViolation in an enterprise's scope: nothing here stamps or filters rows.
    """
    if not rows:
        return set()
    names = tuple(sorted({name for row in rows for name in row}))
    defaults = {name: _default(table, name) for name in names}
    return set(_run(session, _insert(table, names), [defaults | {**row} for row in rows]).scalars())


def update_rows(session: Session, table: Table, names: Sequence[str], rows: Sequence[Row]) -> None:
    """Set `names` of each row that is there. Each row has its primary key as well."""
    _run(session, _update(table, tuple(names)), rows)


def _run(session: Session, statement: Insert | Update, rows: Sequence[Row]) -> Any:
    if not session.info["scope"].is_platform:
        raise ScopeViolation("many rows at once are written in the platform's scope only")
    text = orjson.dumps(rows).decode()
    return session.execute(statement, {"rows": text}, execution_options={SCOPED: True})


@cache
def _insert(table: Table, names: tuple[str, ...]) -> Insert:
    given = _given(table, names)
    return (
        postgresql.insert(table)
        .from_select(list(names), select(*(given.c[name] for name in names)))
        .on_conflict_do_nothing()
        .returning(*table.primary_key.columns)
    )


@cache
def _update(table: Table, names: tuple[str, ...]) -> Update:
    (key,) = table.primary_key.columns
    given = _given(table, (key.name, *names))
    values = {name: given.c[name] for name in names}
    return update(table).where(key == given.c[key.name]).values(values)


def _given(table: Table, names: tuple[str, ...]) -> TableValuedAlias:
    columns = [column(name, table.c[name].type) for name in names]
    rows = func.json_to_recordset(cast(bindparam("rows"), JSON))
    return rows.table_valued(*columns, name="given").render_derived(with_types=True)


def _default(table: Table, name: str) -> Any:
    default = table.c[name].default
    return default.arg if isinstance(default, ScalarElementColumnDefault) else None

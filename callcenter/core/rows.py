"""Many rows of the platform's own tables by one statement a table: what is there, stays."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table, Update, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from callcenter.core.db import SCOPED, ScopeViolation
from callcenter.core.rowsets import Row, insertion, parameters, rowset


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> set[Any]:
    """Insert those that are not there yet; their primary keys. For tables whose key is one column.

    A column that a row does not name is its plain default, or NULL.
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
    return session.execute(statement, parameters(rows), execution_options={SCOPED: True})


@cache
def _insert(table: Table, names: tuple[str, ...]) -> Insert:
    return insertion(table, names).on_conflict_do_nothing().returning(*table.primary_key.columns)


@cache
def _update(table: Table, names: tuple[str, ...]) -> Update:
    (key,) = table.primary_key.columns
    given = rowset(table, (key.name, *names))
    values = {name: given.c[name] for name in names}
    return update(table).where(key == given.c[key.name]).values(values)


def _default(table: Table, name: str) -> Any:
    default = table.c[name].default
    return default.arg if isinstance(default, ScalarElementColumnDefault) else None

"""The records of one version as the next one has them, a batch at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from callcenter.core.db import Database, TenantTables
from callcenter.core.directory import Directory
from callcenter.core.tenant import Scope
from callcenter.objects import queries
from callcenter.objects.errors import BadValue
from callcenter.objects.schemas import Definition
from callcenter.objects.service.converting import convert
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.pacing import Pace
from callcenter.objects.service.presenting import Held, hold
from callcenter.objects.service.reading import reading_of
from callcenter.objects.service.rows import columns
from callcenter.objects.service.settling import worked_out
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Reading
from callcenter.objects.types.formula import TYPE as FORMULA

BATCH = 1_000


@dataclass(frozen=True)
class Plan:
    """A draft, ready to be published.

    old: the version in force. fresh: columns that no version has. had_columns: of the fields that
    find values in their places, whether those lie in a column; else they lie in `extra`.
    """

    document: Mapping[str, Any]
    schema: str
    old: Definition | None
    new: Definition
    fresh: frozenset[str]
    had_columns: Mapping[str, bool]

    @property
    def table(self) -> Table:
        """With the columns of both versions."""
        return queries.table_of(self.new, self.schema, self.old)

    @property
    def retyped(self) -> list[tuple[Field, Field]]:
        """Old field, new field: whose values are converted."""
        old = self.old.by_key if self.old else {}
        pairs = [(old[field.key], field) for field in self.new.fields if field.key in old]
        moved = [(former, field) for former, field in pairs if former.place != field.place]
        # A formula's values are worked out anew, whatever they were.
        return [(former, field) for former, field in moved if field.type != FORMULA.key]

    @property
    def recomputed(self) -> bool:
        """Whether there are formulas whose values are not known yet, or no longer right."""
        old = self.old.by_key if self.old else {}
        formulas = [field for field in self.new.fields if field.type == FORMULA.key]
        fresh = any(
            (former := old.get(field.key)) is None or former.place != field.place
            for field in formulas
        )
        return fresh or (bool(formulas) and bool(self.retyped))

    @property
    def rewrites(self) -> bool:
        """Whether values move, or what a search looks through changes."""
        if self.old is None:
            return False
        moved = any(self.moves_to_column(field) for field in self.new.fields)
        searched = queries.searched_keys(self.old) != queries.searched_keys(self.new)
        return moved or searched or bool(self.retyped) or self.recomputed

    @property
    def indexes(self) -> int:
        """How many indexes are new."""
        new = {index.name for index in queries.table_of(self.new, self.schema).indexes}
        if self.old is None:
            return len(new)
        return len(new - {index.name for index in queries.table_of(self.old, self.schema).indexes})

    @property
    def passes(self) -> int:
        """How often all records are gone through: for losses, for rewriting, for each index."""
        return bool(self.old and self.retyped) + self.rewrites + self.indexes

    def moves_to_column(self, field: Field) -> bool:
        """Whether what it has in `extra` goes into a column."""
        return self.new.owns_column(field) and self.had_columns.get(field.key) is False


class Rewriting:
    def __init__(self, database: Database, directory: Directory, definitions: Definitions) -> None:
        self._database = database
        self._directory = directory
        self._definitions = definitions

    def reading(self, session: Session) -> Reading:
        return reading_of(session, self._directory, self._definitions)

    def all(self, scope: Scope, plan: Plan, pace: Pace) -> None:
        """Every record, a transaction a batch: nobody waits for more than one."""
        while True:
            with self._database.begin(scope) as session:
                batch = _batch(session, plan, plan.table, pace.last)
                if not batch:
                    return
                self._write(session, plan, batch)
            pace.rewrote(batch[-1].row.id, len(batch))

    def since(self, session: Session, plan: Plan, since: datetime) -> None:
        """Those that were changed from then on, in the caller's transaction."""
        last: UUID | None = None
        while batch := _batch(session, plan, plan.table, last, since):
            self._write(session, plan, batch)
            last = batch[-1].row.id

    def _write(self, session: Session, plan: Plan, batch: Sequence[Held]) -> None:
        """Only the rows that nobody has changed since they were read; the last step has those."""
        table, reading = plan.table, self.reading(session)
        rows = [_moved(plan, held, reading) for held in batch]
        statement = update(table).where(
            table.c.id == bindparam("of_id"), table.c.version == bindparam("of_version")
        )
        values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in rows[0]}
        given = [
            {f"to_{name}": value for name, value in row.items()}
            | {"of_id": held.row.id, "of_version": held.row.version}
            for row, held in zip(rows, batch, strict=True)
        ]
        TenantTables(session).execute_many(statement.values(values), given)


def _batch(
    session: Session, plan: Plan, table: Table, last: UUID | None, since: datetime | None = None
) -> list[Held]:
    """Records as the version in force has them."""
    if plan.old is None:
        return []
    rows = TenantTables(session).execute(queries.after(table, last, since, BATCH))
    return [hold(plan.old, row) for row in rows]


def each(session: Session, plan: Plan, table: Table, pace: Pace) -> Iterator[Held]:
    last: UUID | None = None
    while batch := _batch(session, plan, table, last):
        yield from batch
        last = batch[-1].row.id
        pace.went(len(batch))


def _moved(plan: Plan, held: Held, reading: Reading) -> dict[str, Any]:
    """What is written into the row: all that the new version has elsewhere."""
    whole = columns(plan.new, _converted(plan, held, reading))
    # Until the version is in force, everybody reads what was in `extra` before.
    written = {
        "extra": {**held.row.extra, **whole["extra"]},
        "search_text": whole["search_text"],
    }
    retyped = {new.key for _, new in plan.retyped}
    for field in plan.new.fields:
        if not plan.new.owns_column(field):
            continue
        computed = plan.recomputed and field.type == FORMULA.key
        if computed or field.key in retyped or plan.moves_to_column(field):
            name = queries.column_of(field)
            written[name] = whole[name]
    return written


def _converted(plan: Plan, held: Held, reading: Reading) -> dict[str, Any]:
    """A value that does not convert is left where it was.

    The field then has what it had when it was of that type before, which is nothing for most.
    """
    there = {field.key: _found(plan, field, held.row) for field in plan.new.fields}
    kept = {key: value for key, value in held.values.items() if key in there}
    values = {**there, **kept}
    for old, new in plan.retyped:
        try:
            value = convert(old, new, held.values[old.key], reading)
        except BadValue:
            value = None
        values[new.key] = there[new.key] if value is None else value
    return {**values, **worked_out(plan.new, values)}


def _found(plan: Plan, field: Field, row: Any) -> Any:
    """What lies in the field's place."""
    if plan.had_columns.get(field.key):
        return row._mapping[queries.column_of(field)]  # noqa: SLF001 - its public name
    return type_of(field).hold(row.extra.get(field.place))

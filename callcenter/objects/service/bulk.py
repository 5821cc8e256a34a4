"""Many records at once: added in order, or changed, each with its line in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.ids import new_id
from callcenter.objects import queries
from callcenter.objects.schemas import Definition
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import Held, enterprise_of, schema_of
from callcenter.objects.service.rows import actor_id, columns, new_columns
from callcenter.objects.service.serials import next_numbers
from callcenter.objects.types.base import Field
from callcenter.objects.types.serial import period


@dataclass(frozen=True, slots=True)
class NewRow:
    """A record to load: values as entered, and when and by whom it was made."""

    values: Mapping[str, Any]
    made_at: datetime
    made_by: UUID | None = None
    call_id: UUID | None = None


Given = tuple[NewRow, dict[str, Any]]
"""A record to load, and its values as they will lie in the table."""

Changed = tuple[Held, Mapping[str, Any]]
"""A record as it is, locked, and its values that change."""


class Bulk:
    """Writes rows whose values have been read; the log of changes is the caller's."""

    def __init__(self, directory: Directory, definitions: Definitions, clock: Clock) -> None:
        self._directory = directory
        self._definitions = definitions
        self._clock = clock

    def add(self, session: Session, definition: Definition, given: Sequence[Given]) -> list[UUID]:
        """Add records in order, numbered in order; their ids."""
        made = self.made(session, definition, given)
        self.insert(session, definition, made)
        return [row["id"] for row in made]

    def made(
        self, session: Session, definition: Definition, given: Sequence[Given]
    ) -> list[dict[str, Any]]:
        """New records as their table takes them, numbered in order; not in it yet."""
        self._number(session, definition, given)
        return [
            {
                "id": new_id(row.made_at) if definition.monthly else new_id(),
                "version": 1,
                "call_id": row.call_id,
                "created_at": row.made_at,
                "created_by": row.made_by,
                "updated_at": row.made_at,
                "updated_by": row.made_by,
                **new_columns(definition, held),
            }
            for row, held in given
        ]

    def insert(
        self, session: Session, definition: Definition, made: Sequence[Mapping[str, Any]]
    ) -> None:
        if made:
            TenantTables(session).insert_all(self._table(session, definition), made)

    def change(self, session: Session, definition: Definition, changed: Sequence[Changed]) -> None:
        """Change records that the transaction has locked."""
        rows = [
            {
                "version": current.row.version + 1,
                "updated_at": self._clock.now(),
                "updated_by": actor_id(session),
                **columns(definition, {**current.values, **values}, current.row.extra),
            }
            for current, values in changed
        ]
        if not rows:
            return
        table = self._table(session, definition)
        values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in rows[0]}
        statement = update(table).where(table.c.id == bindparam("of_id")).values(values)
        given = [
            {f"to_{name}": value for name, value in row.items()} | {"of_id": current.row.id}
            for row, (current, _) in zip(rows, changed, strict=True)
        ]
        TenantTables(session).execute_many(statement, given)

    def _table(self, session: Session, definition: Definition) -> Table:
        return queries.table_of(definition, schema_of(session, self._directory))

    def _number(self, session: Session, definition: Definition, given: Sequence[Given]) -> None:
        object_id = self._definitions.id_of(session, definition)
        zone = enterprise_of(session, self._directory).zone
        for field in definition.serials:
            rule = field.setting("rule")
            local = [row.made_at.astimezone(zone) for row, _ in given]
            for _, places in groupby(
                range(len(given)), key=lambda place: period(rule, local[place])
            ):
                run = [*places]
                numbers = next_numbers(session, object_id, field.key, rule, local[run[0]], len(run))
                for place, number in zip(run, numbers, strict=True):
                    given[place][1][field.key] = number


def violated(definition: Definition, error: Exception) -> Field | None:
    """The field that may have a value once only, by what PostgreSQL refused."""
    diagnosis = getattr(getattr(error, "orig", None), "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    unique = (field for field in definition.fields if field.unique or field.type == "serial")
    return next((f for f in unique if queries.unique_index(definition, f) == name), None)

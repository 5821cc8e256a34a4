"""Records that belong to another record: its lines, read, written and deleted along with it.

Each line is written as any record of its object is, so its object's rights, checks, log and events
hold; the version of the record that they belong to stands for all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import Invalid, NotFound, Stale
from callcenter.core.i18n import caption
from callcenter.objects import queries
from callcenter.objects.errors import Refused
from callcenter.objects.schemas import Definition
from callcenter.objects.service.presenting import Held, hold, locale_of
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field
from callcenter.objects.types.details import MOST

if TYPE_CHECKING:
    from callcenter.objects.service.records import Records

NUMBERS = ("integer", "decimal", "money", "formula")
"""What can be added up below the lines."""

_TOLD = ("key", "title", "values", "display", "masked", "may", "version")

Lines = Sequence[Mapping[str, Any]]
"""As `types.details` reads them: id (None for a new one), version, and the values given."""


@dataclass(slots=True)
class Written:
    """Ids of lines by what became of them; nothing, where nothing did."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def told(self) -> dict[str, list[str]]:
        acts = {"added": self.added, "changed": self.changed, "removed": self.removed}
        return {act: ids for act, ids in acts.items() if ids}


@dataclass(frozen=True, slots=True)
class Kind:
    """What lines of one field are. by: the field that names the record they belong to."""

    field: Field
    definition: Definition
    by: Field
    order: Field | None
    table: Table


class Details:
    def __init__(self, records: "Records") -> None:
        self._records = records

    def of(
        self, session: Session, definition: Definition, record_id: UUID
    ) -> dict[str, list[dict[str, Any]]]:
        """Every field's lines as the actor sees them: those that he reaches, in their order."""
        return {
            one.field.key: [_answer(line) for line in self._shown(session, one, record_id)]
            for one in self._kinds(session, definition)
        }

    def write(
        self, session: Session, definition: Definition, record_id: UUID, given: Mapping[str, Lines]
    ) -> dict[str, dict[str, list[str]]]:
        """What became of them, by field. Raises Stale, Invalid by `<field>.<place>.<its field>`.

        Refused where a trigger has refused one of them.
        """
        told: dict[str, dict[str, list[str]]] = {}
        kinds = {one.field.key: one for one in self._kinds(session, definition)} if given else {}
        gone = caption("validation.bad_details", locale_of(session))
        wrong = {key: [gone] for key in given if key not in kinds}
        refused: Refused | None = None
        for key, one in kinds.items():
            if key not in given:
                continue
            written = Written()
            for place, fault in self._write(session, one, record_id, given[key], written):
                wrong |= {f"{key}.{place}.{name}": said for name, said in fault.fields.items()}
                refused = refused or (fault if isinstance(fault, Refused) else None)
            if written.told():
                told[key] = written.told()
        if refused:
            raise Refused(refused.refusal, refused.details["message"], wrong)
        if wrong:
            raise Invalid(fields=wrong)
        return told

    def objects(self, session: Session, definition: Definition) -> list[Definition]:
        """Those whose records belong to records of this one."""
        return [one.definition for one in self._kinds(session, definition)]

    def belonging(
        self,
        session: Session,
        definition: Definition,
        record_ids: Sequence[UUID],
        deleted_at: datetime | None = None,
    ) -> Iterator[tuple[Kind, list[Held]]]:
        """The lines of these records whoever reaches them, locked: those in use, or those deleted then."""
        for each in definition.details:
            # Whoever asks writes them, as any record by the definition that stays.
            self._records.hold_in_force(session, each.setting("details")["object"])
        for one in self._kinds(session, definition):
            start = queries.binned(one.table) if deleted_at else queries.alive(one.table)
            query = start.where(one.table.c[queries.column_of(one.by)].in_(record_ids))
            if deleted_at:
                query = query.where(one.table.c.deleted_at == deleted_at)
            rows = TenantTables(session).execute(query.order_by(one.table.c.id).with_for_update())
            if found := [hold(one.definition, row) for row in rows]:
                yield one, found

    def _kinds(self, session: Session, definition: Definition) -> Iterator[Kind]:
        """Without those whose object is not what the field takes it for any more."""
        for each in definition.details:
            settings = each.setting("details")
            try:
                target = self._records.definitions.get(session, settings["object"])
            except NotFound:
                continue
            by = target.by_key.get(settings["by"])
            if by is None or by.refers_to != definition.identifier:
                continue
            order = target.by_key.get(settings.get("order", ""))
            yield Kind(each, target, by, order, self._records.table(session, target))

    def _shown(self, session: Session, one: Kind, record_id: UUID) -> list[dict[str, Any]]:
        column = one.table.c[queries.column_of(one.by)]
        query = queries.alive(one.table).where(column == record_id)
        found = self._records.seen(session, one.definition, query.order_by(one.table.c.id), MOST)
        if one.order is not None:
            found.sort(key=lambda pair: _place(pair[0].values[one.order.key]))  # type: ignore[union-attr]
        return [shown for _, shown in found]

    def _write(
        self, session: Session, one: Kind, record_id: UUID, lines: Lines, written: Written
    ) -> Iterator[tuple[int, Invalid]]:
        """Yields the faults of each line, by its place."""
        there = {line["id"]: line for line in self._shown(session, one, record_id)}
        identifier = one.definition.identifier
        for line_id in there.keys() - {line["id"] for line in lines}:
            self._records.delete(session, identifier, line_id, there[line_id]["version"])
            written.removed.append(str(line_id))
        for place, line in enumerate(lines):
            try:
                self._line(session, one, record_id, place, line, there, written)
            except Invalid as fault:
                yield place, fault

    def _line(
        self,
        session: Session,
        one: Kind,
        record_id: UUID,
        place: int,
        line: Mapping[str, Any],
        there: Mapping[UUID, Mapping[str, Any]],
        written: Written,
    ) -> None:
        identifier, by = one.definition.identifier, one.by.key
        # Whose line it is, is said by where it stands.
        values = {key: value for key, value in line["values"].items() if key != by}
        order = {one.order.key: place + 1} if one.order else {}
        if line["id"] is None:
            supplied = {by: str(record_id), **order}
            values = {key: value for key, value in values.items() if key not in order}
            made = self._records.create(session, identifier, values, supplied=supplied)
            written.added.append(str(made["id"]))
            return
        known = there.get(line["id"])
        if known is None:
            unknown = caption("validation.unknown_id", locale_of(session))
            raise Invalid(fields={"_": [unknown]})
        values = {key: value for key, value in values.items() if known["values"].get(key) != value}
        if values and line["version"] != known["version"]:
            raise Stale
        saved = self._records.update(
            session, identifier, line["id"], values, known["version"], supplied=order
        )
        if saved["version"] != known["version"]:
            written.changed.append(str(line["id"]))


def _answer(line: Mapping[str, Any]) -> dict[str, Any]:
    """In JSON types: among a record's values nothing else is told of its lines."""
    return {name: line[name] for name in _TOLD} | {"id": str(line["id"])}


def misfit(settings: Mapping[str, Any], target: Definition, identifier: str) -> str | None:
    """Why records of `target` cannot be lines of those of `identifier`: a caption."""
    fields = target.by_key
    by = fields.get(settings.get("by", ""))
    if by is None or by.refers_to != identifier:
        return "validation.bad_details"
    if not target.is_indexed(by):
        # Else whoever opens a record reads all lines that there are.
        return "validation.details_not_found"
    order, total = (fields.get(settings.get(name, "")) for name in ("order", "sum"))
    fits = (
        ("order" not in settings or (order is not None and order.type == "integer"))
        and ("sum" not in settings or (total is not None and total.type in NUMBERS))
        and all(
            key in fields and not type_of(fields[key]).apart for key in settings.get("columns", ())
        )
    )
    return None if fits else "validation.bad_details"


def _place(order: Any) -> tuple[bool, Any]:
    """Lines that have no place yet come last."""
    return order is None, order

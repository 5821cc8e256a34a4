"""Records: made, read, listed, changed and deleted by their definition.

Every method works in the caller's transaction and scope. What it writes (row, log, audit, event)
stands or falls together.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, false, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.objects import queries
from callcenter.objects.asking import Asker
from callcenter.objects.schemas import Definition
from callcenter.objects.service.bell import Bell
from callcenter.objects.service.bulk import Bulk, NewRow, violated
from callcenter.objects.service.changes import ChangeLog
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.details import Details, Lines
from callcenter.objects.service.field_files import hand_over
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.means import Means
from callcenter.objects.service.merged import survivors
from callcenter.objects.service.presenting import Held, hold, role_of, unmasked, viewer
from callcenter.objects.service.reading import Reader
from callcenter.objects.service.rows import actor_id, columns
from callcenter.objects.service.seeing import clear_to, seen_by
from callcenter.objects.service.serials import next_numbers
from callcenter.objects.service.totals import summed, totals
from callcenter.objects.types.base import Field


class _Unchanged(Exception):
    """Lines that were sent are as they were."""


class Records(Lookups):
    def __init__(self, means: Means) -> None:
        super().__init__(means.directory, means.definitions, means.handled, means.rows)
        self._audit, self._outbox, self._clock = means.audit, means.outbox, means.clock
        self._bulk = Bulk(means.directory, means.definitions, means.clock)
        self._changes = ChangeLog(self._presenter, means.audit, means.outbox, means.clock)
        self._bell = Bell(means.directory, means.outbox, means.clock)
        self._details = Details(self)

    @property
    def definitions(self) -> Definitions:
        return self._definitions

    def sought(self, session: Session, definition: Definition, field: Field, text: str) -> Any:
        """The value that a text means where records are looked for by it; raises Invalid."""
        return self._reader(session, definition).filter_value(field, field.key, text)

    def create(
        self,
        session: Session,
        identifier: str,
        given: Mapping[str, Any],
        call_id: UUID | None = None,
        customer_id: UUID | None = None,
        supplied: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Raises NotFound (object), Forbidden, Invalid with a message for every wrong field.

        supplied: values of the product's own, also for fields that the actor may not write.
        """
        definition = self._written(session, identifier, "create")
        customer, supplied = definition.linked("customer"), dict(supplied or {})
        if customer and customer_id and not given.get(customer.key):
            # Whom a call is from, the call says; without one it is the actor's to say.
            if call_id is not None:
                supplied[customer.key] = str(customer_id)
            else:
                given = {**given, customer.key: str(customer_id)}
        held = self._reader(session, definition).new(given, supplied)
        lines = _taken(definition, held)
        now = self._clock.now()
        record_id = new_id(now) if definition.monthly else new_id()
        local = now.astimezone(self._enterprise(session).zone)
        object_id = self._definitions.id_of(session, definition)
        for field in definition.serials:
            rule = field.setting("rule")
            held[field.key] = next_numbers(session, object_id, field.key, rule, local)[0]
        row = {
            "id": record_id,
            "version": 1,
            "call_id": call_id,
            "created_at": now,
            "created_by": actor_id(session),
            "updated_at": now,
            "updated_by": actor_id(session),
            **columns(definition, held),
        }
        table = self._table(session, definition)
        self._write(session, definition, insert(table), row)
        hand_over(session, definition, record_id, {}, held, now)
        entered = {key: given for key, given in lines.items() if given}
        told = self._details.write(session, definition, record_id, entered)
        details = {"lines": told} if told else None
        self._changes.write(session, definition, object_id, record_id, "create", {}, held, details)
        self._bell.assigned(session, definition, record_id, held, held)
        return self._written_record(session, definition, record_id)

    def read(self, session: Session, identifier: str, record_id: UUID) -> dict[str, Any]:
        """Raises NotFound, also for a record that is out of reach, or of another enterprise.

        Of a record that was merged its details name the survivor: {"merged_into": id}.
        """
        definition = self._definition(session, identifier, "read")
        try:
            held = self._look_at(session, definition, record_id)
        except NotFound as error:
            raise NotFound(self._whereabouts(session, definition, record_id)) from error
        return self._whole(session, definition, held)

    def page(
        self,
        session: Session,
        identifier: str,
        request: PageRequest,
        filters: Mapping[str, str],
        keys: Collection[str] = (),
    ) -> Page:
        """A page of records; filters as in `queries.filtered`. Raises Invalid.

        keys: of the fields whose values are asked for; none: of all. What the answer needs of
        itself (names, whose a record is) is there as well.
        """
        definition = self._definition(session, identifier, "read")
        table = self._table(session, definition)
        query = self.selection(session, definition, request, filters)
        tables = TenantTables(session)
        total = tables.execute(queries.counted(query)).scalar_one()
        order = queries.order_of(table, clear_to(definition, role_of(session)), request)
        if keys:
            definition = definition.only({*keys, *definition.naming, *definition.links.values()})
            query = queries.narrowed(query, table, definition)
        rows = _page(tables, query, table, order, request)
        items = self._presenter.show(session, definition, [hold(definition, row) for row in rows])
        return Page(items, total, request.page, request.page_size)

    def totals(
        self,
        session: Session,
        identifier: str,
        request: PageRequest,
        filters: Mapping[str, str],
        keys: Sequence[str],
    ) -> dict[str, Any]:
        """What the numbers of these fields come to in all records of the list. Raises Invalid."""
        definition = self._definition(session, identifier, "read")
        fields = summed(clear_to(definition, role_of(session)), keys)
        query = self.selection(session, definition, request, filters)
        found = queries.totalled(query, self._table(session, definition), definition, fields)
        return totals(fields, TenantTables(session).execute(found).one())

    def part(
        self, session: Session, identifier: str, filters: Mapping[str, str], column: str
    ) -> Select[Any]:
        """What stands in a column of the records of a list, for the condition of another statement.

        column: `id` or `call_id`. Raises NotFound, Forbidden, Invalid.
        """
        definition = self._definition(session, identifier, "read")
        query = self.selection(session, definition, PageRequest(), filters)
        found = self._table(session, definition).c[column]
        query = query.with_only_columns(found).where(found.is_not(None)).correlate(None)
        return TenantTables(session).part(query)  # type: ignore[no-any-return]

    def selection(
        self,
        session: Session,
        definition: Definition,
        request: PageRequest,
        filters: Mapping[str, str],
        act: str = "read",
    ) -> Select[Any]:
        """The records that a list shows on all its pages, in no order. Raises Invalid.

        act: of those alone that the actor reaches by it.
        """
        table = self._table(session, definition)
        reader = self._reader(session, definition)
        clear = clear_to(definition, role_of(session))
        query = self._within(session, queries.alive(table), definition, act)
        meant = self._asker(session).meant(clear, filters)
        if meant is None:
            query, meant = query.where(false()), {}
        query = queries.filtered(query, table, clear, meant, reader.filter_value)
        return queries.searched(
            query,
            table,
            clear,
            queries.restricted_parts(definition),
            request.q,
            self._enterprise(session).area_code,
            unmasked=unmasked(session),
        )

    def update(
        self,
        session: Session,
        identifier: str,
        record_id: UUID,
        given: Mapping[str, Any],
        version: int,
        supplied: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Change the given fields; raises Stale when the record is no longer at `version`.

        supplied: values of the product's own, also for fields that the actor may not write.
        The answer is the record as it is then, though it may have left the actor's reach.
        """
        definition = self._written(session, identifier, "edit")
        current = self._find(session, definition, record_id)
        self._reaching.check(session, definition, current, "edit")
        if current.row.version != version:
            raise Stale
        current = self._with_lines(session, definition, current)
        changes = self._reader(session, definition).changes(given, current, supplied)
        lines = _taken(definition, changes)
        if not changes and not lines:
            return self._written_record(session, definition, record_id)
        if not lines:
            self._save(session, definition, current, changes, {})
        else:
            with suppress(_Unchanged), session.begin_nested():
                self._save(session, definition, current, changes, lines)
        return self._written_record(session, definition, record_id)

    def _save(
        self,
        session: Session,
        definition: Definition,
        current: Held,
        changes: Mapping[str, Any],
        lines: Mapping[str, Lines],
    ) -> None:
        """Raises _Unchanged when it comes to nothing, so that the version stays as it was."""
        held = {**current.values, **changes}
        # The record first: whoever saves it at the same time waits here, and is told.
        self._replace(session, definition, current, columns(definition, held, current.row.extra))
        hand_over(session, definition, current.row.id, current.values, held, self._clock.now())
        told = self._details.write(session, definition, current.row.id, lines)
        if not changes and not told:
            raise _Unchanged
        self._changes.write(
            session,
            definition,
            self._definitions.id_of(session, definition),
            current.row.id,
            "update",
            {key: current.values[key] for key in changes},
            changes,
            {"lines": told} if told else None,
        )
        self._bell.assigned(session, definition, current.row.id, held, changes)

    def delete(self, session: Session, identifier: str, record_id: UUID, version: int) -> None:
        """Take a record out of use with its lines; rows and logs stay.

        Raises NotFound, Forbidden, Stale.
        """
        definition = self._written(session, identifier, "delete")
        current = self._find(session, definition, record_id)
        self._reaching.check(session, definition, current, "delete")
        if current.row.version != version:
            raise Stale
        now = self._clock.now()
        self._delete(session, definition, current, now)
        self._delete_lines(session, definition, record_id, now)

    def changes(
        self,
        session: Session,
        identifier: str,
        record_id: UUID,
        request: PageRequest,
        filters: Mapping[str, Any],
    ) -> Page:
        """The record's history, the newest first, with values as text. Raises Invalid."""
        definition = self._definition(session, identifier, "read")
        self._look_at(session, definition, record_id)
        return self._changes.page(session, definition, record_id, request, filters)

    def load(self, session: Session, identifier: str, rows: Sequence[NewRow]) -> list[UUID]:
        """Add many records at once, in order: for imports and demonstrations.

        Values are read as a person's would be; one entry in the audit log stands for all. Raises
        Invalid for the first row with a fault.
        """
        definition = self._written(session, identifier, "create")
        reader = self._reader(session, definition)
        object_id = self._definitions.id_of(session, definition)
        ids = self._bulk.add(session, definition, [(row, reader.new(row.values)) for row in rows])
        self._changes.loaded(session, definition, object_id, len(ids))
        return ids

    def customer_of(self, session: Session, identifier: str, record_id: UUID) -> UUID | None:
        """The customer that a record names, whatever the actor sees of it."""
        definition = self._definitions.get(session, identifier)
        customer = definition.linked("customer")
        query = queries.by_id(self._table(session, definition), record_id)
        if customer is None or customer.type != "reference":
            return None
        found: UUID | None = self._one(session, definition, query).values[customer.key]
        return found

    def hold_in_force(self, session: Session, identifier: str) -> None:
        """No other version of the object comes into force before the transaction ends."""
        schema = queries.schema_of(self._enterprise(session).code)
        session.execute(queries.writing_lock(schema, identifier)[0])

    def table(self, session: Session, definition: Definition) -> Table:
        return self._table(session, definition)

    def seen(
        self, session: Session, definition: Definition, query: Select[Any], most: int
    ) -> list[tuple[Held, dict[str, Any]]]:
        """What of these records the actor reaches, as they lie and as he sees them."""
        if not self._may(session, definition, "read"):
            return []
        rows = TenantTables(session).execute(self._within(session, query, definition).limit(most))
        held = [hold(definition, row) for row in rows]
        return [*zip(held, self._presenter.show(session, definition, held), strict=True)]

    def _whole(self, session: Session, definition: Definition, held: Held) -> dict[str, Any]:
        """A record that is shown alone has its lines with it."""
        shown = self._presenter.show(session, definition, [held])[0]
        lines = self._details.of(session, definition, held.row.id)
        clear = clear_to(definition, role_of(session)).by_key
        values = shown["values"] | {key: found for key, found in lines.items() if key in clear}
        return {**shown, "values": values}

    def _with_lines(self, session: Session, definition: Definition, current: Held) -> Held:
        """With the lines among its values, as its form has them: to be asked whether there are any."""
        lines = self._details.of(session, definition, current.row.id)
        return Held(current.row, {**current.values, **{k: v or None for k, v in lines.items()}})

    def _delete(
        self,
        session: Session,
        definition: Definition,
        current: Held,
        now: datetime,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self._replace(session, definition, current, {"deleted_at": now})
        object_id = self._definitions.id_of(session, definition)
        self._changes.write(
            session, definition, object_id, current.row.id, "delete", current.values, {}, details
        )

    def _delete_lines(
        self, session: Session, definition: Definition, record_id: UUID, now: datetime
    ) -> None:
        """Whoever may delete a record takes its lines along; by their moment they come back with it."""
        for kind, lines in self._details.belonging(session, definition, [record_id]):
            for line in lines:
                self._delete(session, kind.definition, line, now, {"with": str(record_id)})
                self._delete_lines(session, kind.definition, line.row.id, now)

    def _whereabouts(
        self, session: Session, definition: Definition, record_id: UUID
    ) -> dict[str, str]:
        """Where to find a record that was merged; nothing to whom that one is out of reach."""
        survivor = survivors(session, [record_id]).get(record_id)
        try:
            found = self._find(session, definition, survivor) if survivor else None
        except NotFound:
            return {}
        return {"merged_into": str(found.row.id)} if found else {}

    def _written_record(
        self, session: Session, definition: Definition, record_id: UUID
    ) -> dict[str, Any]:
        query = queries.by_id(self._table(session, definition), record_id)
        return self._whole(session, definition, self._one(session, definition, query))

    def _written(self, session: Session, identifier: str, act: str) -> Definition:
        """The definition in force, which stays so until the transaction ends."""
        self.hold_in_force(session, identifier)
        return self._definition(session, identifier, act)

    def _replace(
        self, session: Session, definition: Definition, current: Held, values: Mapping[str, Any]
    ) -> None:
        """Only what differs is written: of hundreds of columns each takes time."""
        table, there = self._table(session, definition), current.row._mapping  # noqa: SLF001 - its public name
        statement = (
            update(table)
            .where(queries.this(table, current.row.id), table.c.version == current.row.version)
            .values(
                version=current.row.version + 1,
                updated_at=self._clock.now(),
                updated_by=actor_id(session),
                **{name: value for name, value in values.items() if there[name] != value},
            )
        )
        if self._write(session, definition, statement).rowcount == 0:
            raise Stale

    @staticmethod
    def _write(
        session: Session, definition: Definition, statement: Any, row: dict[str, Any] | None = None
    ) -> Any:
        tables = TenantTables(session)
        try:
            with session.begin_nested():
                return tables.insert(statement, row) if row else tables.execute(statement)
        except IntegrityError as error:
            if (field := violated(seen_by(definition, role_of(session)), error)) is None:
                raise
            raise Invalid(fields={field.key: ["validation.not_unique"]}) from error

    def _asker(self, session: Session) -> Asker:
        actor = viewer(session)
        user_id, team_ids = (actor.person_id, actor.team_ids) if actor else (None, ())
        today = self._clock.now().astimezone(self._enterprise(session).zone).date()
        return Asker(user_id, team_ids, today)

    def _reader(self, session: Session, definition: Definition) -> Reader:
        return Reader(
            session, definition, self._directory, self._definitions, self._reaching, self._clock
        )


def _taken(definition: Definition, held: dict[str, Any]) -> dict[str, Lines]:
    """The lines among the values that were read, taken out: they lie elsewhere."""
    there = [field.key for field in definition.details if field.key in held]
    return {key: held.pop(key) or [] for key in there}


def _page(
    tables: TenantTables,
    query: Select[Any],
    table: Table,
    order: queries.Order,
    request: PageRequest,
) -> list[Any]:
    offset, most = (request.page - 1) * request.page_size, request.page_size
    rows = [*tables.execute(queries.page_of(query, table, order, offset, most))]
    if len(rows) == most or not (order.descending and order.has_gaps):
        return rows
    if not rows and offset:
        # Beyond the records that have a value: how many those are says where we are.
        filled = query.where(order.column.is_not(None))
        offset -= tables.execute(queries.counted(filled)).scalar_one()
    else:
        offset = 0
    gaps = queries.gaps_of(query, table, order).offset(offset).limit(most - len(rows))
    return [*rows, *tables.execute(gaps)]

"""Records: made, read, listed, changed and deleted by their definition.

Every method works in the caller's transaction and scope. What it writes (row, log, audit, event)
stands or falls together.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory, EnterpriseCard
from callcenter.core.errors import Forbidden, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.numbers import Number
from callcenter.objects import queries
from callcenter.objects.models import RecordChange, SerialNumber
from callcenter.objects.schemas import Definition, Kind
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import Held, Presenter, hold, unmasked, viewer
from callcenter.objects.service.reading import Reader
from callcenter.objects.types import type_of
from callcenter.objects.types.serial import period, render


class Records:
    def __init__(
        self,
        directory: Directory,
        definitions: Definitions,
        audit: Audit,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._directory = directory
        self._definitions = definitions
        self._presenter = Presenter(directory, definitions)
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    @property
    def definitions(self) -> Definitions:
        return self._definitions

    def create(
        self,
        session: Session,
        identifier: str,
        given: Mapping[str, Any],
        call_id: UUID | None = None,
        customer_id: UUID | None = None,
    ) -> dict[str, Any]:
        """Raises NotFound (object), Forbidden, Invalid with a message for every wrong field."""
        definition = self._definition(session, identifier, "create")
        customer = definition.linked("customer")
        if customer and customer_id and not given.get(customer.key):
            given = {**given, customer.key: str(customer_id)}
        held = self._reader(session, definition).new(given)
        record_id, now = new_id(), self._clock.now()
        object_id = self._definitions.object_id(session, identifier)
        for field in definition.serials:
            held[field.key] = self._number(session, object_id, field.key, field.setting("rule"))
        row = {
            "id": record_id,
            "version": 1,
            "call_id": call_id,
            "created_at": now,
            "created_by": _actor_id(session),
            "updated_at": now,
            "updated_by": _actor_id(session),
            **_columns(definition, held),
        }
        table = self._table(session, definition)
        self._write(session, definition, insert(table), row)
        self._log(session, definition, object_id, record_id, "create", {}, held)
        return self.read(session, identifier, record_id)

    def read(self, session: Session, identifier: str, record_id: UUID) -> dict[str, Any]:
        """Raises NotFound, also for a record of another enterprise."""
        definition = self._definition(session, identifier, "read")
        held = self._find(session, definition, record_id)
        return self._presenter.show(session, definition, [held])[0]

    def page(
        self,
        session: Session,
        identifier: str,
        request: PageRequest,
        filters: Mapping[str, str],
    ) -> Page:
        """A page of records; filters as in `queries.filtered`. Raises Invalid."""
        definition = self._definition(session, identifier, "read")
        table = self._table(session, definition)
        reader = self._reader(session, definition)
        query = queries.filtered(
            queries.alive(table), table, definition, filters, reader.filter_value
        )
        query = queries.searched(
            query,
            table,
            definition,
            request.q,
            self._enterprise(session).area_code,
            unmasked=unmasked(session),
        )
        tables = TenantTables(session)
        total = tables.execute(queries.counted(query, table)).scalar_one()
        rows = tables.execute(queries.ordered(query, table, definition, request)).all()
        items = self._presenter.show(session, definition, [hold(definition, row) for row in rows])
        return Page(items, total, request.page, request.page_size)

    def update(
        self,
        session: Session,
        identifier: str,
        record_id: UUID,
        given: Mapping[str, Any],
        version: int,
    ) -> dict[str, Any]:
        """Change the given fields; raises Stale when the record is no longer at `version`."""
        definition = self._definition(session, identifier, "edit")
        current = self._find(session, definition, record_id)
        if current.row.version != version:
            raise Stale
        changes = self._reader(session, definition).changes(given, current)
        if not changes:
            return self.read(session, identifier, record_id)
        held = {**current.values, **changes}
        self._replace(session, definition, current, _columns(definition, held))
        object_id = self._definitions.object_id(session, identifier)
        before = {key: current.values[key] for key in changes}
        self._log(session, definition, object_id, record_id, "update", before, changes)
        return self.read(session, identifier, record_id)

    def delete(self, session: Session, identifier: str, record_id: UUID, version: int) -> None:
        """Take a record out of use; its row and log stay. Raises NotFound, Stale."""
        definition = self._definition(session, identifier, "delete")
        current = self._find(session, definition, record_id)
        if current.row.version != version:
            raise Stale
        self._replace(session, definition, current, {"deleted_at": self._clock.now()})
        object_id = self._definitions.object_id(session, identifier)
        self._log(session, definition, object_id, record_id, "delete", current.values, {})

    def changes(
        self, session: Session, identifier: str, record_id: UUID
    ) -> Sequence[Mapping[str, Any]]:
        """The record's log, the newest first, with values as text."""
        definition = self._definition(session, identifier, "read")
        self._find(session, definition, record_id)
        query = (
            select(RecordChange)
            .where(RecordChange.record_id == record_id)
            .order_by(RecordChange.at.desc(), RecordChange.id.desc())
            .limit(200)
        )
        rows = list(session.scalars(query))
        before = [_hold_stored(definition, row.before) for row in rows]
        after = [_hold_stored(definition, row.after) for row in rows]
        texts = self._presenter.texts(session, definition, [*before, *after])
        return [
            _change(definition, row, texts[place], texts[len(rows) + place])
            for place, row in enumerate(rows)
        ]

    def customers_by_number(self, session: Session, number: Number) -> list[dict[str, Any]]:
        """Customers of every customer object with this number, the last changed first."""
        found: list[dict[str, Any]] = []
        for definition in self._definitions.of_kind(session, Kind.CUSTOMER):
            if not definition.phones or not self._may(session, definition, "read"):
                continue
            table = self._table(session, definition)
            rows = TenantTables(session).execute(queries.by_number(table, definition, number))
            held = [hold(definition, row) for row in rows]
            found += self._presenter.show(session, definition, held)
        return found

    def customer_titles(self, session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
        """Names of customers, whichever customer object they lie in."""
        found: dict[UUID, str] = {}
        for definition in self._definitions.of_kind(session, Kind.CUSTOMER) if ids else ():
            query = queries.titles(self._table(session, definition), definition, list(ids))
            found |= {row[0]: row[1] or "" for row in TenantTables(session).execute(query)}
        return found

    def customers(self, session: Session, ids: Collection[UUID]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for definition in self._definitions.of_kind(session, Kind.CUSTOMER):
            table = self._table(session, definition)
            query = queries.alive(table).where(table.c.id.in_(ids))
            rows = [hold(definition, row) for row in TenantTables(session).execute(query)]
            found += self._presenter.show(session, definition, rows)
        return found

    def unmask(self, session: Session, customer_id: UUID | None, mask: str) -> str | None:
        """The customer's number (`kind:value`) that is shown as `mask`, for dialling it."""
        for definition in self._definitions.of_kind(session, Kind.CUSTOMER) if customer_id else ():
            table = self._table(session, definition)
            query = queries.alive(table).where(table.c.id == customer_id)
            for row in TenantTables(session).execute(query):
                values = hold(definition, row).values
                numbers = [values[field.key] for field in definition.phones if values[field.key]]
                for number in numbers:
                    if Number.load(number).mask() == mask:
                        return str(number)
        return None

    def work_orders(
        self,
        session: Session,
        part: str,
        value: UUID,
        *,
        closed: bool | None = None,
        limit: int = 20,
    ) -> list[dict[str, Any]]:
        """Work orders whose linked field `part` (customer, assignee) is `value`, newest first."""
        found: list[dict[str, Any]] = []
        for definition in self._definitions.of_kind(session, Kind.WORK_ORDER):
            if not self._may(session, definition, "read"):
                continue
            table = self._table(session, definition)
            query = queries.in_states(table, definition, part, value, closed=closed)
            rows = TenantTables(session).execute(query.limit(limit))
            held = [hold(definition, row) for row in rows]
            found += self._presenter.show(session, definition, held)
        found.sort(key=lambda record: record["created_at"], reverse=True)
        return found[:limit]

    def work_orders_of_calls(
        self, session: Session, call_ids: Sequence[UUID]
    ) -> dict[UUID, dict[str, Any]]:
        """The newest work order of each call that has one."""
        found: dict[UUID, dict[str, Any]] = {}
        for definition in self._definitions.of_kind(session, Kind.WORK_ORDER):
            if not call_ids or not self._may(session, definition, "read"):
                continue
            table = self._table(session, definition)
            query = queries.alive(table).where(table.c.call_id.in_(call_ids))
            rows = TenantTables(session).execute(query.order_by(table.c.created_at))
            held = [hold(definition, row) for row in rows]
            for record in self._presenter.show(session, definition, held):
                found[record["call_id"]] = record
        return found

    def _definition(self, session: Session, identifier: str, act: str) -> Definition:
        definition = self._definitions.get(session, identifier)
        if not self._may(session, definition, act):
            raise Forbidden
        return definition

    @staticmethod
    def _may(session: Session, definition: Definition, act: str) -> bool:
        actor = viewer(session)
        return actor is None or definition.allows(act, actor.role.value)

    def _find(self, session: Session, definition: Definition, record_id: UUID) -> Held:
        query = queries.by_id(self._table(session, definition), record_id)
        row = TenantTables(session).execute(query).first()
        if row is None:
            raise NotFound
        return hold(definition, row)

    def _replace(
        self, session: Session, definition: Definition, current: Held, values: Mapping[str, Any]
    ) -> None:
        table = self._table(session, definition)
        statement = (
            update(table)
            .where(table.c.id == current.row.id, table.c.version == current.row.version)
            .values(
                version=current.row.version + 1,
                updated_at=self._clock.now(),
                updated_by=_actor_id(session),
                **values,
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
            name = str(getattr(error.orig, "diag", None) and error.orig.diag.constraint_name)  # type: ignore[union-attr]
            key = name.removeprefix(f"uq_{definition.identifier}_")
            if key not in definition.by_key:
                raise
            raise Invalid(fields={key: ["validation.not_unique"]}) from error

    def _number(self, session: Session, object_id: UUID, field: str, rule: str) -> str:
        """The next serial number. Whoever made it first holds the series until commit: no gaps."""
        now = self._clock.now().astimezone(self._enterprise(session).zone)
        table = SerialNumber.__table__
        statement = (
            upsert(SerialNumber)
            .on_conflict_do_update(
                index_elements=["object_id", "field", "period"], set_={"last": table.c.last + 1}
            )
            .returning(SerialNumber.last)
        )
        series = {"object_id": object_id, "field": field, "period": period(rule, now), "last": 1}
        last = TenantTables(session).insert(statement, series).scalar_one()
        return render(rule, now, last)

    def _log(
        self,
        session: Session,
        definition: Definition,
        object_id: UUID,
        record_id: UUID,
        action: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        actor = viewer(session)
        old, new = difference(_stored(definition, before), _stored(definition, after))
        session.add(
            RecordChange(
                object_id=object_id,
                record_id=record_id,
                action=action,
                at=self._clock.now(),
                actor_id=actor.user_id if actor else None,
                actor_name=actor.name if actor else "",
                before=old,
                after=new,
            )
        )
        verb = {"create": "created", "update": "changed", "delete": "deleted"}[action]
        reference = f"{definition.identifier}/{record_id}"
        self._outbox.record(session, f"record.{verb}", reference, sorted({*old, *new}))
        self._audit.record(
            session,
            f"record.{action}",
            definition.identifier,
            record_id,
            before=_without_numbers(definition, old),
            after=_without_numbers(definition, new),
        )

    def _reader(self, session: Session, definition: Definition) -> Reader:
        return Reader(session, definition, self._directory, self._definitions)

    def _table(self, session: Session, definition: Definition) -> Table:
        return queries.table_of(definition, queries.schema_of(self._enterprise(session).code))

    def _enterprise(self, session: Session) -> EnterpriseCard:
        """Read once a transaction."""
        if "enterprise_card" not in session.info:
            session.info["enterprise_card"] = self._directory.enterprise(session)
        card: EnterpriseCard = session.info["enterprise_card"]
        return card


def _actor_id(session: Session) -> UUID | None:
    actor = viewer(session)
    return actor.user_id if actor else None


def _columns(definition: Definition, held: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the table takes them: typed columns, and the rest in `extra`."""
    columns: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for field in definition.fields:
        value = held.get(field.key)
        if definition.has_column(field):
            columns[queries.column_of(field)] = value
        elif value is not None:
            extra[field.key] = type_of(field).store(value)
    return {**columns, "extra": extra, "search_text": queries.search_text(definition, held)}


def _stored(definition: Definition, held: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: type_of(definition.by_key[key]).store(value)
        for key, value in held.items()
        if value is not None
    }


def _hold_stored(definition: Definition, stored: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: type_of(definition.by_key[key]).hold(value)
        for key, value in stored.items()
        if key in definition.by_key
    }


def _without_numbers(definition: Definition, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The audit log is read by roles that may not see numbers."""
    return {
        key: Number.load(value).mask()
        if value and type_of(definition.by_key[key]).masked
        else value
        for key, value in stored.items()
    }


def _change(
    definition: Definition,
    row: RecordChange,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
) -> dict[str, Any]:
    keys = [field.key for field in definition.fields if field.key in {**before, **after}]
    return {
        "id": row.id,
        "at": row.at,
        "actor": {"id": row.actor_id, "name": row.actor_name} if row.actor_id else None,
        "action": row.action,
        "changes": [
            {
                "field": key,
                "label": definition.by_key[key].label,
                "before": before.get(key),
                "after": after.get(key),
            }
            for key in keys
        ],
    }

"""Finding records for others: by number, by call, by who is linked."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory, EnterpriseCard
from callcenter.core.errors import Forbidden, NotFound
from callcenter.core.numbers import Number
from callcenter.objects import queries
from callcenter.objects.schemas import Definition, Kind
from callcenter.objects.service.caching import CachedRows
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import (
    Held,
    Presenter,
    enterprise_of,
    hold,
    viewer,
)
from callcenter.objects.service.reaching import Handled, Reaching


def having(session: Session, table: Table, definition: Definition, number: Number) -> list[Held]:
    """The object's records with this number, whoever may read them, the last changed first."""
    if not definition.phones or not number.value:
        return []
    query = queries.by_number(table, definition)
    rows = TenantTables(session).execute(query, {"number": str(number)})
    return [hold(definition, row) for row in rows]


class Lookups:
    """What is found is what the scope's actor reaches, where nothing else is said.

    given: the caller has proved that a call gives it to the actor.
    rows: without them records of cached objects are read as all others.
    """

    def __init__(
        self,
        directory: Directory,
        definitions: Definitions,
        handled: Handled,
        rows: CachedRows | None = None,
    ) -> None:
        self._directory = directory
        self._definitions = definitions
        self._kept = rows
        self._reaching = Reaching(directory, definitions, handled)
        self._presenter = Presenter(directory, definitions, self._reaching, rows)

    def customers_by_number(self, session: Session, number: Number) -> list[dict[str, Any]]:
        """Customers of every customer object with this number, the last changed first.

        Whosoever they are: for who calls, never for a number that somebody typed.
        """
        found: list[dict[str, Any]] = []
        for definition in self._readable(session, Kind.CUSTOMER):
            held = having(session, self._table(session, definition), definition, number)
            found += self._presenter.show(session, definition, held)
        return found

    def customer_titles(self, session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
        """Names of customers, whichever customer object they lie in; out of reach as well."""
        found: dict[UUID, str] = {}
        for definition in self._definitions.of_kind(session, Kind.CUSTOMER) if ids else ():
            found |= self._presenter.names(session, definition, ids)
        return found

    def customer_title(self, session: Session, customer_id: UUID) -> str | None:
        """The name of a customer whom the actor may read, None for any other."""
        found = self.customers(session, [customer_id])
        return str(found[0]["title"] or "") if found else None

    def customer_ids(self, session: Session, numbers: Collection[Number]) -> dict[str, UUID]:
        """Number (`kind:value`) → the customer who has it; one of them, where several do.

        Whosoever they are: whom a calling task gives its agents.
        """
        wanted = [str(number) for number in numbers]
        found: dict[str, UUID] = {}
        for definition in self._definitions.of_kind(session, Kind.CUSTOMER):
            table = self._table(session, definition)
            for field in definition.phones:
                query = queries.owners(table, field, wanted)
                found |= {row[1]: row[0] for row in TenantTables(session).execute(query)}
        return found

    def customers(
        self, session: Session, ids: Collection[UUID], *, given: bool = False
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for definition in self._readable(session, Kind.CUSTOMER):
            table = self._table(session, definition)
            query = queries.alive(table).where(table.c.id.in_(ids))
            query = self._within(session, query, definition, given=given)
            rows = [hold(definition, row) for row in TenantTables(session).execute(query)]
            found += self._presenter.show(session, definition, rows)
        return found

    def unmask(self, session: Session, customer_id: UUID | None, mask: str) -> str | None:
        """The customer's number (`kind:value`) that is shown as `mask`, for dialling it."""
        for definition in self._readable(session, Kind.CUSTOMER) if customer_id else ():
            table = self._table(session, definition)
            query = queries.alive(table).where(table.c.id == customer_id)
            query = self._within(session, query, definition)
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
        given: bool = False,
    ) -> list[dict[str, Any]]:
        """Work orders whose linked field `part` (customer, assignee) is `value`, newest first."""
        found: list[dict[str, Any]] = []
        for definition in self._readable(session, Kind.WORK_ORDER):
            table = self._table(session, definition)
            query = queries.in_states(table, definition, part, [value], closed=closed)
            query = self._within(session, query, definition, given=given)
            rows = TenantTables(session).execute(query.limit(limit))
            held = [hold(definition, row) for row in rows]
            found += self._presenter.show(session, definition, held)
        found.sort(key=lambda record: record["created_at"], reverse=True)
        return found[:limit]

    def work_orders_of_calls(
        self, session: Session, call_ids: Sequence[UUID], *, given: bool = False
    ) -> dict[UUID, dict[str, Any]]:
        """The newest work order of each call that has one."""
        found: dict[UUID, dict[str, Any]] = {}
        for definition in self._readable(session, Kind.WORK_ORDER) if call_ids else ():
            table = self._table(session, definition)
            query = queries.alive(table).where(table.c.call_id.in_(call_ids))
            query = self._within(session, query, definition, given=given)
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

    def _readable(self, session: Session, kind: Kind) -> list[Definition]:
        """Objects of a kind some of whose records the actor may read."""
        found = self._definitions.of_kind(session, kind)
        return [definition for definition in found if self._may(session, definition, "read")]

    def _within(
        self,
        session: Session,
        query: Select[Any],
        definition: Definition,
        act: str = "read",
        *,
        given: bool = False,
    ) -> Select[Any]:
        """The query, of no more than the actor reaches."""
        if given:
            return query
        table = self._table(session, definition)
        return self._reaching.within(session, query, table, definition, act)

    def _find(self, session: Session, definition: Definition, record_id: UUID) -> Held:
        """Raises NotFound, also for a record out of reach."""
        query = queries.by_id(self._table(session, definition), record_id)
        return self._one(session, definition, self._within(session, query, definition))

    def _look_at(self, session: Session, definition: Definition, record_id: UUID) -> Held:
        """As `_find`, of a record that is shown and not written: what is kept of it will do."""
        if self._kept is not None and definition.cached:
            table = self._table(session, definition)
            row = self._kept.of(session, table, [record_id]).get(record_id)
            held = hold(definition, row) if row is not None and row.deleted_at is None else None
            if held and self._reaching.may(session, definition, held, "read"):
                return held
        # Calls give more to read than the row at hand can tell.
        return self._find(session, definition, record_id)

    @staticmethod
    def _one(session: Session, definition: Definition, query: Select[Any]) -> Held:
        row = TenantTables(session).execute(query).first()
        if row is None:
            raise NotFound
        return hold(definition, row)

    def _table(self, session: Session, definition: Definition) -> Table:
        return queries.table_of(definition, queries.schema_of(self._enterprise(session).code))

    def _enterprise(self, session: Session) -> EnterpriseCard:
        return enterprise_of(session, self._directory)

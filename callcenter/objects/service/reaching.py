"""Whose records somebody may reach: one rule, as a condition of a statement and for a row at hand.

A record is one's own that one has made or is assigned to, the team's that belongs to one of its
members or names it. A call gives more, to read alone: who has handled a call reads its customer,
and what was recorded of both (`docs/adr/0016-whose-records.md`).
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Select, Table, false, select, union_all
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import Forbidden, NotFound
from callcenter.core.tenant import Actor
from callcenter.objects import queries
from callcenter.objects.schemas import Definition, Kind
from callcenter.objects.schemas.rights import NEEDED, Reach
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import Held, viewer
from callcenter.objects.types.base import Field


class Handled(Protocol):
    """The calls that somebody handled, as selects of one column for the conditions of others.

    Several simple ones instead of one: each is joined from whichever side has fewer rows.
    """

    def calls(self, agent_id: UUID) -> Sequence[Select[Any]]: ...

    def customers(self, agent_id: UUID) -> Sequence[Select[Any]]:
        """Whom the calls were linked with."""
        ...

    def numbers(self, agent_id: UUID) -> Sequence[Select[Any]]:
        """The numbers (`kind:value`) at the other end."""
        ...


class Reaching:
    def __init__(self, directory: Directory, definitions: Definitions, handled: Handled) -> None:
        self._directory = directory
        self._definitions = definitions
        self._handled = handled

    def within(
        self, session: Session, query: Select[Any], table: Table, definition: Definition, act: str
    ) -> Select[Any]:
        """`query` on `table`, of those records alone that the scope's actor reaches by `act`."""
        actor, reach = self._reach(session, definition, act)
        if actor is None or reach is Reach.ALL:
            return query
        if reach is Reach.NONE:
            return query.where(false())
        tables = TenantTables(session)
        conditions = [*self._theirs(session, actor, reach, table, definition)]
        if act == "read":
            conditions += self._by_calls(session, actor, table, definition)
        # Each finds its records by an index of its own; one condition of all would find none.
        parts = [
            tables.part(select(table.c.id).where(condition).correlate(None))
            for condition in conditions
        ]
        return query.where(table.c.id.in_(union_all(*parts)))

    def is_whole(self, session: Session, definition: Definition, act: str) -> bool:
        """Whether all records are within reach: for whom `within` leaves out none."""
        return self._reach(session, definition, act)[1] is Reach.ALL

    def may(self, session: Session, definition: Definition, held: Held, act: str) -> bool:
        """Whether the scope's actor may do it with a record, without what calls give to read."""
        actor, reach = self._reach(session, definition, act)
        if actor is None:
            return True
        if not actor.may(NEEDED[act]):
            return False
        if reach in (Reach.ALL, Reach.NONE):
            return reach is Reach.ALL
        assignee, team = _owners(definition)
        people = self._people(session, actor, reach)
        if held.row.created_by in people or (assignee and held.values[assignee.key] in people):
            return True
        return bool(reach is Reach.TEAM and team and held.values[team.key] in actor.team_ids)

    def check(self, session: Session, definition: Definition, held: Held, act: str) -> None:
        """Raises Forbidden for a record that may be read, but not this."""
        if not self.may(session, definition, held, act):
            raise Forbidden

    @staticmethod
    def _reach(session: Session, definition: Definition, act: str) -> tuple[Actor | None, Reach]:
        actor = viewer(session)
        return actor, definition.reach(act, actor.role.value) if actor else Reach.ALL

    def _theirs(
        self, session: Session, actor: Actor, reach: Reach, table: Table, definition: Definition
    ) -> Iterator[Any]:
        assignee, team = _owners(definition)
        people = self._people(session, actor, reach)
        yield table.c.created_by.in_(people)
        if assignee:
            yield table.c[queries.column_of(assignee)].in_(people)
        if team and reach is Reach.TEAM:
            yield table.c[queries.column_of(team)].in_(actor.team_ids)

    def _by_calls(
        self, session: Session, actor: Actor, table: Table, definition: Definition
    ) -> Iterator[Any]:
        tables, me = TenantTables(session), actor.user_id
        calls = [tables.part(each) for each in self._handled.calls(me)]
        customers = [tables.part(each) for each in self._handled.customers(me)]
        numbers = [tables.part(each) for each in self._handled.numbers(me)]
        yield from (table.c.call_id.in_(each) for each in calls)
        if definition.kind is Kind.CUSTOMER:
            yield from (table.c.id.in_(each) for each in customers)
            yield from _has_called(table, definition, numbers)
        customer = definition.linked("customer")
        if customer is None or customer.refers_to is None:
            return
        column = table.c[queries.column_of(customer)]
        yield from (column.in_(each) for each in customers)
        target = self._customers_of(session, customer.refers_to)
        if target is not None:
            theirs = queries.table_of(target, str(table.schema))
            for condition in _has_called(theirs, target, numbers):
                known = select(theirs.c.id).where(condition).correlate(None)
                yield column.in_(tables.part(known))

    def _customers_of(self, session: Session, identifier: str) -> Definition | None:
        try:
            target = self._definitions.get(session, identifier)
        except NotFound:
            return None  # the object it pointed at is no longer published
        return target if target.kind is Kind.CUSTOMER else None

    def _people(self, session: Session, actor: Actor, reach: Reach) -> set[UUID]:
        """Who stands for the actor: himself, or everybody of his teams; read once a transaction."""
        if reach is not Reach.TEAM:
            return {actor.user_id}
        if "team_people" not in session.info:
            teams = set(actor.team_ids)
            everybody = self._directory.people(session).values()
            mates = {person.id for person in everybody if teams & set(person.team_ids)}
            session.info["team_people"] = mates | {actor.user_id}
        people: set[UUID] = session.info["team_people"]
        return people


def _has_called(
    table: Table, definition: Definition, numbers: Sequence[Select[Any]]
) -> Iterator[Any]:
    for field in definition.phones:
        yield from (table.c[queries.column_of(field)].in_(each) for each in numbers)


def _owners(definition: Definition) -> tuple[Field | None, Field | None]:
    """The fields that say whose a record is. A draft that says otherwise is not published."""
    assignee, team = definition.linked("assignee"), definition.linked("team")
    return (
        assignee if assignee and assignee.type == "user" else None,
        team if team and team.type == "team" else None,
    )

"""Where records can be reached: what stands in a field of theirs, for messages and never for eyes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import Invalid
from callcenter.core.http import PageRequest
from callcenter.objects import queries
from callcenter.objects.access import Access, access
from callcenter.objects.schemas import Definition
from callcenter.objects.service.presenting import hold, role_of
from callcenter.objects.service.records import Records

TYPES = ("phone", "email")
"""Of fields that hold an address."""


class Addresses(Records):
    """Of the records that the scope's actor reaches, by fields that exist for him.

    A number may be masked for him: as with dialling, he may use what he may not read.
    """

    def of(
        self, session: Session, identifier: str, key: str, ids: Collection[UUID]
    ) -> Mapping[UUID, str]:
        """Record → the address; without those that have none. Raises NotFound, Forbidden, Invalid."""
        definition = self._known(session, identifier, key)
        table = self._table(session, definition)
        query = self._within(session, queries.alive(table), definition, "read")
        return dict(self._read(session, definition, key, query.where(table.c.id.in_(ids))))

    def batch(
        self,
        session: Session,
        identifier: str,
        key: str,
        filters: Mapping[str, str],
        after: UUID | None,
        most: int,
    ) -> Sequence[tuple[UUID, str]]:
        """The next records of a list by their ids, with their addresses, empty where there is none.

        Raises NotFound, Forbidden, Invalid.
        """
        definition = self._known(session, identifier, key)
        table = self._table(session, definition)
        query = self.selection(session, definition, PageRequest(), filters)
        if after is not None:
            query = query.where(table.c.id > after)
        return self._read(session, definition, key, query.order_by(table.c.id).limit(most))

    def _known(self, session: Session, identifier: str, key: str) -> Definition:
        definition = self._definition(session, identifier, "read")
        field = definition.by_key.get(key)
        if field is None or access(field, role_of(session)) is Access.HIDE:
            raise Invalid(fields={"field": ["validation.unknown_field"]})
        if field.type not in TYPES:
            raise Invalid(fields={"field": ["message.no_address_field"]})
        return definition

    @staticmethod
    def _read(
        session: Session, definition: Definition, key: str, query: Any
    ) -> Sequence[tuple[UUID, str]]:
        rows = TenantTables(session).execute(query)
        return [(row.id, str(hold(definition, row).values[key] or "")) for row in rows]

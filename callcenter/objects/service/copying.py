"""What a record takes over from those that it refers to."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import NotFound
from callcenter.objects import queries
from callcenter.objects.errors import BadValue
from callcenter.objects.schemas import Definition
from callcenter.objects.service.converting import WHOLE
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import Held, enterprise_of, hold, role_of
from callcenter.objects.service.seeing import clear_to
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Reading

Source = tuple[Definition, Held]
"""A record, and what of its object the actor sees as it is."""


class Copies:
    """Of one definition in one transaction; a record that many copy from is read once."""

    def __init__(
        self,
        session: Session,
        definition: Definition,
        directory: Directory,
        definitions: Definitions,
        reading: Reading,
    ) -> None:
        self._session = session
        self._definition = definition
        self._directory = directory
        self._definitions = definitions
        self._reading = reading
        self._read: dict[tuple[str, UUID], Source | None] = {}

    def of(self, values: Mapping[str, Any], changed: Collection[str]) -> dict[str, Any]:
        """Held values of the fields whose reference is among `changed`; without those that get none.

        The actor copies no more than he sees: what is kept from him stays where it is.
        """
        found = {}
        for field in self._definition.copies:
            by = field.setting("copied")["by"]
            if by in changed and values[by] is not None:
                value = self._value(field, self._definition.by_key[by], values[by])
                if value is not None:
                    found[field.key] = value
        return found

    def _value(self, field: Field, by: Field, record_id: UUID) -> Any:
        place = by.refers_to or "", record_id
        if place not in self._read:
            self._read[place] = self._source(*place)
        source = self._read[place]
        if source is None:
            return None
        definition, held = source
        there = definition.by_key.get(field.setting("copied")["field"])
        # The other object may have changed since this one was published.
        if there is None or there.type != field.type or held.values[there.key] is None:
            return None
        try:
            given = type_of(there).value(held.values[there.key], WHOLE)
            return type_of(field).read(field, given, self._reading)
        except BadValue:
            return None

    def _source(self, identifier: str, record_id: UUID) -> Source | None:
        try:
            definition = self._definitions.get(self._session, identifier)
        except NotFound:
            return None
        schema = queries.schema_of(enterprise_of(self._session, self._directory).code)
        query = queries.by_id(queries.table_of(definition, schema), record_id)
        row = TenantTables(self._session).execute(query).first()
        clear = clear_to(definition, role_of(self._session))
        return (clear, hold(clear, row)) if row is not None else None

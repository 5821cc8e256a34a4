"""What a record takes over from those that it refers to."""

from collections.abc import Callable, Collection, Mapping
from functools import cache
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
from callcenter.objects.service.presenting import enterprise_of, hold
from callcenter.objects.service.reaching import Reaching
from callcenter.objects.service.seeing import clear_to
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Reading

Source = tuple[Definition, Any]
"""A record's row, by its object's definition."""

Find = Callable[[str, UUID], Source | None]


def finder(
    session: Session,
    directory: Directory,
    definitions: Definitions,
    reaching: Reaching | None = None,
) -> Find:
    """Finds records of any object; each is asked for once, however many refer to it.

    reaching: those alone that the actor reaches; without it all.
    """
    schema = queries.schema_of(enterprise_of(session, directory).code)

    @cache
    def find(identifier: str, record_id: UUID) -> Source | None:
        try:
            target = definitions.get(session, identifier)
        except NotFound:
            return None
        table = queries.table_of(target, schema)
        query = queries.by_id(table, record_id)
        if reaching is not None:
            query = reaching.within(session, query, table, target, "read")
        row = TenantTables(session).execute(query).first()
        return None if row is None else (target, row)

    return find


class Copies:
    """Of one definition, for a role: nobody copies more than they see."""

    def __init__(
        self, definition: Definition, find: Find, role: str | None, reading: Reading
    ) -> None:
        self._definition = definition
        self._find = find
        self._role = role
        self._reading = reading

    def of(self, values: Mapping[str, Any], changed: Collection[str]) -> dict[str, Any]:
        """Held values of the fields whose reference is among `changed`; without those that get none."""
        found = {}
        for field in self._definition.copies:
            by = field.setting("copied")["by"]
            if by in changed and values[by] is not None:
                value = self._value(field, self._definition.by_key[by], values[by])
                if value is not None:
                    found[field.key] = value
        return found

    def _value(self, field: Field, by: Field, record_id: UUID) -> Any:
        source = self._find(by.refers_to or "", record_id)
        if source is None:
            return None
        target, row = source
        there = clear_to(target, self._role).by_key.get(field.setting("copied")["field"])
        # The other object may have changed since this one was published.
        if there is None or there.type != field.type:
            return None
        held = hold(target, row).values[there.key]
        try:
            given = None if held is None else type_of(there).value(held, WHOLE)
            return type_of(field).read(field, given, self._reading)
        except BadValue:
            return None

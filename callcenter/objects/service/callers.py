"""Whose number calls: what of their record may say where the call goes."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.numbers import Number
from callcenter.expressions import Kind
from callcenter.objects import queries
from callcenter.objects.access import is_kept_from_some
from callcenter.objects.schemas import Definition
from callcenter.objects.schemas import Kind as ObjectKind
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.lookups import having
from callcenter.objects.service.presenting import Held, schema_of
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field
from callcenter.objects.types.user import TYPE as USER_TYPE

Told = str | int | float | bool

_KINDS = frozenset({Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN, Kind.DATE})


@dataclass(frozen=True, slots=True)
class Known:
    """records: how many customers have the number; values: by field key, where it is one alone.

    ids: of all of them.
    """

    records: int = 0
    values: Mapping[str, Told] = field(default_factory=dict)
    ids: frozenset[UUID] = field(default=frozenset(), compare=False)


class Callers:
    """In the caller's transaction and scope, whoever may read the records: nobody is shown them.

    Where somebody is led tells of their values, so fields that any role does not see as they are
    have no say in it.
    """

    def __init__(self, directory: Directory, definitions: Definitions) -> None:
        self._directory = directory
        self._definitions = definitions

    def fields(self, session: Session) -> frozenset[str]:
        """The keys that a way may depend on, of all customer objects."""
        found = self._definitions.of_kind(session, ObjectKind.CUSTOMER)
        return frozenset(each.key for definition in found for each in telling(definition))

    def owners(self, session: Session) -> frozenset[str]:
        """The keys of fields that name a user, of all customer objects."""
        found = self._definitions.of_kind(session, ObjectKind.CUSTOMER)
        return frozenset(each.key for definition in found for each in _naming(definition))

    def owner(self, session: Session, number: Number, key: str) -> UUID | None:
        """Whom this field of the only customer with the number names."""
        found = [*self._records(session, number)]
        if len(found) != 1:
            return None
        ((definition, held),) = found
        keys = {each.key for each in _naming(definition)}
        owner: UUID | None = held.values[key] if key in keys else None
        return owner

    def known(self, session: Session, number: Number, keys: Collection[str]) -> Known:
        """What is known by this number. keys: the fields that are of interest.

        An empty text or day is an empty text; any other empty value is not told.
        """
        found = [*self._records(session, number)]
        ids = frozenset(held.row.id for _, held in found)
        if len(found) != 1:
            return Known(len(found), ids=ids)
        ((definition, held),) = found
        asked = [each for each in telling(definition) if each.key in keys]
        values = {each.key: told(each, held.values[each.key]) for each in asked}
        return Known(1, {key: value for key, value in values.items() if value is not None}, ids)

    def open_work_orders(self, session: Session, customers: Collection[UUID]) -> int:
        """Those of these customers that are not closed, of all work order objects."""
        schema, count = schema_of(session, self._directory), 0
        for definition in self._definitions.of_kind(session, ObjectKind.WORK_ORDER):
            table = queries.table_of(definition, schema)
            query = queries.in_states(table, definition, "customer", customers, closed=False)
            counted = queries.counted(query.order_by(None))
            count += TenantTables(session).execute(counted).scalar_one()
        return count

    def _records(self, session: Session, number: Number) -> Iterable[tuple[Definition, Held]]:
        schema = schema_of(session, self._directory)
        for definition in self._definitions.of_kind(session, ObjectKind.CUSTOMER):
            table = queries.table_of(definition, schema)
            for held in having(session, table, definition, number):
                yield definition, held


def telling(definition: Definition) -> Iterable[Field]:
    return (
        each
        for each in definition.fields
        if type_of(each).kind_of(each) in _KINDS and not is_kept_from_some(each)
    )


def _naming(definition: Definition) -> Iterable[Field]:
    return (each for each in definition.fields if each.type == USER_TYPE.key)


def told(each: Field, held: Any) -> Told | None:
    kind = type_of(each)
    if held is None:
        return "" if kind.kind_of(each) in (Kind.TEXT, Kind.DATE) else None
    match kind.operand(held):
        case Decimal() as number:
            return int(number) if number == number.to_integral_value() else float(number)
        case date() as day:
            return day.isoformat()
        case str() | bool() as value:
            return value
    return None

"""Records for call flows: what a caller's entry finds, and what a flow writes down.

In the caller's transaction and in an enterprise's scope without an actor: the flow's author stands
for what it does, whoever may read the records. Where somebody is led tells of values, so a flow
reads no field that some role does not see as it is; it may ask for one that is equal in it.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.http import PageRequest
from callcenter.core.numbers import Number
from callcenter.objects import queries
from callcenter.objects.asking import WHOLE
from callcenter.objects.schemas import SORTABLE, Definition
from callcenter.objects.schemas import Kind as ObjectKind
from callcenter.objects.service.callers import Told, telling, told
from callcenter.objects.service.lookups import having
from callcenter.objects.service.presenting import Held, hold
from callcenter.objects.service.records import Records
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field

_COMPARED = frozenset({"text", "integer"})
_SEVERAL = frozenset({"choices"})
"""Hold more than one value, so they are equal to none."""

_WORDS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Fields:
    """Of an object, by key.

    told      may be read
    sought    records are found by their values
    sorted    give an order
    written   may be entered
    compared  may hold a PIN
    """

    told: frozenset[str] = frozenset()
    sought: frozenset[str] = frozenset()
    sorted: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset()
    of_customers: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """records: how many; the first one's id, and its values by field key, where they are not empty."""

    records: int = 0
    id: UUID | None = None
    values: Mapping[str, Told] = field(default_factory=dict)


class FlowRecords:
    def __init__(self, records: Records) -> None:
        self._records = records

    def find(
        self,
        session: Session,
        identifier: str,
        where: Mapping[str, Told],
        keys: frozenset[str],
        order: str,
    ) -> Found:
        """Records that are equal in all of these fields; nothing is equal to what cannot be a value.

        order: as a list's; empty: the newest first. Raises NotFound, and Invalid for the order.
        """
        definition = self._records.definitions.get(session, identifier)
        table = self._records.table(session, definition)
        query = queries.alive(table)
        for key, value in where.items():
            each = definition.by_key.get(key)
            if each is None or key not in _fields(definition).sought:
                raise NotFound
            try:
                held = self._records.sought(session, definition, each, _text(value))
            except Invalid:
                return Found()
            query = query.where(table.c[queries.column_of(each)] == held)
        tables = TenantTables(session)
        total = tables.execute(queries.counted(query)).scalar_one()
        if not total:
            return Found()
        way = queries.order_of(table, definition, PageRequest(sort=order or "-created_at"))
        row = tables.execute(queries.in_order(query, table, way).limit(1)).first()
        return Found(total, row.id, _told(definition, hold(definition, row), keys))

    def create(
        self,
        session: Session,
        identifier: str,
        values: Mapping[str, Told],
        call_id: UUID | None,
        number: Number,
    ) -> UUID:
        """A record; a work order is of this call and its customer. Raises NotFound and Invalid.

        call_id: none of a call that is only tried.
        """
        definition = self._records.definitions.get(session, identifier)
        call, customer = None, None
        if definition.kind is ObjectKind.WORK_ORDER:
            caller = self.caller(session, number)
            call, customer = call_id, caller[1].row.id if caller else None
        given = _given(definition, values)
        made: UUID = self._records.create(session, identifier, given, call, customer)["id"]
        return made

    def update(
        self, session: Session, identifier: str, record_id: UUID, values: Mapping[str, Told]
    ) -> None:
        """Raises NotFound and Invalid."""
        definition = self._records.definitions.get(session, identifier)
        table = self._records.table(session, definition)
        row = TenantTables(session).execute(queries.by_id(table, record_id)).first()
        if row is None:
            raise NotFound
        given = _given(definition, values)
        self._records.update(session, identifier, record_id, given, row.version)

    def caller(self, session: Session, number: Number) -> tuple[Definition, Held] | None:
        """The only customer with this number, of all customer objects."""
        found = []
        for definition in self._records.definitions.of_kind(session, ObjectKind.CUSTOMER):
            table = self._records.table(session, definition)
            found += [(definition, held) for held in having(session, table, definition, number)]
        return found[0] if len(found) == 1 else None

    def only_caller(self, session: Session, identifier: str, number: Number) -> UUID:
        """The id of the only customer with this number, of this object; raises NotFound."""
        caller = self.caller(session, number)
        if caller is None or caller[0].identifier != identifier:
            raise NotFound
        record_id: UUID = caller[1].row.id
        return record_id

    def matches(self, session: Session, number: Number, key: str, entered: str) -> bool | None:
        """Whether the caller's record holds this in the field; None where nothing is to compare.

        In constant time, and of a field that no role may see as well: nobody is told the value.
        """
        caller = self.caller(session, number)
        kept = caller[1].values.get(key) if caller else None
        if kept is None or str(kept) == "":
            return None
        return hmac.compare_digest(str(kept).encode(), entered.encode())


def flow_fields(definitions: Iterable[Definition]) -> Mapping[str, Fields]:
    """What flows may name: the object's identifier → its fields."""
    return {each.identifier: _fields(each) for each in definitions}


def _fields(definition: Definition) -> Fields:
    def those(holds: Callable[[Field], bool]) -> frozenset[str]:
        return frozenset(each.key for each in definition.fields if holds(each))

    return Fields(
        told=frozenset(each.key for each in telling(definition)),
        # Somebody is on the line: nothing is looked for that no index finds.
        sought=those(lambda f: definition.is_indexed(f) and f.type not in _SEVERAL),
        sorted=those(lambda f: definition.has_column(f) and type_of(f).sortable)
        | frozenset(SORTABLE),
        written=those(lambda f: type_of(f).entered),
        compared=those(lambda f: f.type in _COMPARED),
        of_customers=definition.kind is ObjectKind.CUSTOMER,
    )


def _told(definition: Definition, held: Held, keys: frozenset[str]) -> dict[str, Told]:
    asked = [each for each in telling(definition) if each.key in keys]
    values = {each.key: told(each, held.values[each.key]) for each in asked}
    return {key: value for key, value in values.items() if value is not None}


def _given(definition: Definition, values: Mapping[str, Told]) -> dict[str, Any]:
    """As a form would send them. What a caller typed is text, whatever the field is."""
    by_key = definition.by_key
    return {key: _as_given(by_key.get(key), value) for key, value in values.items()}


def _as_given(each: Field | None, value: Told) -> Any:
    kind = each.type if each else ""
    if kind == "boolean":
        return value if isinstance(value, bool) else _WORDS.get(str(value), value)
    if kind == "integer":
        text = _text(value)
        return int(text) if WHOLE.fullmatch(text) else value
    if kind in ("decimal", "money"):
        return value
    return _text(value)


def _text(value: Told) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

"""A record's values between forms: as typed columns, as JSON, for the audit log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.permissions import GRANTS, Permission
from callcenter.objects import queries
from callcenter.objects.schemas import Definition
from callcenter.objects.schemas.rights import Access, strictest
from callcenter.objects.service.presenting import viewer
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import Field

_AUDITORS = [role for role, grants in GRANTS.items() if Permission.ENTERPRISE_AUDIT in grants]


def actor_id(session: Session) -> UUID | None:
    actor = viewer(session)
    return actor.person_id if actor else None


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where values go.

    columns the field's key → its own column
    stores  the field's key → how it is told in JSON, but for what is told elsewhere
    extra   the keys of those that lie in `extra` → their names there
    places  of all fields
    """

    columns: Mapping[str, str]
    stores: Mapping[str, Callable[[Any], Any]]
    extra: Mapping[str, str]
    places: frozenset[str]


@lru_cache(maxsize=512)
def _layout(definition: Definition) -> _Layout:
    fields = definition.fields
    owning = [field for field in fields if definition.owns_column(field)]
    told = [field for field in fields if not _is_elsewhere(field)]
    return _Layout(
        {field.key: queries.column_of(field) for field in owning},
        {field.key: type_of(field).store for field in told},
        {field.key: field.place for field in told if not definition.owns_column(field)},
        frozenset(field.place for field in fields),
    )


def columns(
    definition: Definition, held: Mapping[str, Any], kept: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Values as the table takes them: typed columns, and the rest in `extra`.

    kept: the record's `extra` as it is; what hidden fields have there stays.
    """
    layout, row = _layout(definition), new_columns(definition, held)
    hidden = {place: value for place, value in (kept or {}).items() if place not in layout.places}
    empty = dict.fromkeys(layout.columns.values())
    return {**empty, **row, "extra": {**hidden, **row["extra"]}}


def new_columns(definition: Definition, held: Mapping[str, Any]) -> dict[str, Any]:
    """As `columns`, of a record that is not in the table yet: what is empty is not named."""
    layout = _layout(definition)
    row: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in held.items():
        if value is None:
            continue
        if column := layout.columns.get(key):
            row[column] = value
        elif place := layout.extra.get(key):
            extra[place] = layout.stores[key](value)
    return {**row, "extra": extra, "search_text": queries.search_text(definition, held)}


def stored(definition: Definition, held: Mapping[str, Any]) -> dict[str, Any]:
    stores = _layout(definition).stores
    return {
        key: stores[key](value)
        for key, value in held.items()
        if value is not None and key in stores
    }


def _is_elsewhere(field: Field) -> bool:
    """What every record has, and what are records of their own, is told by those."""
    kind = type_of(field)
    return kind.system is not None or kind.apart


def hold_stored(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: type_of(definition.by_key[key]).hold(value)
        for key, value in values.items()
        if key in definition.by_key
    }


def for_audit(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """As all who read the audit log may see it: without numbers, and without what is kept from one."""
    told: dict[str, Any] = {}
    for key, value in values.items():
        field = definition.by_key[key]
        right = strictest(field, _AUDITORS)
        if right is Access.HIDE:
            continue
        hidden = value is not None and (masked_type(field) or right is Access.MASK)
        told[key] = type_of(field).veil(type_of(field).hold(value)) if hidden else value
    return told

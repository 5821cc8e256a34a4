"""A record's values between forms: as typed columns, as JSON, without numbers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.objects import queries
from callcenter.objects.schemas import Definition
from callcenter.objects.service.presenting import viewer
from callcenter.objects.types import masked_type, type_of


def actor_id(session: Session) -> UUID | None:
    actor = viewer(session)
    return actor.user_id if actor else None


def columns(
    definition: Definition, held: Mapping[str, Any], kept: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Values as the table takes them: typed columns, and the rest in `extra`.

    kept: the record's `extra` as it is; what hidden fields have there stays.
    """
    typed: dict[str, Any] = {}
    places = {field.place for field in definition.fields}
    extra = {place: value for place, value in (kept or {}).items() if place not in places}
    for field in definition.fields:
        value = held.get(field.key)
        if definition.has_column(field):
            typed[queries.column_of(field)] = value
        elif value is not None:
            extra[field.place] = type_of(field).store(value)
    return {**typed, "extra": extra, "search_text": queries.search_text(definition, held)}


def stored(definition: Definition, held: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: type_of(definition.by_key[key]).store(value)
        for key, value in held.items()
        if value is not None
    }


def hold_stored(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: type_of(definition.by_key[key]).hold(value)
        for key, value in values.items()
        if key in definition.by_key
    }


def without_numbers(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """The audit log is read by roles that may not see numbers."""
    return {
        key: kind.mask(kind.hold(value))
        if value and (kind := masked_type(definition.by_key[key]))
        else value
        for key, value in values.items()
    }

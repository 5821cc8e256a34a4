"""A record as templates are given it: plain data, by the keys of its fields."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from callcenter.expressions import Kind
from callcenter.objects.access import is_kept_from_some
from callcenter.objects.schemas import Definition
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.presenting import Presenter, enterprise_of, role_of
from callcenter.objects.service.seeing import is_masked, said, seen_by, shown
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Showing
from callcenter.rendering.plain import WITHHELD

Words = dict[str, Any]

_RECKONED = (Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.BOOLEAN)
"""What templates reckon with and write in forms of their own; all else is text."""

CHOSEN = ("choice", "choices", "cascade", "region")
"""Types whose values are codes, which templates compare whatever the language."""


class Wording(Lookups):
    def of(self, session: Session, identifier: str, record_id: UUID) -> Words:
        """As the scope's actor sees the record. Raises NotFound, Forbidden."""
        definition = self._definition(session, identifier, "read")
        held = self._find(session, definition, record_id)
        return worded(session, self._presenter, definition, held.values)


def worded(
    session: Session, presenter: Presenter, definition: Definition, values: Mapping[str, Any]
) -> Words:
    """{"record": by key what a person reads, or what can be reckoned with, "codes": the choices'}.

    Without lines, and what is hidden from the scope's actor. What the product itself words is for
    everybody: of a field that somebody does not see there is only the mark that it is withheld.
    """
    showing, role = presenter.showing(session, definition, [values]), role_of(session)
    zone = enterprise_of(session, presenter.directory).zone
    record: Words = {}
    codes: Words = {}
    for field in seen_by(definition, role).fields:
        if type_of(field).apart:
            continue
        if role is None and is_kept_from_some(field):
            record[field.key] = codes[field.key] = WITHHELD
            continue
        held = values.get(field.key)
        record[field.key] = None if held is None else _word(field, held, showing, role, zone)
        if field.type in CHOSEN:
            codes[field.key] = None if held is None else shown(field, held, showing, role)
    return {"record": record, "codes": codes}


def _word(field: Field, held: Any, showing: Showing, role: str | None, zone: ZoneInfo) -> Any:
    kind = type_of(field)
    if kind.kind_of(field) in _RECKONED and not is_masked(field, showing, role):
        operand = kind.operand(held)
        return operand.astimezone(zone) if isinstance(operand, datetime) else operand
    text = said(field, held, showing, role)
    return text if text is not None else str(shown(field, held, showing, role))

"""Worked out from other fields whenever a record is written; nobody enters it."""

import datetime as dt
from decimal import ROUND_HALF_UP, DecimalException
from decimal import Decimal as Exact
from typing import Any, ClassVar

from sqlalchemy import Boolean, Date, DateTime, Numeric, String
from sqlalchemy.types import TypeEngine

from callcenter.core.i18n import caption
from callcenter.expressions import Kind, Value
from callcenter.objects.types import boolean, date, datetime, decimal, text
from callcenter.objects.types.base import LONGEST_INDEXED, Field, FieldType, Reading, Showing
from callcenter.objects.types.decimal import DIGITS, MOST_PLACES

RESULTS = ("number", "text", "boolean", "date", "datetime")


def places_of(definition: Field) -> int:
    return int(definition.setting("places", 2))


class Formula(FieldType):
    """settings: `expression`, `result` (its kind), `places` of a number."""

    key = "formula"
    entered = False
    # A column tells the kind of its values, which JSON does not.
    own_column = True
    settings: ClassVar = frozenset({"help", "expression", "result", "places"})

    def kind_of(self, definition: Field) -> Kind | None:
        return Kind(definition.setting("result", Kind.NUMBER.value))

    def column(self, definition: Field) -> TypeEngine[Any]:
        columns: dict[Kind, TypeEngine[Any]] = {
            Kind.NUMBER: Numeric(DIGITS, places_of(definition)), Kind.BOOLEAN: Boolean(),
            Kind.DATE: Date(), Kind.DATETIME: DateTime(timezone=True),
        }  # fmt: skip
        return columns.get(self.kind_of(definition) or Kind.TEXT, String())

    def check(self, definition: Field) -> str | None:
        if not definition.setting("expression"):
            return "validation.bad_expression"
        fits = type(definition.setting("places", 2)) is int
        fits = fits and 0 <= places_of(definition) <= MOST_PLACES
        return None if fits else "validation.bad_places"

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        """What a filter compares it with: as the type that holds such values reads it."""
        alike: FieldType = _ALIKE[self.kind_of(definition) or Kind.TEXT]
        return alike.read(definition, given, reading)

    def result(self, definition: Field, value: Value) -> Any:
        """Worked out → held: text as far as an index takes it, nothing when a number does not fit."""
        if not isinstance(value, Exact):
            return value[:LONGEST_INDEXED] or None if isinstance(value, str) else value
        try:
            number = value.quantize(Exact(1).scaleb(-places_of(definition)), ROUND_HALF_UP)
        except DecimalException:
            return None
        return number if abs(number) < Exact(10) ** (DIGITS - places_of(definition)) else None

    def store(self, held: Any) -> Any:
        """With its kind, which JSON would forget: `{"number": "37.50"}`; text and yes-or-no as are."""
        kind = _kind_in(held)
        return held if kind is None else {kind.value: _ALIKE[kind].store(held)}

    def hold(self, stored: Any) -> Any:
        if not isinstance(stored, dict):
            return stored
        ((kind, value),) = stored.items()
        return _ALIKE[Kind(kind)].hold(value)

    def value(self, held: Any, showing: Showing) -> Any:
        kind = _kind_in(held)
        return held if kind is None else _ALIKE[kind].store(held)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        if isinstance(held, bool):
            return caption("value.yes" if held else "value.no", showing.locale)
        return f"{held:,f}" if isinstance(held, Exact) else None


def _kind_in(held: Any) -> Kind | None:
    """Of a value that JSON cannot tell from text."""
    return next((kind for kind, known in _TAGGED.items() if isinstance(held, known)), None)


_ALIKE: dict[Kind, FieldType] = {
    Kind.NUMBER: decimal.TYPE, Kind.TEXT: text.TYPE, Kind.BOOLEAN: boolean.TYPE,
    Kind.DATE: date.TYPE, Kind.DATETIME: datetime.TYPE,
}  # fmt: skip

_TAGGED: dict[Kind, type] = {
    Kind.NUMBER: Exact, Kind.DATETIME: dt.datetime, Kind.DATE: dt.date,
}  # fmt: skip
"""A moment is a day as well to Python, so it is asked for first."""

TYPE = Formula()

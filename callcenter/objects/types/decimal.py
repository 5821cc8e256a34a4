"""A decimal number, exact; JSON carries it as text."""

from decimal import Decimal as Exact
from decimal import InvalidOperation
from typing import Any, ClassVar

from sqlalchemy import Numeric
from sqlalchemy.types import TypeEngine

from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading
from callcenter.objects.types.cells import number_of

DIGITS = 20
MOST_PLACES = 6


class Decimal(FieldType):
    key = "decimal"
    kind = Kind.NUMBER
    settings: ClassVar = FieldType.settings | {"min", "max", "places"}

    def column(self, definition: Field) -> TypeEngine[Any]:
        return Numeric(DIGITS, definition.setting("places", 2))

    def check(self, definition: Field) -> str | None:
        places = definition.setting("places", 2)
        fits = type(places) is int and 0 <= places <= MOST_PLACES
        return None if fits else "validation.bad_places"

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None or given == "":
            return None
        if isinstance(given, bool) or not isinstance(given, int | float | str):
            raise BadValue("validation.number")
        try:
            number = Exact(str(given))
        except InvalidOperation:
            raise BadValue("validation.number") from None
        if not number.is_finite():
            raise BadValue("validation.number")
        largest = Exact(definition.setting("max", 10**12))
        smallest = Exact(definition.setting("min", -(10**12)))
        if not smallest <= number <= largest:
            raise BadValue("validation.range", {"min": smallest, "max": largest})
        return number.quantize(Exact(1).scaleb(-definition.setting("places", 2)))

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        return number_of(cell)

    def store(self, held: Any) -> Any:
        return None if held is None else str(held)

    def hold(self, stored: Any) -> Any:
        return None if stored is None else Exact(stored)


TYPE = Decimal()

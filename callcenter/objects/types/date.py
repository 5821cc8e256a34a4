"""A day of the calendar, the same in every zone."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Date as SqlDate
from sqlalchemy.types import TypeEngine

from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading
from callcenter.objects.types.cells import day_of


class Date(FieldType):
    key = "date"
    kind = Kind.DATE
    settings: ClassVar = FieldType.settings | {"begin"}

    def column(self, definition: Field) -> TypeEngine[Any]:
        return SqlDate()

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None or given == "":
            return None
        try:
            return date.fromisoformat(given)
        except (TypeError, ValueError):
            raise BadValue("validation.date") from None

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        return day_of(cell)

    def store(self, held: Any) -> Any:
        return None if held is None else held.isoformat()

    def hold(self, stored: Any) -> Any:
        return None if stored is None else date.fromisoformat(stored)


TYPE = Date()

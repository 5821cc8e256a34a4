"""A time of day, to the minute, the same in every zone."""

from datetime import time
from typing import Any

from sqlalchemy import Time as SqlTime
from sqlalchemy.types import TypeEngine

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading
from callcenter.objects.types.cells import time_of


class Time(FieldType):
    key = "time"

    def column(self, definition: Field) -> TypeEngine[Any]:
        return SqlTime()

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None or given == "":
            return None
        try:
            held = time.fromisoformat(given)
        except (TypeError, ValueError):
            raise BadValue("validation.time") from None
        if held.tzinfo is not None:
            raise BadValue("validation.time")
        return held.replace(second=0, microsecond=0)

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        return time_of(cell)

    def store(self, held: Any) -> Any:
        return None if held is None else held.isoformat("minutes")

    def hold(self, stored: Any) -> Any:
        return None if stored is None else time.fromisoformat(stored)


TYPE = Time()

"""A moment: kept in UTC; a time without a zone is the enterprise's."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.types import TypeEngine

from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading
from callcenter.objects.types.cells import moment_of


class DateTime(FieldType):
    key = "datetime"
    kind: ClassVar[Kind | None] = Kind.DATETIME
    settings: ClassVar = FieldType.settings | {"begin"}

    def column(self, definition: Field) -> TypeEngine[Any]:
        return SqlDateTime(timezone=True)

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None or given == "":
            return None
        try:
            moment = dt.datetime.fromisoformat(given)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=reading.zone)
            return moment.astimezone(dt.UTC)
        except (TypeError, ValueError, OverflowError):
            raise BadValue("validation.datetime") from None

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        return moment_of(cell)

    def store(self, held: Any) -> Any:
        return None if held is None else held.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")

    def hold(self, stored: Any) -> Any:
        return None if stored is None else dt.datetime.fromisoformat(stored)


TYPE = DateTime()

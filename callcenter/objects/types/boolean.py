"""Yes or no."""

from typing import Any

from sqlalchemy import Boolean as SqlBoolean
from sqlalchemy.types import TypeEngine

from callcenter.core.i18n import caption
from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading, Showing


class Boolean(FieldType):
    key = "boolean"
    kind = Kind.BOOLEAN

    def column(self, definition: Field) -> TypeEngine[Any]:
        return SqlBoolean()

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None or isinstance(given, bool):
            return given
        raise BadValue("validation.boolean")

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return caption("value.yes" if held else "value.no", showing.locale)


TYPE = Boolean()

"""Yes or no."""

from typing import Any

from sqlalchemy import Boolean as SqlBoolean
from sqlalchemy.types import TypeEngine

from callcenter.core.i18n import caption
from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading, Showing
from callcenter.objects.types.cells import text_of, words_of

NO = frozenset({"0", "no", "false", "n", "否"})
YES = frozenset({"1", "yes", "true", "y", "是"})
"""In files, whatever their language."""


class Boolean(FieldType):
    key = "boolean"
    kind = Kind.BOOLEAN

    def column(self, definition: Field) -> TypeEngine[Any]:
        return SqlBoolean()

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None or isinstance(given, bool):
            return given
        raise BadValue("validation.boolean")

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        text = text_of(cell)
        if text is None:
            return None
        said = words_of(text)
        if said not in NO | YES:
            raise BadValue("validation.boolean")
        return said in YES

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return caption("value.yes" if held else "value.no", showing.locale)


TYPE = Boolean()

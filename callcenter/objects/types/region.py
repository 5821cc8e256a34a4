"""A place in China: province, city or county, held as its code."""

from typing import Any, ClassVar

from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.regions import LEVELS, called, is_last, path_of, regions
from callcenter.objects.types.base import Field, FieldType, Named, Reading, Showing
from callcenter.objects.types.cells import text_of


def level_of(definition: Field) -> str:
    return str(definition.setting("level", LEVELS[-1]))


class Region(FieldType):
    """settings: `level`, how far down a region must be chosen."""

    key = "region"
    kind = Kind.TEXT
    settings: ClassVar = FieldType.settings | {"level"}

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None or given == "":
            return None
        if not isinstance(given, str) or given not in regions():
            raise BadValue("validation.region")
        if not is_last(given, level_of(definition)):
            raise BadValue("validation.choose_leaf")
        return given

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        """A code, or names: 浙江省杭州市西湖区, 浙江/杭州/西湖, 杭州市, Zhejiang / Hangzhou."""
        text = text_of(cell)
        if text is None:
            return None
        found = [code for code in called(text) if is_last(code, level_of(definition))]
        if not found:
            raise BadValue("validation.region")
        if len(found) > 1:
            raise BadValue("validation.ambiguous")
        return found[0]

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return " / ".join(path_of(held, showing.locale)) or None

    def search_text(self, held: Any) -> str:
        return " ".join(path_of(held))


TYPE = Region()

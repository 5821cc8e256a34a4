"""Text of many lines."""

from typing import Any, ClassVar

from callcenter.expressions import Kind
from callcenter.objects.types.base import Field, FieldType, Reading, first_character, read_text

LONGEST = 20_000


class LongText(FieldType):
    key = "long_text"
    kind = Kind.TEXT
    sortable = False
    found_whole = False
    settings: ClassVar = FieldType.settings | {"begin", "max_length"}

    def longest(self, definition: Field) -> int:
        return min(int(definition.setting("max_length", 2000)), LONGEST)

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        return read_text(given, self.longest(definition))

    def veil(self, held: Any) -> str:
        return first_character(held)


TYPE = LongText()

"""Text of one line, optionally of a pattern."""

from typing import Any, ClassVar

from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading, first_character, read_text
from callcenter.objects.types.patterns import is_pattern, matches

LONGEST = 1000


class Text(FieldType):
    key = "text"
    kind = Kind.TEXT
    settings: ClassVar = FieldType.settings | {"begin", "max_length", "pattern", "pattern_message"}
    default_length = 200

    def check(self, definition: Field) -> str | None:
        fits = is_pattern(definition.setting("pattern", ""))
        return None if fits else "validation.bad_pattern"

    def longest(self, definition: Field) -> int:
        return min(int(definition.setting("max_length", self.default_length)), LONGEST)

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        text = read_text(given, self.longest(definition))
        if text is not None and "\n" in text:
            raise BadValue("validation.one_line")
        pattern = definition.setting("pattern")
        if text is not None and pattern and not matches(pattern, text):
            raise BadValue("validation.pattern", said=definition.setting("pattern_message"))
        return text

    def veil(self, held: Any) -> str:
        return first_character(held)


TYPE = Text()

"""Several of the options."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading, Showing
from callcenter.objects.types.cells import text_of
from callcenter.objects.types.choice import TYPE as CHOICE
from callcenter.objects.types.choice import label_of, option_named, options_of

_BETWEEN = re.compile(r"([、,，;；|\n])")


def _texts(option: Mapping[str, Any]) -> list[str]:
    return [option["value"], *option.get("label", {}).values()]


def _first(definition: Field, parts: list[str], longest: int) -> tuple[str, list[str]]:
    """The option that the parts begin with, and what follows it; raises BadValue."""
    for end in range(min(longest, len(parts)), 1, -2):
        try:
            return option_named(definition, "".join(parts[:end]).strip()), parts[end + 1 :]
        except BadValue:
            continue
    return option_named(definition, parts[0].strip()), parts[2:]


class Choices(FieldType):
    key = "choices"
    sortable = False
    settings: ClassVar = FieldType.settings | {"options", "codes"}

    def column(self, definition: Field) -> TypeEngine[Any]:
        return JSONB()

    def check(self, definition: Field) -> str | None:
        return CHOICE.check(definition)

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None:
            return None
        if not isinstance(given, list):
            raise BadValue("validation.list")
        chosen = [CHOICE.read(definition, value, reading) for value in given]
        return list(dict.fromkeys(chosen)) or None

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        parts = _BETWEEN.split(text_of(cell) or "")
        labels = [text for option in options_of(definition).values() for text in _texts(option)]
        # A label may have in it what stands between labels: the longest that is one counts.
        longest = max((len(_BETWEEN.split(text)) for text in labels), default=1)
        chosen: list[str] = []
        while parts:
            if parts[0].strip():
                value, parts = _first(definition, parts, longest)
                chosen.append(value)
            else:
                parts = parts[2:]
        return chosen or None

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        options = options_of(definition)
        return "、".join(label_of(options.get(value), value, showing.locale) for value in held)


TYPE = Choices()

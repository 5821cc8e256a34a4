"""Several of the options."""

from typing import Any, ClassVar

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading, Showing
from callcenter.objects.types.choice import TYPE as CHOICE
from callcenter.objects.types.choice import label_of, options_of


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

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        options = options_of(definition)
        return "、".join(label_of(options.get(value), value, showing.locale) for value in held)


TYPE = Choices()

"""A whole number."""

from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger
from sqlalchemy.types import TypeEngine

from callcenter.expressions import Kind, Value
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading
from callcenter.objects.types.cells import number_of

LARGEST = 2**63 - 1


class Integer(FieldType):
    key = "integer"
    kind = Kind.NUMBER
    settings: ClassVar = FieldType.settings | {"min", "max"}

    def column(self, definition: Field) -> TypeEngine[Any]:
        return BigInteger()

    def operand(self, held: Any) -> Value:
        return None if held is None else Decimal(held)

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None or given == "":
            return None
        if isinstance(given, bool) or not isinstance(given, int):
            raise BadValue("validation.integer")
        smallest = definition.setting("min", -LARGEST)
        largest = definition.setting("max", LARGEST)
        if not smallest <= given <= largest:
            raise BadValue("validation.range", {"min": smallest, "max": largest})
        return given

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        text = number_of(cell)
        number = None if text is None else Decimal(text)
        if number is not None and number != int(number):
            raise BadValue("validation.integer")
        return None if number is None else int(number)


TYPE = Integer()

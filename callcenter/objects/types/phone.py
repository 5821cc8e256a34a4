"""A telephone number: normalised, found by its normal form, masked by role."""

from typing import Any

from callcenter.core.numbers import BadNumber, Number, NumberKind, parse_number
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading, Showing, read_text


class Phone(FieldType):
    """Held as `kind:value`; answers carry it as it is dialled, or masked."""

    key = "phone"
    own_column = True
    sortable = False  # the order of masked numbers would tell them
    masked = True

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        text = read_text(given, 40)
        if text is None:
            return None
        try:
            number = parse_number(text, reading.area_code)
        except BadNumber:
            raise BadValue("validation.phone") from None
        if number.kind is NumberKind.WITHHELD:
            raise BadValue("validation.phone")
        return str(number)

    def mask(self, held: Any) -> str:
        return Number.load(held).mask()

    def whole(self, word: str, area_code: str) -> Any:
        try:
            number = parse_number(word, area_code)
        except BadNumber:
            return None
        return None if number.kind is NumberKind.WITHHELD else str(number)

    def value(self, held: Any, showing: Showing) -> Any:
        if held is None:
            return None
        return Number.load(held).national if showing.unmasked else self.mask(held)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return Number.load(held).show() if showing.unmasked else self.mask(held)


TYPE = Phone()

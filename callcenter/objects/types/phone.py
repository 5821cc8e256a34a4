"""A telephone number: normalised, found by its normal form, masked by role."""

from typing import Any

from callcenter.core.numbers import BadNumber, Number, NumberKind, parse_number
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, Reading, read_text
from callcenter.objects.types.masked import MaskedType


class Phone(MaskedType):
    """Held as `kind:value`; answers carry it as it is dialled, or masked."""

    key = "phone"

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        text = read_text(given, 40)
        if text is None:
            return None
        held = self.whole(text, reading.area_code)
        if held is None:
            raise BadValue("validation.phone")
        return held

    def whole(self, word: str, area_code: str) -> str | None:
        try:
            number = parse_number(word, area_code)
        except BadNumber:
            return None
        return None if number.kind is NumberKind.WITHHELD else str(number)

    def mask(self, held: Any) -> str:
        return Number.load(held).mask()

    def plain(self, held: Any) -> str:
        return Number.load(held).national

    def spoken(self, held: Any) -> str:
        return Number.load(held).show()


TYPE = Phone()

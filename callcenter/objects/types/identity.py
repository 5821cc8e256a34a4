"""The number of a Chinese resident identity card (GB 11643): checked, masked by role."""

import re
from datetime import date
from typing import Any

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading, Showing, read_text

_FORM = re.compile(r"[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[\dX]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_FIRST_YEAR = 1850


class Identity(FieldType):
    """Eighteen characters: region, birthday, order, check (ISO 7064 MOD 11-2)."""

    key = "identity"
    own_column = True
    sortable = False  # the order of masked numbers would tell them
    masked = True

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        text = read_text(given, 40)
        if text is None:
            return None
        number = text.replace(" ", "").upper()
        if not _is_valid(number):
            raise BadValue("validation.identity")
        return number

    def mask(self, held: Any) -> str:
        """Where from and the last two: enough to compare with what a caller says, too little to use."""
        return f"{held[:3]}*************{held[-2:]}"

    def whole(self, word: str, area_code: str) -> Any:
        return word.upper() if _is_valid(word.upper()) else None

    def value(self, held: Any, showing: Showing) -> Any:
        if held is None:
            return None
        return held if showing.unmasked else self.mask(held)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return str(self.value(held, showing))


def _is_valid(number: str) -> bool:
    form = _FORM.fullmatch(number)
    if form is None:
        return False
    year, month, day = (int(part) for part in form.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return year >= _FIRST_YEAR and number[-1] == _CHECKS[total % 11]


TYPE = Identity()

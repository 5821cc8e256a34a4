"""The number of a Chinese resident identity card (GB 11643): checked, masked by role."""

import re
from datetime import date
from typing import Any

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, Reading, read_text
from callcenter.objects.types.masked import MaskedType

_FORM = re.compile(r"[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[\dX]", re.ASCII)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_FIRST_YEAR = 1850


class Identity(MaskedType):
    """Eighteen characters: region, birthday, order, check (ISO 7064 MOD 11-2)."""

    key = "identity"

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        text = read_text(given, 40)
        if text is None:
            return None
        held = self.whole(text.replace(" ", ""), reading.area_code)
        if held is None:
            raise BadValue("validation.identity")
        return held

    def whole(self, word: str, area_code: str) -> str | None:
        number = word.upper()
        return number if _is_valid(number) else None

    def mask(self, held: Any) -> str:
        """Where from and the last two: enough to compare with what a caller says, too little to use."""
        return f"{held[:3]}*************{held[-2:]}"


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

"""Whether a number that somebody typed can be one: check digits and forms. Pure."""

import re
from datetime import datetime

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MARKS = "10X98765432"
_IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def luhn(text: str) -> bool:
    """ISO/IEC 7812: every second digit from the right doubled, digits summed, divisible by 10."""
    total = 0
    for index, char in enumerate(reversed(text)):
        digit = int(char) * (1 + index % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def identity(text: str) -> bool:
    """GB 11643: 17 digits with a day of birth in them, and ISO 7064 MOD 11-2 over them."""
    if not _IDENTITY.fullmatch(text):
        return False
    try:
        datetime.strptime(text[6:14], "%Y%m%d")  # noqa: DTZ007 (a day, no moment)
    except ValueError:
        return False
    total = sum(int(char) * weight for char, weight in zip(text, _WEIGHTS, strict=False))
    return _MARKS[total % 11] == text[17]


def mobile(text: str) -> bool:
    """A mobile number of the mainland, as it is dialled there."""
    return _MOBILE.fullmatch(text) is not None

"""Telephone numbers as a type.

12345, 95xxx, 10086, 400 numbers and extensions are not E.164, and a caller may withhold the number;
so a number is a pair (kind, value). Trunks write the same number in many ways: 0138…, 138… and
+86138… become one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from callcenter.core.i18n import LOCALES

_REGION = "CN"
COUNTRY = "+86"
_SEPARATORS = re.compile(r"[\s\-()./\u00a0\u3000]")
_DIALABLE = re.compile(r"\+?[0-9]{2,20}\Z")
_LONGEST_SHORT = 6
_BEIJING = 10
_MOBILE = re.compile(r"0?(1[3-9][0-9]{9})\Z")
_TOLL_FREE = re.compile(r"0?([48]00[0-9]{7})\Z")
_SERVICE = re.compile(r"(1[0-2][0-9]{1,4}|1(?:00|06)[0-9]{2,17}|9[56][0-9]{3,6})\Z")
_WITHHELD = {
    "", "anonymous", "unknown", "restricted", "unavailable", "private", "withheld", "asterisk", "s",
}  # fmt: skip


class NumberKind(StrEnum):
    E164 = "e164"
    SHORT = "short"
    SERVICE = "service"
    EXTENSION = "extension"
    WITHHELD = "withheld"


class BadNumber(ValueError):
    """The text is no telephone number; nothing was guessed."""


@dataclass(frozen=True, slots=True)
class Number:
    """kind says how to read value: E.164 with its plus, or bare digits; empty when withheld."""

    kind: NumberKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @classmethod
    def load(cls, text: str) -> "Number":
        """The inverse of str()."""
        kind, _, value = text.partition(":")
        return cls(NumberKind(kind), value)

    @property
    def national(self) -> str:
        """As it is dialled inside the country: 13800000001, 02160000001, 0044…."""
        if self.kind is not NumberKind.E164:
            return self.value
        if not self.value.startswith(COUNTRY):
            return "00" + self.value[1:]
        digits = self.value[len(COUNTRY) :]
        return digits if _MOBILE.match(digits) or _TOLL_FREE.match(digits) else "0" + digits

    def show(self) -> str:
        """In the local habit: `138 0000 0001`, `021-6000 0001`, `400-123-4567`."""
        national = self.national
        if self.kind is NumberKind.SERVICE and _TOLL_FREE.match(national):
            return f"{national[:3]}-{national[3:6]}-{national[6:]}"
        if self.kind is not NumberKind.E164:
            return self.value
        if not self.value.startswith(COUNTRY):
            parsed = phonenumbers.parse(self.value)
            return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
        if _MOBILE.match(national):
            return f"{national[:3]} {national[3:7]} {national[7:]}"
        area, local = _split_area(national)
        return f"{area}-{local[:-4]} {local[-4:]}"

    def mask(self) -> str:
        """For a role without the privilege: `138 **** 0001`, `021-**** 01`."""
        if self.kind is not NumberKind.E164:
            return self.value  # nobody's private number
        national = self.national
        if _MOBILE.match(national):
            return f"{national[:3]} **** {national[7:]}"
        if self.value.startswith(COUNTRY):
            area, local = _split_area(national)
            return f"{area}-**** {local[-2:]}"
        return f"{self.value[:3]} **** {self.value[-2:]}"

    def location(self) -> dict[str, str]:
        """Where the number is at home by locale, as far as its prefix tells: `上海市`; else empty."""
        if self.kind is not NumberKind.E164:
            return {}
        # Its tables take 0.4 s to load. Who tells places all day loads them at the start.
        from phonenumbers import geocoder

        parsed = phonenumbers.parse(self.value)
        told = {locale: geocoder.description_for_number(parsed, locale[:2]) for locale in LOCALES}
        return {locale: place for locale, place in told.items() if place}


WITHHELD = Number(NumberKind.WITHHELD, "")


def _split_area(national: str) -> tuple[str, str]:
    # Beijing (010) and the 02x cities have three digits with the zero, all others four.
    length = 3 if national[:2] in ("01", "02") else 4
    return national[:length], national[length:]


def parse_number(raw: str, area_code: str = "", *, extensions: bool = False) -> Number:
    """Read what a trunk, a person or a file wrote.

    area_code: with its zero (`021`), completes seven- and eight-digit local numbers.
    extensions: whether two to six digits that are no service number are an extension (from an
    agent's pad) rather than a short number.
    Raises BadNumber when the text is neither a number nor a known word for a withheld one.
    """
    text = _SEPARATORS.sub("", raw.strip())
    if text.lower() in _WITHHELD:
        return WITHHELD
    if not _DIALABLE.match(text):
        raise BadNumber(raw)
    if text.startswith(("+", "00")):
        return _international("+" + text.lstrip("+").removeprefix("00"))
    if special := _special(text):
        return special
    if len(text) <= _LONGEST_SHORT:
        return Number(NumberKind.EXTENSION if extensions else NumberKind.SHORT, text)
    if not text.startswith("0"):
        text = area_code + text
    if not text.startswith("0"):
        raise BadNumber(raw)
    return _international(COUNTRY + text[1:])


def _special(text: str) -> Number | None:
    """Mobile, toll-free and service numbers: told by their first digits alone."""
    if mobile := _MOBILE.match(text):
        return Number(NumberKind.E164, COUNTRY + mobile[1])
    if toll_free := _TOLL_FREE.match(text):
        return Number(NumberKind.SERVICE, toll_free[1])
    return Number(NumberKind.SERVICE, text) if _SERVICE.match(text) else None


def _international(text: str) -> Number:
    if text.startswith(COUNTRY):
        rest = text[len(COUNTRY) :]
        # Ten digits after the country are Beijing's 10 and eight more, and no service number.
        service = _SERVICE.match(rest) and len(rest) != _BEIJING and not _MOBILE.match(rest)
        if _TOLL_FREE.match(rest) or service:
            return Number(NumberKind.SERVICE, rest)
    try:
        parsed = phonenumbers.parse(text, _REGION)
    except NumberParseException as error:
        raise BadNumber(text) from error
    if not phonenumbers.is_possible_number(parsed):
        raise BadNumber(text)
    return Number(NumberKind.E164, phonenumbers.format_number(parsed, PhoneNumberFormat.E164))

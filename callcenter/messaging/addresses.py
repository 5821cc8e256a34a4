"""Whom a message goes to: read, shown and masked by the kind of its channel. Pure."""

import re
from collections.abc import Sequence

from callcenter.core.numbers import BadNumber, Number, NumberKind, parse_number
from callcenter.messaging.models import ChannelKind

LONGEST = 254
_MAIL = re.compile(r"[^@\s,;<>\"\x00-\x1f]+@[^@\s,;<>\"\x00-\x1f]+\.[^@\s,;<>\".\x00-\x1f]{2,}")


class BadAddress(ValueError):
    """A caption's key says what is wrong with it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_address(kind: str, text: str, area_code: str = "") -> str:
    """As it is kept. text: written by a person, or a number as it is stored. Raises BadAddress."""
    if kind == ChannelKind.EMAIL:
        address = text.strip()
        if len(address) > LONGEST or not address.isascii() or not _MAIL.fullmatch(address):
            raise BadAddress("validation.email")
        return address
    number = _number(text, area_code)
    if number.kind is not NumberKind.E164:
        raise BadAddress("validation.phone")
    return str(number)


def _number(text: str, area_code: str) -> Number:
    kind, _, _ = text.partition(":")
    try:
        return Number.load(text) if kind in [*NumberKind] else parse_number(text, area_code)
    except BadNumber:
        raise BadAddress("validation.phone") from None


def is_allowed(kind: str, address: str, prefixes: Sequence[str]) -> bool:
    """prefixes: of E.164 numbers (`+861`); none: all."""
    if kind == ChannelKind.EMAIL or not prefixes:
        return True
    return Number.load(address).value.startswith(tuple(prefixes))


def shown_address(kind: str, address: str, *, unmasked: bool) -> str:
    if not address:
        # It was taken out of an old message.
        return ""
    if kind == ChannelKind.SMS:
        number = Number.load(address)
        return number.show() if unmasked else number.mask()
    return address if unmasked else f"{address[:1]}***{address[address.rindex('@') :]}"

"""How many parts an SMS takes: GSM 03.38 where its alphabet does, UCS-2 otherwise. Pure.

One message has 160 septets or 70 UTF-16 units. Longer ones are joined from parts, in which a header
takes room: 153 and 67. A character is never divided between two parts.
"""

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Two septets: an escape, and the character."""

_GSM, _UCS2 = (160, 153), (70, 67)


@dataclass(frozen=True, slots=True)
class Size:
    """units: septets, or UTF-16 units where `unicode`."""

    unicode: bool
    units: int
    parts: int


def size_of(text: str) -> Size:
    unicode = not all(each in _BASIC or each in _EXTENDED for each in text)
    widths = [_width(each, unicode=unicode) for each in text]
    single, joined = _UCS2 if unicode else _GSM
    total = sum(widths)
    return Size(unicode, total, 1 if total <= single else _parts(widths, joined))


def _width(character: str, *, unicode: bool) -> int:
    if unicode:
        return 2 if ord(character) > 0xFFFF else 1
    return 2 if character in _EXTENDED else 1


def _parts(widths: list[int], room: int) -> int:
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def signed(text: str, signature: str) -> str:
    """As it goes out: Chinese providers want the signature in front."""
    return f"【{signature}】{text}" if signature else text

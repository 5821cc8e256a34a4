"""Digits and numbers in words, one list entry a word: each word is one recorded clip.

A word is recorded once and serves every number, so nothing needs making while a caller waits.
"""

from collections.abc import Callable
from decimal import Decimal

LARGEST = 99_999_999

_ZH_DIGITS = "零一二三四五六七八九"
_ZH_UNITS = ("", "十", "百", "千")
# fmt: off
_EN_SMALL = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
# fmt: on
_EN_KEYS = {"*": "star", "#": "pound"}
_ZH_KEYS = {"*": "星号", "#": "井号"}
_SIGNS = {"zh-CN": ("负", "点"), "en": ("minus", "point")}


def digits(text: str, language: str) -> list[str]:
    """Key by key, as a code is read out; what is no key is passed over."""
    keys = _KEYS[language]
    return [keys[char] for char in text if char in keys]


def number(value: int, language: str) -> list[str]:
    """As a quantity, 0 to LARGEST; raises ValueError outside."""
    if not 0 <= value <= LARGEST:
        raise ValueError(f"{value} is not between 0 and {LARGEST}")
    return _NUMBER[language](value)


def decimal(value: Decimal, language: str) -> list[str]:
    """As `number`, with a sign and what comes behind the point; raises ValueError outside."""
    minus, point = _SIGNS[language]
    whole, _, rest = f"{abs(value):f}".partition(".")
    words = number(int(whole), language)
    rest = rest.rstrip("0")
    return [
        *([minus] if value < 0 else []),
        *words,
        *([point, *digits(rest, language)] if rest else []),
    ]


def vocabulary(language: str) -> frozenset[str]:
    """Every word that `digits`, `number` and `decimal` may use."""
    return frozenset(_KEYS[language].values()) | _WORDS[language] | frozenset(_SIGNS[language])


def _chinese(value: int) -> list[str]:
    high, low = divmod(value, 10_000)
    words = _chinese_group(low)
    if high:
        gap = ["零"] if 0 < low < 1000 else []
        words = [*_chinese_group(high), "万", *gap, *(words if low else [])]
    # 10-19 are 十…, never 一十…, where they begin the number.
    return words[1:] if words[:2] == ["一", "十"] else words


def _chinese_group(value: int) -> list[str]:
    if value == 0:
        return ["零"]
    words: list[str] = []
    places = [int(char) for char in str(value)]
    for index, digit in enumerate(places):
        unit = _ZH_UNITS[len(places) - 1 - index]
        if digit:
            words += [_ZH_DIGITS[digit], *([unit] if unit else [])]
        elif any(places[index:]) and words[-1] != "零":
            words.append("零")
    return words


def _english(value: int) -> list[str]:
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if value >= size:
            high, low = divmod(value, size)
            rest = ["and", *_english(low)] if 0 < low < 100 else _english(low) if low else []
            return [*_english(high), name, *rest]
    if value < 20:
        return [_EN_SMALL[value]]
    tens, ones = divmod(value, 10)
    return [_EN_TENS[tens - 2], *([_EN_SMALL[ones]] if ones else [])]


_NUMBER: dict[str, Callable[[int], list[str]]] = {"zh-CN": _chinese, "en": _english}
_KEYS = {
    "zh-CN": dict(zip("0123456789", _ZH_DIGITS, strict=True)) | _ZH_KEYS,
    "en": dict(zip("0123456789", _EN_SMALL[:10], strict=True)) | _EN_KEYS,
}
_WORDS = {
    "zh-CN": frozenset(_ZH_DIGITS) | frozenset("十百千万"),
    "en": frozenset(_EN_SMALL) | frozenset(_EN_TENS) | {"hundred", "thousand", "million", "and"},
}

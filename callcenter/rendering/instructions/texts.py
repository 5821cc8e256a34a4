"""Texts: hidden in part, numbered, spoken, and put into addresses. Pure."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from callcenter.rendering.errors import Refused
from callcenter.rendering.instructions.base import Group, filter_, function
from callcenter.rendering.instructions.dates import shortened

_VEIL = "***"
_SHORTEST_MASKED = 8
_WIDEST = 40
_LONGEST_SPOKEN = 2000


@filter_(Group.TEXTS, "cinTelEncrypt")
def mask(value: Any) -> str:
    """A telephone number of which only the ends are left; of a short one nothing is.

    {{ '13800000001' | mask }} → 138****0001
    """
    text = str("" if value is None else value).strip()
    if len(text) < _SHORTEST_MASKED:
        return _VEIL if text else ""
    return f"{text[:3]}****{text[-4:]}"


@filter_(Group.TEXTS, "cinIdFmt")
def id_format(value: Any, width: Any = 6, prefix: str = "") -> str:
    """A number with noughts before it, so that all are equally wide, and a prefix.

    {{ 42 | id_format(6, 'T') }} → T000042

    Refused for a width above 40.
    """
    if value is None:
        return ""
    if not isinstance(width, int) or not 0 <= width <= _WIDEST:
        raise Refused("instruction.argument", {"argument": "width"})
    return f"{prefix}{str(value).strip().zfill(width)}"


@filter_(Group.TEXTS, "cinChn2Py")
def pinyin(value: Any, separator: str = " ", tones: bool = False) -> str:
    """How Chinese is spoken, in pinyin; other letters stay.

    {{ '王秀兰' | pinyin }} → wang xiu lan

    Refused for more than 2,000 letters.
    """
    return str(separator).join(_spoken(value, tones=bool(tones)))


@filter_(Group.TEXTS, "cinChn2Py")
def initials(value: Any) -> str:
    """The first letters of how Chinese is spoken.

    {{ '王秀兰' | initials }} → wxl

    Refused for more than 2,000 letters.
    """
    return "".join(part[:1] for part in _spoken(value, tones=False))


@function(Group.TEXTS)
def url(address: str, **parameters: Any) -> str:
    """An address with parameters, each written as addresses are.

    {{ url('https://example.com/track', number=record.number) }} → https://example.com/track?number=T000042

    Refused for what is no http or https address.
    """
    try:
        parts = urlsplit(str(address))
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refused("instruction.no_address", {"value": shortened(address)})
    said = {name: _in_address(each) for name, each in parameters.items() if each is not None}
    query = "&".join(part for part in (parts.query, urlencode(said, doseq=True)) if part)
    return parts._replace(query=query, path=quote(parts.path, safe="/%:@!$&'()*+,;=~")).geturl()


@filter_(Group.TEXTS)
def digits(value: Any) -> str:
    """What is left of a text when all but its digits is taken out.

    {{ '138-0000 0001' | digits }} → 13800000001
    """
    return re.sub(r"[^0-9]", "", str("" if value is None else value))


def _in_address(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return str(value)


def _spoken(value: Any, *, tones: bool) -> Sequence[str]:
    """One part a character, or run of other letters."""
    from pypinyin import Style
    from pypinyin import pinyin as spoken

    text = str("" if value is None else value)
    if len(text) > _LONGEST_SPOKEN:
        raise Refused("instruction.too_long", {"most": _LONGEST_SPOKEN})
    found = spoken(text, style=Style.TONE if tones else Style.NORMAL)
    return [part for (part, *_) in found if part.strip()]

"""What fields of a new record begin with where that depends on who makes it, and when. Pure.

`$me`, `$my_team`, `$today+7d` and `$now-2h` in fields of people, teams, days and moments; in a text the
words stand between braces: `{$code} {$me}, {$today}`. Nobody's record begins with nobody's name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from callcenter.objects.asking import ME, MY_TEAM
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field

_TEXTS = ("text", "long_text")
_CODE = "$code"
_DAY = re.compile(r"\$today(?:([+-]\d{1,4})d)?")
_MOMENT = re.compile(r"\$now(?:([+-]\d{1,4})([dhm]))?")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_PLACE = re.compile(r"\{(\$[^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a record; of what the product makes by itself nobody. now: in the enterprise's zone."""

    now: datetime
    user_id: UUID | None = None
    name: str = ""
    employee_code: str = ""
    team_ids: Sequence[UUID] = ()


def knows(field: Field, template: str) -> bool:
    """Whether all its words are such as the field's type takes."""
    if field.type in _TEXTS:
        return all(_is_said(word) for word in _PLACE.findall(template))
    if field.type == "date":
        return _DAY.fullmatch(template) is not None
    if field.type == "datetime":
        return _MOMENT.fullmatch(template) is not None
    return template == {"user": ME, "team": MY_TEAM}.get(field.type)


def begun(field: Field, maker: Maker) -> str | None:
    """As somebody would enter it; None for nothing."""
    template: str = field.setting("begin")
    if field.type in _TEXTS:
        text = _PLACE.sub(lambda place: _said(place[1], maker), template)
        return text[: type_of(field).longest(field)]
    if field.type == "user":
        return str(maker.user_id) if maker.user_id else None
    if field.type == "team":
        return str(maker.team_ids[0]) if maker.team_ids else None
    if field.type == "date":
        return _day(template, maker)
    return _moment(template, maker).isoformat(timespec="minutes")


def _is_said(word: str) -> bool:
    return word in (ME, _CODE) or bool(_DAY.fullmatch(word) or _MOMENT.fullmatch(word))


def _said(word: str, maker: Maker) -> str:
    if word in (ME, _CODE):
        return maker.name if word == ME else maker.employee_code
    if _DAY.fullmatch(word):
        return _day(word, maker)
    return _moment(word, maker).strftime("%Y-%m-%d %H:%M")


def _day(template: str, maker: Maker) -> str:
    found = _DAY.fullmatch(template)
    days = int(found[1] or 0) if found else 0
    return (maker.now.date() + timedelta(days=days)).isoformat()


def _moment(template: str, maker: Maker) -> datetime:
    found = _MOMENT.fullmatch(template)
    if found is None or found[1] is None:
        return maker.now
    return maker.now + timedelta(**{_UNITS[found[2]]: int(found[1])})

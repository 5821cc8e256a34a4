"""What fields of a new record begin with where that depends on who makes it, and when. Pure.

`$me`, `$my_team`, `$today+7d` and `$now-2h` in fields of people, teams, days and moments; in a text the
words stand between braces: `{$code} {$me}, {$today}`. Nobody's record begins with nobody's name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from callcenter.objects.asking import ME, MY_TEAM, day_of
from callcenter.objects.errors import BadValue
from callcenter.objects.rules import ANYWHERE
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field

_TEXTS = ("text", "long_text")
_CODE = "$code"
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


SOMEBODY = Maker(datetime(2026, 1, 1, 9, tzinfo=UTC), UUID(int=1), "王芳", "8001", (UUID(int=2),))
"""To try a template by that nobody has used yet."""


def knows(field: Field, template: str) -> bool:
    """Whether the field's type takes what the template comes to."""
    try:
        given = _begun(field, template, SOMEBODY)
        return type_of(field).read(field, given, ANYWHERE) is not None
    except BadValue:
        return False


def beginning_of(field: Field, maker: Maker) -> str | None:
    """As somebody would enter it; None for nothing."""
    try:
        return _begun(field, field.setting("begin"), maker)
    except BadValue:
        return None


def _begun(field: Field, template: str, maker: Maker) -> str | None:
    """Raises BadValue for a word that there is not, or not for a field of this type."""
    if field.type in _TEXTS:
        text = _PLACE.sub(lambda place: _said(place[1], maker), template)
        return text[: type_of(field).longest(field)]
    if field.type == "user" and template == ME:
        return str(maker.user_id) if maker.user_id else None
    if field.type == "team" and template == MY_TEAM:
        return str(maker.team_ids[0]) if maker.team_ids else None
    if field.type == "date" and (day := day_of(template, maker.now.date())):
        return day.isoformat()
    if field.type == "datetime" and (moment := _moment(template, maker.now)):
        return moment.isoformat(timespec="minutes")
    raise BadValue("validation.bad_begin")


def _said(word: str, maker: Maker) -> str:
    if word in (ME, _CODE):
        return maker.name if word == ME else maker.employee_code
    if day := day_of(word, maker.now.date()):
        return day.isoformat()
    if moment := _moment(word, maker.now):
        return moment.strftime("%Y-%m-%d %H:%M")
    raise BadValue("validation.bad_begin")


def _moment(word: str, now: datetime) -> datetime | None:
    """What `$now` or `$now+2h` stands for; None of what is no such word."""
    found = _MOMENT.fullmatch(word)
    if found is None:
        return None
    return now + timedelta(**{_UNITS[found[2]]: int(found[1])}) if found[1] else now

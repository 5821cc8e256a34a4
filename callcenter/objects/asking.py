"""What a list is asked for: filters by field, and words in them that stand for who asks and when. Pure.

`$me`, `$my_team`, `$today`, `$today-7d`: worked out each time the list is asked for, so that one
list serves everybody, every day.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from callcenter.objects.errors import BadValue
from callcenter.objects.regions import regions
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import Field, Reading

if TYPE_CHECKING:
    from callcenter.objects.schemas import Definition

ME, MY_TEAM = "$me", "$my_team"
_DAY = re.compile(r"\$today(?:([+-]\d{1,4})d)?")
_WORDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("user", "created_by", "updated_by"), (ME,)),
    "team": (MY_TEAM,),
}
_DATED = ("date", "datetime", "created_at", "updated_at")
WHOLE = re.compile(r"-?[0-9]{1,19}")
"""A whole number as it is typed."""


def filtered_field(definition: "Definition", name: str) -> tuple[Field, str] | None:
    """The field that a filter is about, and its bound (`from`, `to` or none); None if it is none."""
    key, _, bound = name.removeprefix("f.").partition(".")
    field = definition.by_key.get(key)
    if not name.startswith("f.") or field is None or not definition.has_column(field):
        return None
    if bound not in ("", "from", "to") or (bound and masked_type(field)):
        return None
    return field, bound


def problem_of_filter(definition: "Definition", name: str, text: str) -> str | None:
    """A caption's key; values that are no words are looked at when the list is asked for."""
    found = filtered_field(definition, name)
    if found is None:
        return "validation.unknown_filter"
    field, _ = found
    strange = [part for part in text.split(",") if part.startswith("$") and not knows(field, part)]
    if strange or not text:
        return "validation.unknown_word"
    return None


class Asker:
    """Who asks, and which day it is where the enterprise is."""

    def __init__(self, user_id: UUID | None, team_ids: Sequence[UUID], today: date) -> None:
        self._user_id = user_id
        self._team_ids = team_ids
        self._today = today

    def meant(self, definition: "Definition", filters: Mapping[str, str]) -> dict[str, str] | None:
        """With what the words stand for; None where nothing can be found, as of nobody's team."""
        plain: dict[str, str] = {}
        for name, text in filters.items():
            found = filtered_field(definition, name)
            if found is None or "$" not in text:
                plain[name] = text
                continue
            parts = [self.part(found[0], part) for part in text.split(",")]
            plain[name] = ",".join(part for part in parts if part)
            if not plain[name]:
                return None
        return plain

    def part(self, field: Field, text: str) -> str:
        """What one word stands for: several with commas between them, "" for nothing."""
        if not knows(field, text):
            return text
        if text == ME:
            return str(self._user_id) if self._user_id else ""
        if text == MY_TEAM:
            return ",".join(str(each) for each in self._team_ids)
        day = day_of(text, self._today)
        assert day is not None
        return day.isoformat()


def day_of(text: str, today: date) -> date | None:
    """The day that `$today` or `$today-7d` stands for; None of what is no such word."""
    found = _DAY.fullmatch(text)
    return today + timedelta(days=int(found[1] or 0)) if found else None


def knows(field: Field, text: str) -> bool:
    """Whether it is a word that stands for something in such a field."""
    if field.type in _DATED:
        return _DAY.fullmatch(text) is not None
    return text in _WORDS.get(field.type, ())


def wanted(field: Field, text: str, reading: Reading) -> Any:
    """The value that a text means where records are looked for by it; raises BadValue."""
    given: Any = text
    if field.type == "integer" and WHOLE.fullmatch(text):
        given = int(text)
    if field.type == "boolean":
        given = {"true": True, "false": False}.get(text)
    # Of a region any step is a place to look in.
    if field.type in ("choice", "cascade", "serial") or (
        field.type == "region" and text in regions()
    ):
        return text
    held = type_of(field).read(field, given, reading)
    if held is None:
        raise BadValue("validation.required")
    return held

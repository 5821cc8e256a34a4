"""A number given by the system, from a rule such as `GD{yyyyMMdd}{seq:5}`."""

import re
from datetime import datetime
from typing import Any, ClassVar

from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading

_PLACE = re.compile(r"\{(yyyyMMdd|yyyyMM|yyyy|seq:[1-9])\}")
_DATES = {"yyyyMMdd": "%Y%m%d", "yyyyMM": "%Y%m", "yyyy": "%Y"}


class Serial(FieldType):
    key = "serial"
    entered = False
    own_column = True
    settings: ClassVar = FieldType.settings | {"rule"}

    def check(self, definition: Field) -> str | None:
        rule = definition.setting("rule", "")
        rest = _PLACE.sub("", rule)
        sequences = [place for place in _PLACE.findall(rule) if place.startswith("seq")]
        return None if len(sequences) == 1 and not set(rest) & set("{}") else "validation.bad_rule"

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        raise BadValue("validation.read_only")


def period(rule: str, now: datetime) -> str:
    """The part of the rule that the sequence starts anew with; now in the enterprise's zone."""
    dates = [place for place in _PLACE.findall(rule) if place in _DATES]
    return "".join(now.strftime(_DATES[place]) for place in dates)


def render(rule: str, now: datetime, sequence: int) -> str:
    """The serial number; a sequence that outgrows its digits gets longer, never wraps."""

    def fill(match: re.Match[str]) -> str:
        place = match[1]
        if place in _DATES:
            return now.strftime(_DATES[place])
        return str(sequence).zfill(int(place.partition(":")[2]))

    return _PLACE.sub(fill, rule)


TYPE = Serial()

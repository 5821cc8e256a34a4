"""What templates may do with values beside what Jinja2 itself knows. Pure.

Nothing stays nothing. A value that is none of theirs is a TypeError, in whose text it stands: a
name that is not known says so there.
"""

import calendar
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from jinja2 import Undefined

from callcenter.core.i18n import caption

_VEIL = "***"
_SHORTEST_MASKED = 8

Filter = Callable[..., str]


def filters(locale: str) -> Mapping[str, Filter]:
    """By the names that templates call them."""
    return {
        "date": partial(_date, locale),
        "datetime": partial(_datetime, locale),
        "time": _time,
        "number": _number,
        "mask": _mask,
    }


def said(value: Any, locale: str) -> Any:
    """What stands in the text for a value: nothing for nothing, and no words of Python's.

    Raises TypeError for what is no value: a loop, a macro, a list that is not made yet.
    """
    match value:
        case None:
            return ""
        case Undefined():
            return str(value)  # or it fails, as what a template does not know does
        case bool():
            return caption("value.yes" if value else "value.no", locale)
        case Decimal():
            return format(value, "f")
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case str() | int() | float() | date() | list() | tuple() | dict():
            return value
    raise TypeError(f"no value: {value}")


def _date(locale: str, value: Any, style: str = "short") -> str:
    """`2026-11-27`; long: `2026年11月27日`, `27 November 2026`."""
    if value is None:
        return ""
    if not isinstance(value, date):
        raise TypeError(f"no date: {value}")
    if style != "long":
        return f"{value:%Y-%m-%d}"
    if locale == "en":
        return f"{value.day} {calendar.month_name[value.month]} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def _datetime(locale: str, value: Any, style: str = "short") -> str:
    return "" if value is None else f"{_date(locale, value, style)} {_time(value)}"


def _time(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, datetime):
        raise TypeError(f"no moment: {value}")
    return f"{value:%H:%M}"


def _number(value: Any, places: int | None = None) -> str:
    """With commas; places: as many decimals, else as many as it has."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError(f"no number: {value}")
    exact = Decimal(str(value))
    return f"{exact:,f}" if places is None else f"{exact:,.{min(max(places, 0), 9)}f}"


def _mask(value: Any) -> str:
    """A number as `138****0001`; of a short one nothing is left."""
    text = str("" if value is None else value).strip()
    if len(text) < _SHORTEST_MASKED:
        return _VEIL if text else ""
    return f"{text[:3]}****{text[-4:]}"

"""Days and moments. Pure: what day it is stands in `now`, in the enterprise's time zone."""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from callcenter.core.i18n import caption
from callcenter.rendering.errors import Refused
from callcenter.rendering.instructions.base import Group, filter_, function, here

Moment = date

_DAY = r"(?P<year>\d{4})\D?(?P<month>\d{1,2})\D?(?P<day>\d{1,2})\D{0,2}"
_CLOCK = r"(?P<hour>\d{1,2})\D?(?P<minute>\d{2})(?:\D?(?P<second>\d{2}))?(?:(?P<utc>[Zz])|\D)?"
_READ = re.compile(rf"{_DAY}(?:{_CLOCK})?", re.ASCII)
_LONGEST = 40

_FORM = re.compile(r"'[^']*'|yyyy|yy|MM?|dd?|HH?|hh?|mm?|ss?|EEEE|E|a|[^A-Za-z]")
"""The letters of a form, as manuals in China write them."""


@filter_(Group.DATES, "cinDateFmt")
def date_(value: Any, form: str = "short") -> str:
    """A day: short, long, or in a form such as `yyyy/MM/dd`.

    {{ record.day | date('long') }} → 2026年11月27日

    Refused for what is no day, and a form with letters that are none of yyyy yy MM M dd d HH H hh h mm m ss s EEEE E a; other letters stand in single quotes.
    """
    return "" if value is None else _day(moment(value), form)


@filter_(Group.DATES, "cinTimeFmt")
def datetime_(value: Any, form: str = "short") -> str:
    """A day with its time: short, long, or in a form.

    {{ record.due | datetime('yyyyMMddHHmmss') }} → 20261127180500

    Refused for what is no day, and a form that is not understood.
    """
    if value is None:
        return ""
    known = moment(value)
    if form in ("short", "long"):
        return f"{_day(known, form)} {_clock(known):%H:%M}"
    return _formed(known, form)


@filter_(Group.DATES, "cinTimeFmt")
def time_(value: Any, form: str = "short") -> str:
    """The time of a moment: short (`18:05`), long (with seconds), or in a form.

    {{ record.due | time('a h:mm') }} → 下午 6:05

    Refused for a day without a time, and a form that is not understood.
    """
    if value is None:
        return ""
    known = moment(value)
    if not isinstance(known, datetime):
        raise Refused("instruction.no_time", {"value": shortened(value)})
    return _formed(known, {"short": "HH:mm", "long": "HH:mm:ss"}.get(form, form))


@filter_(Group.DATES, "cinDateOfWeek")
def weekday(value: Any, form: str = "long") -> str:
    """The day of the week: long (星期五, Friday), short (周五, Fri) or its number, Monday being 1.

    {{ record.day | weekday }} → 星期五

    Refused for what is no day, and another form.
    """
    if value is None:
        return ""
    known = moment(value)
    match form:
        case "number":
            return str(known.isoweekday())
        case "long" | "short":
            return _named(known, form)
    raise Refused("instruction.unknown_form", {"form": shortened(form)})


@filter_(Group.DATES)
def to_date(value: Any) -> date | None:
    """The day of a moment, or the day that a text says.

    {{ '2026年11月27日' | to_date }} → 2026-11-27

    Refused for a text that says no day.
    """
    if value is None:
        return None
    known = moment(value)
    return known.date() if isinstance(known, datetime) else known


@filter_(Group.DATES)
def to_datetime(value: Any) -> datetime | None:
    """The moment that a text says; of a day, its midnight.

    {{ '20261127 1805' | to_datetime | time }} → 18:05

    Refused for a text that says no day.
    """
    return None if value is None else _clock(moment(value))


@filter_(Group.DATES)
def shift(
    value: Any,
    years: int = 0,
    months: int = 0,
    weeks: int = 0,
    days: int = 0,
    hours: int = 0,
    minutes: int = 0,
) -> Moment | None:
    """A day or moment so much later, or earlier where numbers are below nought; the last of a month stays within it.

    {{ record.day | shift(months=3, days=-1) | date }} → 2027-02-26

    Refused for what is no day, and where it leaves the calendar.
    """
    if value is None:
        return None
    known = moment(value)
    if (hours or minutes) and not isinstance(known, datetime):
        known = _clock(known)
    try:
        count = known.year * 12 + known.month - 1 + int(years) * 12 + int(months)
        year, month = divmod(count, 12)
        last = calendar.monthrange(year, month + 1)[1]
        turned = known.replace(year=year, month=month + 1, day=min(known.day, last))
        return turned + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    except (ValueError, OverflowError, TypeError, calendar.IllegalMonthError):
        raise Refused("instruction.no_such_day", {"value": shortened(value)}) from None


@function(Group.DATES)
def days_between(first: Any, last: Any) -> int | None:
    """Whole days from one day to another; below nought where the other is earlier.

    {{ days_between(record.day, '2026-12-31') }} → 34

    Refused for what is no day.
    """
    if first is None or last is None:
        return None
    known, other = moment(first), moment(last)
    return (other.toordinal()) - (known.toordinal())


@filter_(Group.DATES, "cinTimeFmt")
def duration(seconds: Any, form: str = "clock") -> str:
    """Seconds as a clock shows them, or in words.

    {{ 3725 | duration }} → 1:02:05

    Refused for what is no number of seconds, and a form other than clock and words.
    """
    if seconds is None:
        return ""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise Refused("instruction.no_number", {"value": shortened(seconds)})
    sign, whole = ("-" if seconds < 0 else ""), int(abs(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if form == "clock":
        return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"
    if form != "words":
        raise Refused("instruction.unknown_form", {"form": shortened(form)})
    parts = {"hours": hours, "minutes": minutes, "seconds": rest}
    said = [
        caption(f"instruction.{unit}", here().locale, {"count": count})
        for unit, count in parts.items()
        if count or (unit == "seconds" and not whole)
    ]
    return sign + ("" if here().locale == "zh-CN" else " ").join(said)


def moment(value: Any) -> Moment:
    """A day, or a moment where there is a time. Raises Refused for what says none."""
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) <= _LONGEST:
        if found := _READ.fullmatch(value.strip()):
            parts = found.groupdict()
            zone = UTC if parts.pop("utc") else None
            return _made({name: int(part) for name, part in parts.items() if part}, zone)
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            pass
    raise Refused("instruction.no_day", {"value": shortened(value)})


def shortened(value: Any) -> str:
    """As a refusal names it."""
    text = str(value) if isinstance(value, str | int | float | date) else type(value).__name__
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _made(parts: Mapping[str, int], zone: tzinfo | None) -> Moment:
    """zone: the one that the text says; None for the reader's own."""
    try:
        return datetime(**parts, tzinfo=zone) if "hour" in parts else date(**parts)
    except ValueError:
        said = "-".join(str(part) for part in parts.values())
        raise Refused("instruction.no_such_day", {"value": said}) from None


def _clock(known: Moment) -> datetime:
    return known if isinstance(known, datetime) else datetime(known.year, known.month, known.day)  # noqa: DTZ001


def _day(known: Moment, form: str) -> str:
    if form == "short":
        return f"{known:%Y-%m-%d}"
    if form != "long":
        return _formed(known, form)
    if here().locale == "en":
        return f"{known.day} {calendar.month_name[known.month]} {known.year}"
    return f"{known.year}年{known.month}月{known.day}日"


def _formed(known: Moment, form: Any) -> str:
    if not isinstance(form, str) or len(form) > _LONGEST:
        raise Refused("instruction.unknown_form", {"form": shortened(form)})
    parts = _FORM.findall(form)
    if "".join(parts) != form:
        raise Refused("instruction.unknown_form", {"form": form})
    return "".join(_part(known, part) for part in parts)


def _part(known: Moment, part: str) -> str:
    if part in _DAYS:
        return _DAYS[part](known)
    if part in _TIMES:
        return _TIMES[part](_clock(known))
    return part.strip("'") if len(part) > 1 else part


def _named(known: Moment, form: str) -> str:
    return caption(f"instruction.weekday_{form}_{known.isoweekday()}", here().locale)


_DAYS: Mapping[str, Callable[[Moment], str]] = {
    "yyyy": lambda known: f"{known.year:04}",
    "yy": lambda known: f"{known.year % 100:02}",
    "MM": lambda known: f"{known.month:02}",
    "M": lambda known: str(known.month),
    "dd": lambda known: f"{known.day:02}",
    "d": lambda known: str(known.day),
    "EEEE": lambda known: _named(known, "long"),
    "E": lambda known: _named(known, "short"),
}
_TIMES: Mapping[str, Callable[[datetime], str]] = {
    "HH": lambda known: f"{known.hour:02}",
    "H": lambda known: str(known.hour),
    "hh": lambda known: f"{(known.hour + 11) % 12 + 1:02}",
    "h": lambda known: str((known.hour + 11) % 12 + 1),
    "mm": lambda known: f"{known.minute:02}",
    "m": lambda known: str(known.minute),
    "ss": lambda known: f"{known.second:02}",
    "s": lambda known: str(known.second),
    "a": lambda known: caption(f"instruction.{'am' if known.hour < 12 else 'pm'}", here().locale),
}

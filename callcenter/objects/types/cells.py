"""What a cell of a file says, in the forms that people and spreadsheets use. Pure."""

import datetime as dt
import re
import unicodedata
from typing import Any

from callcenter.objects.errors import BadValue

_SIGNS = re.compile(r"HK\$|NT\$|JP¥|[¥￥$€£]|元$")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_SHORT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*分?(?:\s*:?\s*(\d{1,2})(?:\.\d+)?\s*秒?)?", re.ASCII
)
_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a place on the calendar, in no zone
"""What a spreadsheet counts days from."""
_LAST_DAY = 2_958_465


def words_of(text: str) -> str:
    """As labels and names are compared: without regard to case and width."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def text_of(cell: Any) -> str | None:
    """As text, None for nothing; a whole number without a point, however it was stored."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        midnight = cell.time() == dt.time.min
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes")
    # A date is its own ISO form, and a spreadsheet shows yes as TRUE.
    return None if cell is None else str(cell).upper()


def number_of(cell: Any) -> str | None:
    """A decimal number in plain digits; raises BadValue."""
    text = text_of(cell)
    if text is None:
        return None
    if isinstance(cell, bool):
        raise BadValue("validation.number")
    text = unicodedata.normalize("NFKC", _SIGNS.sub("", text)).strip()
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[,' ]", "", text)
    if not _NUMBER.fullmatch(text):
        raise BadValue("validation.number")
    return text


def day_of(cell: Any) -> str | None:
    """ISO date; raises BadValue."""
    moment = moment_of(cell, "validation.date")
    if moment is None:
        return None
    day, _, time = moment.partition("T")
    if time.strip("0:"):
        raise BadValue("validation.date")
    return day


def moment_of(cell: Any, fault: str = "validation.datetime") -> str | None:
    """ISO date and time, with a zone only where the cell names one; raises BadValue."""
    text = text_of(cell)
    if text is None:
        return None
    try:
        if isinstance(cell, dt.datetime):
            return cell.isoformat()
        if isinstance(cell, dt.date):
            return _at(cell)
        if isinstance(cell, int | float) and not isinstance(cell, bool) and 0 < cell <= _LAST_DAY:
            return _counted(cell)
        return _said(unicodedata.normalize("NFKC", text))
    except (ValueError, OverflowError):
        raise BadValue(fault) from None


def time_of(cell: Any) -> str | None:
    """ISO time of a day; raises BadValue."""
    text = text_of(cell)
    if text is None:
        return None
    try:
        if isinstance(cell, dt.datetime):
            return cell.time().isoformat()
        if isinstance(cell, dt.timedelta):
            cell /= dt.timedelta(days=1)
        if isinstance(cell, float) and 0 <= cell < 1:
            return _counted(cell + 1).partition("T")[2]
        return _time(_TIME.fullmatch(unicodedata.normalize("NFKC", text))).isoformat()
    except ValueError:
        raise BadValue("validation.time") from None


def _said(text: str) -> str:
    day = _DAY.match(text) or _SHORT_DAY.fullmatch(text)
    if day is None:
        raise ValueError
    date = dt.date(*(int(part) for part in day.groups()))
    rest = text[day.end() :].strip()
    if not rest:
        return _at(date)
    said = _TIME.fullmatch(rest.removeprefix("T").strip())
    # With a zone it is ISO, or nothing.
    return _at(date, _time(said)) if said else dt.datetime.fromisoformat(text).isoformat()


def _time(said: re.Match[str] | None) -> dt.time:
    if said is None:
        raise ValueError
    hour, minute, second = (int(part or 0) for part in said.groups())
    return dt.time(hour, minute, second)


def _at(day: dt.date, time: dt.time = dt.time.min) -> str:
    return dt.datetime.combine(day, time).isoformat()


def _counted(days: float) -> str:
    """To the second: a spreadsheet keeps fractions of a day."""
    return (_ZERO + dt.timedelta(seconds=round(days * 86_400))).isoformat()

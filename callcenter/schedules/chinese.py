"""China's public holidays and the working days that make up for them, from a library.

It has them as the State Council announces them, each autumn for the year to come: whole weeks, with
the weekends in them, and every Saturday and Sunday that is worked on in exchange.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache

import chinese_calendar

from callcenter.schedules.hours import Holiday

_MADE_UP = {"zh-CN": "调休上班", "en": "Make-up working day"}


@cache
def _all() -> Mapping[date, Holiday]:
    off = {day: Holiday(True, _named(name)) for day, name in chinese_calendar.holidays.items()}
    return off | dict.fromkeys(chinese_calendar.workdays, Holiday(False, _MADE_UP))


def holiday_on(day: date) -> Holiday | None:
    return _all().get(day)


def holidays_of(year: int) -> Mapping[date, Holiday]:
    """Empty for a year that the library does not know."""
    return {day: holiday for day, holiday in _all().items() if day.year == year}


def is_announced(year: int) -> bool:
    return bool(holidays_of(year))


def _named(name: str) -> Mapping[str, str]:
    return {"zh-CN": chinese_calendar.Holiday(name).chinese, "en": name}

"""China's public holidays and the working days that make up for them, from a library.

It has them as the State Council announces them, each autumn for the year to come: whole weeks, with
the weekends in them, and every Saturday and Sunday that is worked on in exchange.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import chinese_calendar

from callcenter.schedules.hours import Holiday

_MADE_UP = {"zh-CN": "调休上班", "en": "Make-up working day"}


@lru_cache(maxsize=16)
def holidays_of(year: int) -> Mapping[date, Holiday]:
    """Empty for a year that the library does not know."""
    off = {
        day: Holiday(True, _named(name))
        for day, name in chinese_calendar.holidays.items()
        if day.year == year
    }
    made_up = (day for day in chinese_calendar.workdays if day.year == year)
    return off | dict.fromkeys(made_up, Holiday(False, _MADE_UP))


def is_announced(year: int) -> bool:
    return bool(holidays_of(year))


def _named(name: str) -> Mapping[str, str]:
    return {"zh-CN": chinese_calendar.Holiday(name).chinese, "en": name}

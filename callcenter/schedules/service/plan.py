"""Schedules as calls ask them: read from the database, then pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.i18n import LOCALES
from callcenter.schedules.chinese import holiday_on
from callcenter.schedules.hours import Emergency, Holiday, Hours, Period, Special, read_period
from callcenter.schedules.models import DayKind, OwnHoliday, Schedule
from callcenter.schedules.schemas import WEEK, ScheduleBody

PLAIN = ("name", "time_zone", "week", "days", "follows_holidays", "workday_as")

OwnDays = Mapping[date, Holiday | None]
"""What an enterprise says of days otherwise than the country; None: an ordinary one."""


def hours_of(row: Schedule, zone: ZoneInfo, own: OwnDays) -> Hours:
    """zone: the enterprise's."""
    values = ScheduleBody().load({name: getattr(row, name) for name in PLAIN})
    emergency = emergency_of(row)
    return Hours(
        zone=ZoneInfo(values["time_zone"]) if values["time_zone"] else zone,
        week=tuple(_read(values["week"][name]) for name in WEEK),
        special=tuple(
            Special(each["first"], each["last"], each["name"], _read(each["periods"]))
            for each in values["days"]
        ),
        **({"holiday": _with(own)} if values["follows_holidays"] else {}),
        workday=WEEK.index(values["workday_as"]),
        emergency=Emergency(emergency["open"], emergency["until"]) if emergency else None,
    )


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    enterprise_id: UUID
    name: str
    hours: Hours


def load_schedules(session: Session, zones: Mapping[UUID, ZoneInfo]) -> Mapping[UUID, SchedulePlan]:
    """Every schedule of the enterprises in `zones`, which are theirs; for the platform's scope."""
    own: dict[UUID, dict[date, Holiday | None]] = {}
    for day in session.scalars(select(OwnHoliday)):
        own.setdefault(day.enterprise_id, {})[day.day] = _holiday(day)
    return {
        row.id: SchedulePlan(
            row.enterprise_id,
            row.name,
            hours_of(row, zones[row.enterprise_id], own.get(row.enterprise_id, {})),
        )
        for row in session.scalars(select(Schedule))
        if row.enterprise_id in zones
    }


def _with(own: OwnDays) -> Callable[[date], Holiday | None]:
    return lambda day: own[day] if day in own else holiday_on(day)


def own_days(session: Session) -> OwnDays:
    return {row.day: _holiday(row) for row in session.scalars(select(OwnHoliday))}


def _holiday(row: OwnHoliday) -> Holiday | None:
    if row.kind == DayKind.ORDINARY:
        return None
    return Holiday(row.kind == DayKind.HOLIDAY, names_of(row))


def names_of(row: OwnHoliday) -> Mapping[str, str]:
    """By language; without a name of its own it keeps the country's."""
    if row.name:
        return dict.fromkeys(LOCALES, row.name)
    found = holiday_on(row.day)
    return found.name if found else dict.fromkeys(LOCALES, "")


def emergency_of(row: Schedule) -> dict[str, Any] | None:
    if row.emergency is None:
        return None
    until = row.emergency["until"]
    return {**row.emergency, "until": datetime.fromisoformat(until) if until else None}


def _read(periods: Sequence[Mapping[str, str]]) -> tuple[Period, ...]:
    return tuple(read_period(each["begins"], each["ends"]) for each in periods)

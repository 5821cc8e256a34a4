"""Schedules, and what an enterprise says of the holidays otherwise than the country does."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    WORKDAY = "workday"
    ORDINARY = "ordinary"
    """Neither, although the country has one of them on it."""


class Schedule(Identified, TenantRow, Versioned, Base):
    """week, days: as `schedules.schemas` has them. emergency: {open, until, reason} or nothing.

    time_zone: None for the enterprise's. workday_as: the weekday whose periods make-up days have.
    """

    __tablename__ = "schedule"
    __table_args__ = (UniqueConstraint("enterprise_id", "name"),)

    name: Mapped[str]
    time_zone: Mapped[str | None]
    week: Mapped[dict[str, Any]]
    days: Mapped[list[Any]]
    follows_holidays: Mapped[bool] = mapped_column(default=True)
    workday_as: Mapped[str]
    emergency: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class OwnHoliday(Identified, TenantRow, Versioned, Base):
    __tablename__ = "own_holiday"
    __table_args__ = (UniqueConstraint("enterprise_id", "day"),)

    day: Mapped[date]
    kind: Mapped[str]
    name: Mapped[str]

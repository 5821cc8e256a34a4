"""Shapes of schedules and holidays."""

from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from callcenter.core.fields import Captions, Line, OneOf, Whole
from callcenter.core.http import Shape, page_of
from callcenter.schedules.hours import Why, overlap, read_period
from callcenter.schedules.models import DayKind

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_PERIODS, MOST_DAYS, LONGEST_SPAN = 8, 200, 366
_CLOCK = validate.Regexp(r"\A(?:[01]\d|2[0-3]):[0-5]\d\Z", error="validation.clock")
_END = validate.Regexp(r"\A(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)\Z", error="validation.clock")


class PeriodShape(Shape):
    """`09:00` to `18:00`; an end that is not later than the beginning is the next day's."""

    begins = fields.Str(required=True, validate=_CLOCK)
    ends = fields.Str(required=True, validate=_END)


def _periods() -> Any:
    return fields.List(
        fields.Nested(PeriodShape), required=True, validate=validate.Length(max=MOST_PERIODS)
    )


def _check_periods(periods: list[dict[str, str]], name: str) -> None:
    if overlap([read_period(each["begins"], each["ends"]) for each in periods]):
        raise ValidationError("validation.overlap", name)


class WeekShape(Shape):
    mon, tue, wed, thu, fri, sat, sun = (_periods() for _ in WEEK)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        for name in WEEK:
            _check_periods(data[name], name)


class SpecialShape(Shape):
    """Days from `first` to `last`, both included. No periods: closed."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    name = Line(60, required=True)
    periods = _periods()

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if not 0 <= (data["last"] - data["first"]).days < LONGEST_SPAN:
            raise ValidationError("validation.span_of_days", "last")
        _check_periods(data["periods"], "periods")


class ScheduleBody(Shape):
    """time_zone: null for the enterprise's. workday_as: whose periods make-up working days have."""

    name = Line(60, required=True)
    time_zone = fields.Str(allow_none=True, load_default=None, validate=validate.Length(max=64))
    week = Whole(WeekShape, required=True)
    days = fields.List(
        fields.Nested(SpecialShape), load_default=list, validate=validate.Length(max=MOST_DAYS)
    )
    follows_holidays = fields.Bool(load_default=True)
    workday_as = OneOf(WEEK, load_default="mon")

    @validates("time_zone")
    def check_zone(self, value: str | None, **_: Any) -> None:
        if value is not None and value not in available_timezones():
            raise ValidationError("validation.unknown_choice")

    @validates("days")
    def check_days(self, value: list[dict[str, Any]], **_: Any) -> None:
        # It is asked even where a day of one is none: that is told by itself.
        spans = sorted(
            (each["first"], each["last"]) for each in value if {"first", "last"} <= each.keys()
        )
        for (_, last), (first, _last) in pairwise(spans):
            if first <= last:
                raise ValidationError("validation.overlap")


class EmergencyBody(Shape):
    """open: null takes it back. until: null until then."""

    open = fields.Bool(required=True, allow_none=True)
    until = fields.AwareDateTime(allow_none=True, load_default=None)
    reason = fields.Str(load_default="", validate=validate.Length(max=200))


class EmergencyShape(Shape):
    open = fields.Bool(required=True)
    until = fields.AwareDateTime(required=True, allow_none=True)
    reason = fields.Str(required=True)


class StandingShape(Shape):
    """How it stands now. until: when that changes, as far as is known."""

    open = fields.Bool(required=True)
    why = OneOf(Why, required=True)
    name = fields.Str(required=True)
    until = fields.AwareDateTime(required=True, allow_none=True)


class ScheduleShape(ScheduleBody):
    id = fields.UUID(required=True)
    emergency = fields.Nested(EmergencyShape, required=True, allow_none=True)
    now = fields.Nested(StandingShape, required=True)
    version = fields.Int(required=True)


SchedulePage = page_of(ScheduleShape)


class MonthBody(Shape):
    """A schedule that need not be kept; month: `2026-10`."""

    month = fields.Date(format="%Y-%m", required=True)
    schedule = fields.Nested(ScheduleBody, required=True)


class DayShape(Shape):
    date = fields.Date(required=True)
    periods = fields.List(fields.Nested(PeriodShape), required=True)
    why = OneOf(Why, required=True)
    name = fields.Str(required=True)


class MonthShape(Shape):
    time_zone = fields.Str(required=True)
    days = fields.List(fields.Nested(DayShape), required=True)


class YearQuery(Shape):
    year = fields.Int(required=True, validate=validate.Range(2000, 2100))


class HolidayBody(Shape):
    """kind `ordinary`: neither a holiday nor a make-up day, whatever the country says."""

    kind = OneOf(DayKind, required=True)
    name = Line(60, shortest=0, load_default="")


class HolidayShape(Shape):
    """own: the enterprise's word on the day."""

    day = fields.Date(required=True)
    kind = OneOf(DayKind, required=True)
    name = Captions(required=True)
    own = fields.Bool(required=True)


class YearShape(Shape):
    """announced: whether the country's days of that year are known."""

    announced = fields.Bool(required=True)
    days = fields.List(fields.Nested(HolidayShape), required=True)

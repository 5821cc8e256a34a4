"""Whether a schedule is open at a moment, why, and until when. Pure.

What decides, the strongest first: the emergency switch, the schedule's special days, the
enterprise's holidays and make-up working days, the week. A period that ends before it begins goes
on after midnight and belongs to the day on which it begins, whatever the next day is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
FARTHEST = 400
"""Days that are looked ahead for the next change; then there is none worth telling."""


class Why(StrEnum):
    EMERGENCY = "emergency"
    SPECIAL = "special"
    HOLIDAY = "holiday"
    WORKDAY = "workday"
    """A day off by the week that is worked on in exchange for a holiday."""
    WEEK = "week"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Minutes from the day's midnight; `ends` is beyond 1440 where it goes on after the next."""

    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class Special:
    """Days from `first` to `last`, both included, with periods of their own; none: closed."""

    first: date
    last: date
    name: str
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Holiday:
    """off: a day on which nobody works; else a make-up working day. name: by language."""

    off: bool
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Emergency:
    """Open or closed whatever else says, until then or until it is taken back."""

    open: bool
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """name: of the special day, or of the holiday by language."""

    date: date
    periods: tuple[Period, ...]
    why: Why
    name: str | Mapping[str, str] = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """until: when it changes next, as far as is known."""

    open: bool
    why: Why
    name: str | Mapping[str, str] = ""
    until: datetime | None = None


Span = tuple[datetime, datetime | None, Day]
"""From when, until when as far as is known, and the day that it begins on."""


def _never(_day: date) -> None:
    return None


@dataclass(frozen=True)
class Hours:
    """week: periods by weekday, Monday first. workday: whose periods a make-up working day has."""

    zone: ZoneInfo
    week: tuple[tuple[Period, ...], ...]
    special: Sequence[Special] = ()
    holiday: Callable[[date], Holiday | None] = _never
    workday: int = 0
    emergency: Emergency | None = None

    def day(self, of: date) -> Day:
        """What its calendar says of a day, without the emergency switch."""
        for each in self.special:
            if each.first <= of <= each.last:
                return Day(of, each.periods, Why.SPECIAL, each.name)
        holiday = self.holiday(of)
        if holiday is None:
            return Day(of, self.week[of.weekday()], Why.WEEK)
        if holiday.off:
            return Day(of, (), Why.HOLIDAY, holiday.name)
        return Day(of, self.week[self.workday], Why.WORKDAY, holiday.name)

    def is_open(self, moment: datetime) -> bool:
        """As `at` has it, without looking ahead: for calls. moment: with its zone."""
        if (switch := self._switch(moment)) is not None:
            return switch.open
        today = moment.astimezone(self.zone).date()
        return any(
            begins <= moment < ends
            for day in (today - DAY, today)
            for begins, ends in self._times(self.day(day))
        )

    def is_holiday(self, moment: datetime) -> bool:
        """Closed because its day is a holiday; what began on the eve goes on."""
        today = self.day(moment.astimezone(self.zone).date())
        closed = self._switch(moment) is None and not self.is_open(moment)
        return closed and today.why is Why.HOLIDAY

    def at(self, moment: datetime) -> Standing:
        """How it stands at a moment, whichever zone that is in."""
        if (switch := self._switch(moment)) is not None:
            return Standing(switch.open, Why.EMERGENCY, until=switch.until)
        today = moment.astimezone(self.zone).date()
        here = self.day(today)
        for begins, ends, day in self._spans(today - DAY):
            if ends is not None and ends <= moment:
                continue
            if begins <= moment:
                return Standing(True, day.why, day.name, ends)
            return Standing(False, here.why, here.name, begins)
        return Standing(False, here.why, here.name)

    def _switch(self, moment: datetime) -> Emergency | None:
        switch = self.emergency
        return switch if switch and (switch.until is None or moment < switch.until) else None

    def _spans(self, first: date) -> Iterator[Span]:
        """When it is open from a day on, in order; times that touch are one."""
        span: tuple[datetime, datetime, Day] | None = None
        for number in range(FARTHEST):
            day = self.day(first + number * DAY)
            for begins, ends in self._times(day):
                if span is not None and begins <= span[1]:
                    span = (span[0], max(span[1], ends), span[2])
                    continue
                if span is not None:
                    yield span
                span = (begins, ends, day)
        if span is not None:
            reached = span[1].astimezone(self.zone).date() >= first + FARTHEST * DAY
            yield (span[0], None if reached else span[1], span[2])

    def _times(self, day: Day) -> Iterator[tuple[datetime, datetime]]:
        for period in sorted(day.periods):
            yield self._when(day.date, period.begins), self._when(day.date, period.ends)

    def _when(self, day: date, minutes: int) -> datetime:
        days, rest = divmod(minutes, MIDNIGHT)
        wall = datetime.combine(day + days * DAY, time(rest // 60, rest % 60), self.zone)
        # Compared as what they are: where clocks are put back, an hour comes twice.
        return wall.astimezone(UTC)


def read_period(begins: str, ends: str) -> Period:
    """`09:00`, `18:00`; an end that is not after the beginning is the next day's."""
    first, last = _minutes(begins), _minutes(ends)
    return Period(first, last if last > first else last + MIDNIGHT)


def overlap(periods: Sequence[Period]) -> bool:
    return any(one.ends > other.begins for one, other in pairwise(sorted(periods)))


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)

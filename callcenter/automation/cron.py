"""Cron expressions: when they are due, and what they say in plain words. Pure.

Five fields: minute, hour, day of the month, month, weekday. A day is meant by either of the two day
fields where both are restricted, as in every cron.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, CroniterError, croniter

from callcenter.core.i18n import caption

_FIELDS = 5
_PLAIN = re.compile(r"[0-9A-Za-z*,/\-]+")
_MOST_TIMES = 6
_WHOLE = (60, 24, 31, 12, 7)
Expanded = Sequence[Sequence[int] | None]


class BadExpression(ValueError):
    """A caption's key says what is wrong with it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def check(expression: str) -> None:
    """Raises BadExpression, also for one that never is due (30 February)."""
    _expanded(expression)
    try:
        croniter(expression, datetime(2026, 1, 1)).get_next(datetime)  # noqa: DTZ001 - any clock's
    except CroniterBadDateError:
        raise BadExpression("task.never_due") from None


def next_after(expression: str, zone: ZoneInfo, after: datetime) -> datetime:
    """The first moment that is due after another, in UTC."""
    return next(due(expression, zone, after))


def due(expression: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Reckoned on the wall clock. A time that the clock leaps over is due when it has leapt, one that
    it shows twice is due the first time.
    """
    times = croniter(expression, after.astimezone(zone).replace(tzinfo=None))
    last = after
    while True:
        moment = times.get_next(datetime).replace(tzinfo=zone).astimezone(UTC)
        if moment > last:
            last = moment
            yield moment


def closest(expression: str) -> int:
    """Minutes between two moments at the least, where days follow each other. Raises BadExpression."""
    minutes, hours, *_ = _expanded(expression)
    times = [hour * 60 + minute for hour in hours or range(24) for minute in minutes or range(60)]
    return min(later - sooner for sooner, later in pairwise([*times, times[0] + 24 * 60]))


def next_five(expression: str, zone: ZoneInfo, after: datetime) -> list[datetime]:
    return list(islice(due(expression, zone, after), 5))


def reading(expression: str, locale: str) -> str:
    """`周一至周五 09:00`, `At 09:00, Monday to Friday`. Raises BadExpression."""
    minutes, hours, days, months, weekdays = _expanded(expression)

    def said(key: str, **words: str) -> str:
        return caption(f"cron.{key}", locale, words)

    listed = _lister(said)
    time, is_moment = _time(said, listed, expression.split(maxsplit=1)[0], minutes, hours)
    day = _day(said, listed, days, weekdays)
    if months is not None:
        named = listed(months, lambda number: said(f"month_{number}"))
        day = said("in_months", months=named, day=day or said("every_day"))
    if day:
        whole = said("on", time=time, day=day)
    else:
        whole = said("daily", time=time) if is_moment else time
    return whole[:1].upper() + whole[1:]


Said = Callable[..., str]
Lister = Callable[[Sequence[int], Callable[[int], str]], str]


def _time(
    said: Said,
    listed: Lister,
    written: str,
    minutes: Sequence[int] | None,
    hours: Sequence[int] | None,
) -> tuple[str, bool]:
    """The times of a day, and whether they are moments (09:00) rather than a rhythm."""
    if minutes is not None and hours is not None and len(minutes) * len(hours) <= _MOST_TIMES:
        moments = [f"{hour:02}:{minute:02}" for hour in hours for minute in minutes]
        return said("at", times=said("comma").join(moments)), True
    step = re.fullmatch(r"\*/(\d+)", written)
    if minutes is None:
        rhythm = said("every_minute")
    elif step and 60 % int(step[1]) == 0:
        rhythm = said("every_minutes", n=step[1])
    else:
        rhythm = said("at_minutes", minutes=listed(minutes, str))
    if hours is None:
        return rhythm, False
    return said("in_hours", rhythm=rhythm, hours=listed(hours, lambda hour: f"{hour}")), False


def _day(
    said: Said, listed: Lister, days: Sequence[int] | None, weekdays: Sequence[int] | None
) -> str:
    of_month = "" if days is None else said("days", days=listed(days, str))
    if weekdays is None:
        return of_month
    # Sunday, 0, is said last.
    week = sorted(weekdays, key=lambda number: number or 7)
    of_week = listed([number or 7 for number in week], lambda number: said(f"weekday_{number}"))
    return said("either", days=of_month, weekdays=of_week) if of_month else of_week


def _lister(said: Said) -> Lister:
    def listed(numbers: Sequence[int], word: Callable[[int], str]) -> str:
        """`1 to 5, 9`: three in a row are a span."""
        spans: list[list[int]] = []
        for number in numbers:
            if spans and number == spans[-1][-1] + 1:
                spans[-1].append(number)
            else:
                spans.append([number])
        parts = [
            part
            for span in spans
            for part in (
                [said("span", first=word(span[0]), last=word(span[-1]))]
                if len(span) > 2
                else [word(number) for number in span]
            )
        ]
        return said("comma").join(parts)

    return listed


def _expanded(expression: str) -> Expanded:
    """The values of each field, None for all of them. Raises BadExpression."""
    fields = expression.split()
    if len(fields) != _FIELDS or not all(_PLAIN.fullmatch(field) for field in fields):
        raise BadExpression("task.bad_expression")
    try:
        found, nth = croniter.expand(expression)
    except (CroniterError, ValueError, KeyError):
        raise BadExpression("task.bad_expression") from None
    if nth or any(
        not isinstance(number, int) and number != "*" for field in found for number in field
    ):
        raise BadExpression("task.bad_expression")
    return [_restricted(numbers, whole) for numbers, whole in zip(found, _WHOLE, strict=True)]


def _restricted(numbers: Sequence[int | str], whole: int) -> list[int] | None:
    plain = sorted({number for number in numbers if isinstance(number, int)})
    return None if "*" in numbers or len(plain) == whole else plain

"""Whether a schedule is open, why, and until when."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.schedules.hours import (
    Emergency,
    Holiday,
    Hours,
    Period,
    Special,
    Why,
    overlap,
    read_period,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = (read_period("09:00", "12:00"), read_period("13:30", "18:00"))
WEEK = (*(OFFICE,) * 5, (), ())
DAY_OFF = Holiday(True, {"zh-CN": "国庆节", "en": "National Day"})
MADE_UP = Holiday(False, {"zh-CN": "调休上班", "en": "Make-up working day"})


def hours(**changes: object) -> Hours:
    return Hours(**({"zone": SHANGHAI, "week": WEEK} | changes))  # type: ignore[arg-type]


def at(text: str) -> datetime:
    """In Shanghai; 2026-11-23 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "open_", "until"),
    [
        ("2026-11-23T08:59:59", False, "2026-11-23T09:00"),
        ("2026-11-23T09:00:00", True, "2026-11-23T12:00"),
        ("2026-11-23T12:00:00", False, "2026-11-23T13:30"),
        ("2026-11-23T17:59:59", True, "2026-11-23T18:00"),
        ("2026-11-27T18:00:00", False, "2026-11-30T09:00"),
    ],
)
def test_the_week_is_open_from_a_beginning_until_just_before_an_end(
    moment: str, open_: bool, until: str
) -> None:
    standing = hours().at(at(moment))
    assert (standing.open, standing.why, standing.until) == (open_, Why.WEEK, at(until))
    assert hours().is_open(at(moment)) is open_


def test_it_is_asked_in_any_zone_and_answers_for_its_own() -> None:
    assert hours().is_open(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    assert not hours().is_open(datetime(2026, 11, 23, 0, 59, tzinfo=UTC))
    assert hours(zone=ZoneInfo("Europe/Berlin")).is_open(datetime(2026, 11, 23, 8, tzinfo=UTC))


def test_a_night_goes_on_after_midnight_whatever_the_next_day_is() -> None:
    night = (read_period("22:00", "06:00"),)
    week = ((), (), (), (), night, (), ())
    closed = Special(date(2026, 11, 28), date(2026, 11, 28), "closed")
    nights = hours(week=week, special=[closed])
    assert nights.at(at("2026-11-27T23:00")).until == at("2026-11-28T06:00")
    assert nights.is_open(at("2026-11-28T05:59"))
    assert not nights.is_open(at("2026-11-28T06:00"))
    assert not nights.is_open(at("2026-11-28T22:30"))


def test_round_the_clock_is_open_without_end() -> None:
    always = hours(week=((read_period("00:00", "24:00"),),) * 7)
    assert always.at(at("2026-11-23T12:00")).until is None
    assert always.is_open(at("2026-11-23T00:00"))
    never = hours(week=((),) * 7)
    assert (never.at(at("2026-11-23T12:00")).open, never.at(at("2026-11-23T12:00")).until) == (
        False,
        None,
    )


def test_a_holiday_is_closed_and_the_day_that_makes_up_for_it_is_worked_on() -> None:
    days = {date(2026, 10, 1): DAY_OFF, date(2026, 10, 10): MADE_UP}
    china = hours(holiday=days.get)
    standing = china.at(at("2026-10-01T10:00"))
    assert (standing.open, standing.why, standing.name) == (False, Why.HOLIDAY, DAY_OFF.name)
    saturday = china.at(at("2026-10-10T10:00"))
    assert (saturday.open, saturday.why, saturday.until) == (
        True,
        Why.WORKDAY,
        at("2026-10-10T12:00"),
    )
    fridays = hours(holiday=days.get, workday=4, week=(*WEEK[:4], (), (), ()))
    assert not fridays.is_open(at("2026-10-10T10:00"))


def test_a_special_day_goes_before_a_holiday_and_before_the_week() -> None:
    duty = (read_period("10:00", "16:00"),)
    special = Special(date(2026, 9, 30), date(2026, 10, 2), "duty", duty)
    china = hours(holiday={date(2026, 10, 1): DAY_OFF}.get, special=[special])
    standing = china.at(at("2026-10-01T10:00"))
    assert (standing.open, standing.why, standing.name) == (True, Why.SPECIAL, "duty")
    assert not china.is_open(at("2026-10-02T09:00"))
    assert china.is_open(at("2026-10-05T09:00"))


def test_the_switch_goes_before_everything_until_its_time_is_over() -> None:
    until = at("2026-11-23T11:00")
    shut = hours(emergency=Emergency(False, until))
    standing = shut.at(at("2026-11-23T10:00"))
    assert (standing.open, standing.why, standing.until) == (False, Why.EMERGENCY, until)
    assert shut.is_open(until)
    assert hours(emergency=Emergency(True)).is_open(at("2026-11-22T03:00"))


def test_closed_for_a_holiday_is_told_from_closed_by_the_week_and_by_the_switch() -> None:
    china = hours(holiday={date(2026, 10, 1): DAY_OFF, date(2026, 10, 10): MADE_UP}.get)
    moments = {"2026-10-01T10:00": True, "2026-10-01T20:00": True, "2026-10-02T20:00": False}
    for moment, holiday in moments.items():
        assert china.is_holiday(at(moment)) is holiday, moment
    assert not china.is_holiday(at("2026-10-10T03:00")), "a make-up day is none"
    shut = hours(holiday={date(2026, 10, 1): DAY_OFF}.get, emergency=Emergency(False))
    assert not shut.is_holiday(at("2026-10-01T10:00"))
    # What began on the eve goes on: nobody is told of the holiday yet.
    nights = (read_period("22:00", "06:00"),)
    night = hours(week=(nights,) * 7, holiday={date(2026, 10, 1): DAY_OFF}.get)
    assert not night.is_holiday(at("2026-10-01T05:00"))
    assert night.is_holiday(at("2026-10-01T06:00"))


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    """Berlin puts its clocks back on 25 October 2026 at three: two to three comes twice."""
    berlin = hours(zone=ZoneInfo("Europe/Berlin"), week=((read_period("02:00", "03:00"),),) * 7)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert berlin.is_open(first)
    assert berlin.is_open(first + timedelta(hours=1))
    assert not berlin.is_open(first + timedelta(hours=2))


@pytest.mark.parametrize(
    ("periods", "clash"),
    [
        ([("09:00", "12:00"), ("12:00", "18:00")], False),
        ([("09:00", "12:01"), ("12:00", "18:00")], True),
        ([("22:00", "06:00"), ("05:00", "07:00")], False),
        ([("00:00", "24:00"), ("05:00", "07:00")], True),
    ],
)
def test_periods_of_a_day_overlap_or_only_touch(
    periods: list[tuple[str, str]], clash: bool
) -> None:
    assert overlap([read_period(*each) for each in periods]) is clash


_MINUTES = st.integers(0, 24 * 60)
_PERIODS = st.lists(
    st.tuples(st.integers(0, 24 * 60 - 1), st.integers(1, 24 * 60)).map(
        lambda pair: Period(pair[0], min(pair[0] + pair[1], 2 * 24 * 60))
    ),
    max_size=3,
).map(tuple)
_FIRST = date(2026, 11, 16)


@given(
    week=st.lists(_PERIODS, min_size=7, max_size=7).map(tuple),
    special=st.lists(st.tuples(st.integers(0, 13), st.integers(0, 2), _PERIODS), max_size=2),
    off=st.sets(st.integers(0, 13), max_size=3),
    made_up=st.sets(st.integers(0, 13), max_size=3),
    minute=st.integers(0, 12 * 24 * 60),
)
def test_it_is_open_exactly_in_the_minutes_that_its_days_say(
    week: tuple[tuple[Period, ...], ...],
    special: Sequence[tuple[int, int, tuple[Period, ...]]],
    off: set[int],
    made_up: set[int],
    minute: int,
) -> None:
    days = {_FIRST + timedelta(n): MADE_UP for n in made_up}
    days |= {_FIRST + timedelta(n): DAY_OFF for n in off}
    spans = [
        Special(_FIRST + timedelta(n), _FIRST + timedelta(n + more), "s", periods)
        for n, more, periods in special
    ]
    some = hours(week=week, special=spans, holiday=days.get, workday=2)
    midnight = datetime.combine(_FIRST, datetime.min.time(), SHANGHAI)
    open_minutes = {
        n * 24 * 60 + m
        for n in range(-1, 40)
        for period in some.day(_FIRST + timedelta(n)).periods
        for m in range(period.begins, period.ends)
    }
    moment = midnight + timedelta(minutes=minute)
    standing = some.at(moment)
    assert some.is_open(moment) is standing.open is (minute in open_minutes)
    if standing.until is not None and standing.until < midnight + timedelta(days=30):
        turn = int((standing.until - midnight).total_seconds() // 60)
        assert (turn in open_minutes) is not standing.open
        between = range(minute, turn)
        assert all((m in open_minutes) is standing.open for m in between)

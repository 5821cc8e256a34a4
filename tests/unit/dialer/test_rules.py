"""When somebody may be called, and what follows. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from callcenter.schedules.hours import Emergency, Hours, read_period
from dialer.rules import ContactState, Outcome, Window, after, clock_time, opens_next

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("minute", "is_open"), [(8 * 60 + 59, False), (9 * 60, True), (20 * 60 + 59, True), (21 * 60, False)]
)  # fmt: skip
def test_the_window_is_of_the_enterprises_clock(minute: int, is_open: bool) -> None:
    window = Window(9 * 60, 21 * 60, frozenset(range(7)))
    local = datetime(2026, 11, 24, minute // 60, minute % 60, tzinfo=ZONE)
    assert window.open_at(local.astimezone(UTC), ZONE) is is_open


def test_the_weekday_is_the_local_one() -> None:
    monday_only = Window(0, 24 * 60, frozenset({0}))
    assert monday_only.open_at(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), ZONE)
    assert not monday_only.open_at(datetime(2026, 11, 23, 16, 0, tzinfo=UTC), ZONE)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_a_consequence(outcome: Outcome) -> None:
    first = after(outcome, 1, 3, HOUR, NOW)
    tried_again = outcome not in (Outcome.ANSWERED, Outcome.UNALLOCATED, Outcome.REJECTED)
    assert first.state is (ContactState.OPEN if tried_again else ContactState.DONE)
    assert first.at == (NOW + HOUR if tried_again else None)
    assert after(outcome, 3, 3, HOUR, NOW).state is ContactState.DONE


def test_minutes_are_shown_as_times() -> None:
    assert (clock_time(0), clock_time(9 * 60 + 5), clock_time(24 * 60)) == (
        "00:00",
        "09:05",
        "24:00",
    )


OFFICE = (read_period("08:00", "12:00"),)
DAYS = frozenset(range(7))
WINDOW = Window(9 * 60, 21 * 60, DAYS)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (local(24, 10), local(24, 10)),
        (local(24, 8, 30), local(24, 9)),
        (local(24, 13), local(25, 9)),
        (local(27, 13), local(30, 9)),
    ],
    ids=["now", "with the window", "tomorrow", "after the weekend"],
)
def test_a_task_opens_when_its_schedule_and_its_window_are_open(now, opens) -> None:
    hours = Hours(ZONE, (OFFICE,) * 5 + ((), ()))
    assert opens_next(WINDOW, ZONE, hours, now) == opens


def test_without_a_schedule_the_window_alone_counts() -> None:
    assert opens_next(WINDOW, ZONE, None, local(24, 22)) == local(25, 9)


def test_nobody_knows_when_a_schedule_opens_that_was_closed_by_hand_or_never_meets_the_window() -> (
    None
):
    shut = Hours(ZONE, (OFFICE,) * 7, emergency=Emergency(open=False, until=None))
    assert opens_next(WINDOW, ZONE, shut, local(24, 10)) is None
    night = Hours(ZONE, ((read_period("22:00", "23:00"),),) * 7)
    assert opens_next(WINDOW, ZONE, night, local(24, 10)) is None


def test_a_window_of_no_day_never_opens() -> None:
    assert Window(9 * 60, 21 * 60, frozenset()).opens_after(NOW, ZONE) is None

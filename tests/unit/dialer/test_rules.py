"""When somebody may be called, and what follows. Pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dialer.rules import ContactState, Outcome, Window, after, clock_time

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

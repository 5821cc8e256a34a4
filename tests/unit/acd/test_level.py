"""Service level: who counts, who does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.acd.level import ServiceDay


def test_a_day_without_a_decided_call_has_no_level() -> None:
    assert ServiceDay(offered=3).level_percent is None


def test_answered_in_time_is_the_level() -> None:
    day = ServiceDay()
    for waited in (0.0, 19.9, 20.0, 20.1):
        day.answer(waited, 20)
    assert (day.answered, day.within, day.level_percent) == (4, 3, 75.0)


def test_an_abandoned_call_lowers_it() -> None:
    day = ServiceDay(answered=3, within=3)
    day.abandon(30, 5)
    assert day.level_percent == 75.0


def test_who_hung_up_at_once_does_not_count() -> None:
    day = ServiceDay(answered=3, within=3)
    day.abandon(5, 5)
    assert (day.abandoned, day.short, day.level_percent) == (1, 1, 100.0)


def test_a_day_of_short_calls_alone_has_no_level() -> None:
    day = ServiceDay()
    day.abandon(1, 5)
    assert day.level_percent is None


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 600))))
def test_it_is_a_percentage_whatever_happens(calls) -> None:
    day = ServiceDay()
    for answered, waited in calls:
        if answered:
            day.answer(waited, 20)
        else:
            day.abandon(waited, 5)
    assert day.level_percent is None or 0 <= day.level_percent <= 100


@pytest.mark.parametrize(("waited", "within"), [(20.0, 1), (20.001, 0)])
def test_the_target_itself_is_in_time(waited, within) -> None:
    day = ServiceDay()
    day.answer(waited, 20)
    assert day.within == within

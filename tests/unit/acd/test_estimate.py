"""How long a caller may still wait, held against a queue that is played through."""

import heapq
import random
from statistics import mean

import pytest

from callcenter.acd.estimate import Handling, told_minutes, waits_seconds

MEAN = 180.0


def wait_of(place: int, agents: int, draw) -> float:
    """Seconds until the caller at `place` is taken, by agents who are all in the midst of a call."""
    free = [draw() * random.random() for _ in range(agents)]
    heapq.heapify(free)
    for _ in range(place - 1):
        heapq.heapreplace(free, free[0] + draw())
    return free[0]


def played(place: int, agents: int, draw, times: int = 3000) -> list[float]:
    random.seed(f"{place} {agents}")
    return [wait_of(place, agents, draw) for _ in range(times)]


DRAWS = {
    "alike": lambda: MEAN,
    "even": lambda: random.uniform(0.5 * MEAN, 1.5 * MEAN),
    "as they come": lambda: random.expovariate(1 / MEAN),
}


@pytest.mark.parametrize("kind", DRAWS)
@pytest.mark.parametrize(("place", "agents"), [(1, 1), (3, 2), (8, 5), (20, 5), (40, 20)])
def test_the_estimate_is_never_short_in_the_mean_and_not_far_too_long(kind, place, agents) -> None:
    """Between the mean wait of who is there, and one handling time a place-row above it."""
    found = mean(played(place, agents, DRAWS[kind]))
    told = waits_seconds(place, agents, MEAN)
    assert told is not None
    assert found <= told * 1.02
    assert told <= found + MEAN


@pytest.mark.parametrize("kind", DRAWS)
def test_most_callers_are_taken_within_what_they_were_told(kind) -> None:
    """At place 8 of 5 agents, with whole minutes told: three in five at least, mostly far more."""
    minutes = told_minutes(waits_seconds(8, 5, MEAN))
    assert minutes is not None
    waits = played(8, 5, DRAWS[kind])
    assert mean(wait <= minutes * 60 for wait in waits) >= 0.6


@pytest.mark.parametrize(
    ("place", "agents", "mean_seconds"), [(1, 0, 60.0), (1, 3, None), (0, 3, 60.0)]
)
def test_nothing_is_known_without_agents_figures_or_a_place(place, agents, mean_seconds) -> None:
    assert waits_seconds(place, agents, mean_seconds) is None


@pytest.mark.parametrize(
    ("seconds", "minutes"),
    [(None, None), (5, 0), (59.9, 0), (60, 1), (61, 2), (120, 2), (600.5, 11), (3600, 60),
     (3601, None)],
)  # fmt: skip
def test_it_is_told_in_whole_minutes_rounded_up(seconds, minutes) -> None:
    assert told_minutes(seconds) == minutes


def test_a_few_calls_say_nothing_of_the_rest() -> None:
    assert Handling(4, 400.0).mean is None
    assert Handling(5, 500.0).mean == 100.0

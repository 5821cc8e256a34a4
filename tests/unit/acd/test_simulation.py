"""What is measured of the matching in use agrees with theory, and strategies differ as they say."""

from statistics import fmean
from uuid import UUID

import pytest

from callcenter.acd.claims import Rules
from callcenter.acd.erlang import Staffing
from callcenter.acd.simulation import Outcome, Setting, simulate
from callcenter.acd.strategies import Strategy

POINTS = 0.03
TALK = 180.0
ENGLISH = UUID(int=50)


def simulated(setting: Setting, calls: int, seeds: range) -> list[Outcome]:
    return [simulate(setting, calls, seed) for seed in seeds]


@pytest.mark.parametrize(("agents", "share"), [(5, 0.6), (10, 0.75), (20, 0.85)])
def test_the_level_is_erlang_cs_where_nobody_gives_up(agents: int, share: float) -> None:
    between = TALK / agents / share
    expected = Staffing(agents, between, TALK)
    found = simulated(Setting(agents, between, TALK), 9_000, range(1, 5))
    assert fmean(one.level for one in found) == pytest.approx(
        expected.answered_within(20), abs=POINTS
    )
    assert all(one.day.abandoned == 0 for one in found)


@pytest.mark.parametrize(
    ("agents", "share", "patience"), [(5, 0.6, 120.0), (10, 1.0, 60.0), (10, 1.2, 120.0)]
)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_level_is_erlang_as_where_patience_is_exponential(
    agents: int, share: float, patience: float, seed: int
) -> None:
    between = TALK / agents / share
    expected = Staffing(agents, between, TALK, patience)
    found = simulate(Setting(agents, between, TALK, patience), 8_000, seed)
    assert found.level == pytest.approx(expected.answered_within(20), abs=POINTS)
    assert found.abandons == pytest.approx(expected.abandons, abs=POINTS)
    assert fmean(found.occupied) == pytest.approx(expected.occupancy, abs=POINTS)


def test_the_same_seed_gives_the_same_day() -> None:
    setting = Setting(4, 60, TALK, 90)
    assert simulate(setting, 500, 7) == simulate(setting, 500, 7)
    assert simulate(setting, 500, 7) != simulate(setting, 500, 8)


FAIR = (
    Strategy.LONGEST_IDLE,
    Strategy.ROUND_ROBIN,
    Strategy.FEWEST_CALLS,
    Strategy.LEAST_OCCUPIED,
    Strategy.RING_ALL,
)


def five(strategy: Strategy, skills: tuple[dict[UUID, int], ...] = ()) -> Setting:
    """Five agents at some 65 %."""
    rules = Rules(strategy, skills=frozenset({ENGLISH}))
    return Setting(5, TALK / 3.5, TALK, 120, rules, skills=skills)


def by(strategy: Strategy, skills: tuple[dict[UUID, int], ...] = ()) -> Outcome:
    return simulate(five(strategy, skills), 10_000, 7)


@pytest.mark.parametrize("strategy", FAIR)
def test_equal_agents_are_occupied_equally(strategy: Strategy) -> None:
    """None is five points above another in the days of five seeds.

    Days together: talks are as long as they are, and who has as many calls as everybody else may by
    chance have longer ones for a day.
    """
    days = simulated(five(strategy), 4_000, range(1, 6))
    shares = [fmean(agent) for agent in zip(*(one.occupied for one in days), strict=True)]
    assert min(shares) > 0.55
    assert max(shares) - min(shares) <= 0.05


def test_a_fixed_order_lets_the_first_work_most_and_the_last_least() -> None:
    shares = by(Strategy.FIXED_ORDER).occupied
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] > 0.3


def test_the_skill_score_lets_the_able_work_most_and_no_caller_wait_longer() -> None:
    skills = tuple({ENGLISH: 9 if n < 2 else 2} for n in range(5))
    scored, idle = by(Strategy.SKILL_SCORE, skills), by(Strategy.LONGEST_IDLE, skills)
    able, others = scored.occupied[:2], scored.occupied[2:]
    assert min(able) > max(others)
    # Among the equally able the longest idle has it: they are occupied alike.
    assert max(able) - min(able) <= 0.05
    assert scored.level == pytest.approx(idle.level, abs=POINTS)

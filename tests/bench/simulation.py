"""What each strategy makes of the same day, in a computer: service level and shares of the work.

Ten agents and callers who give up, as Erlang A has them; once more with callers who never do, as
Erlang C. Two agents are able and the others are not, which only `skill_score` looks at.
"""

from statistics import fmean
from uuid import UUID

from callcenter.acd.claims import Rules
from callcenter.acd.erlang import Staffing
from callcenter.acd.simulation import Outcome, Setting, simulate
from callcenter.acd.strategies import Strategy
from tests.bench.samples import Raw, made

AGENTS, TALK, SHARE, PATIENCE, WITHIN = 10, 180.0, 0.9, 120.0, 20.0
"""SHARE: of the agents' time that the calls would take, if nobody gave up. Seconds."""

BETWEEN = TALK / AGENTS / SHARE
CALLS, DAYS = 5_000, 4
SKILL = UUID(int=50)
SKILLS = tuple({SKILL: 9 if agent < 2 else 2} for agent in range(AGENTS))


def run(number: int) -> Raw:
    seeds = range(DAYS * (number - 1) + 1, DAYS * number + 1)
    samples: dict[str, list[float]] = {}
    erlang = _percent(Staffing(AGENTS, BETWEEN, TALK, PATIENCE).answered_within(WITHIN))
    for strategy in Strategy:
        days = _days(strategy, PATIENCE, seeds)
        samples[f"level_{strategy}"] = levels = [_percent(day.level) for day in days]
        samples[f"spread_{strategy}"] = [_spread(days)]
        samples.setdefault("off_erlang_a", []).append(abs(fmean(levels) - erlang))
    patient = [_percent(day.level) for day in _days(Strategy.LONGEST_IDLE, None, seeds)]
    erlang_c = _percent(Staffing(AGENTS, BETWEEN, TALK).answered_within(WITHIN))
    samples |= {
        "erlang_a": [erlang], "erlang_c": [erlang_c], "level_patient": patient,
        "off_erlang_c": [abs(fmean(patient) - erlang_c)],
    }  # fmt: skip
    notes = {
        "agents": AGENTS, "talk": TALK, "between": BETWEEN, "patience": PATIENCE, "within": WITHIN,
        "calls": CALLS, "seeds": [*seeds],
    }  # fmt: skip
    return made("simulation", number, samples, notes)


def _days(strategy: Strategy, patience: float | None, seeds: range) -> list[Outcome]:
    rules = Rules(strategy, skills=frozenset({SKILL}))
    setting = Setting(AGENTS, BETWEEN, TALK, patience, rules, WITHIN, SKILLS)
    return [simulate(setting, CALLS, seed) for seed in seeds]


def _spread(days: list[Outcome]) -> float:
    """Points between the agent who works most and the one who works least, over all days."""
    shares = [fmean(agent) for agent in zip(*(day.occupied for day in days), strict=True)]
    return _percent(max(shares) - min(shares))


def _percent(share: float) -> float:
    return 100 * share

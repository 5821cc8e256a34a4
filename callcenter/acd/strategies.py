"""Which of the ready agents of a service takes the next call. Pure.

Every strategy puts the agents in an order in which no two are equal, so that a simulation repeats
itself exactly: what it compares first, then how long they are idle, then their ids.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Strategy(StrEnum):
    LONGEST_IDLE = "longest_idle"
    ROUND_ROBIN = "round_robin"
    FEWEST_CALLS = "fewest_calls"
    LEAST_OCCUPIED = "least_occupied"
    FIXED_ORDER = "fixed_order"
    SKILL_SCORE = "skill_score"
    RING_ALL = "ring_all"


@dataclass(frozen=True, slots=True)
class Work:
    """What an agent has done today. calls: connected; occupancy: share of the time signed in, 0 to 1."""

    calls: int = 0
    occupancy: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    place  in the service's order of its members, from 0
    turn   how far behind the last served
    score  the levels of the skills that the service asks for, summed up
    """

    agent_id: UUID
    idle_since: datetime
    place: int
    turn: int
    work: Callable[[], Work]
    score: int = 0


_FIRST: dict[Strategy, Callable[[Candidate], Any]] = {
    Strategy.LONGEST_IDLE: lambda one: one.idle_since,
    Strategy.ROUND_ROBIN: lambda one: one.turn,
    Strategy.FEWEST_CALLS: lambda one: one.work().calls,
    Strategy.LEAST_OCCUPIED: lambda one: one.work().occupancy,
    Strategy.FIXED_ORDER: lambda one: one.place,
    Strategy.SKILL_SCORE: lambda one: -one.score,
    Strategy.RING_ALL: lambda one: one.idle_since,
}


def rank(strategy: Strategy, one: Candidate) -> tuple[Any, ...]:
    """The least of a service's ready agents takes the call."""
    return _FIRST[strategy](one), one.idle_since, one.agent_id

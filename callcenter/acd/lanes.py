"""Callers of a service in the order in which they are taken, by who may take them. Pure.

A lane holds callers whom the same agents may take; its first one is the best claim among them. So
a match looks at one caller of each lane and never at those who wait for somebody else.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from callcenter.acd.claims import Ring, Rules, Waiting

Skills = Mapping[UUID, Mapping[UUID, int]]
"""Agent → skill → level."""


class Place(NamedTuple):
    """The highest claim first, then the longest waiting, then the first come."""

    urgency: int
    queued_at: datetime
    number: int


@dataclass(slots=True, eq=False)
class Entry:
    """A caller who waits. lapsed: whom the caller would have liked does not come; due: when the claim changes."""

    waiting: Waiting
    place: Place
    lane: "Lane"
    lapsed: bool = False
    due: datetime | None = None


@dataclass(slots=True, eq=False)
class Ordered:
    """Callers by place."""

    places: list[tuple[Place, Entry]] = field(default_factory=list)

    def put(self, entry: Entry) -> None:
        insort(self.places, (entry.place, entry))

    def take(self, entry: Entry) -> None:
        del self.places[self.index(entry)]

    def index(self, entry: Entry) -> int:
        return bisect_left(self.places, (entry.place,))


@dataclass(slots=True, eq=False)
class Lane(Ordered):
    """only: these agents alone, the best first; else those of a ring and of the rings before it."""

    service: "ServiceQueue" = field(kw_only=True)
    ring: int = 0
    only: tuple[UUID, ...] = ()

    @property
    def agents(self) -> frozenset[UUID]:
        if self.only:
            return self.service.members.intersection(self.only)
        return self.service.reach[self.ring]


@dataclass(slots=True, eq=False)
class ServiceQueue(Ordered):
    """All callers of a service, and its lanes.

    order  members → their places; last: the place of whom it served last
    reach  by ring, who may take a caller for whom it is open
    score  member → the sum of the levels that `skill_score` compares
    """

    id: UUID = field(kw_only=True)
    rules: Rules = field(default_factory=Rules)
    members: frozenset[UUID] = frozenset()
    order: Mapping[UUID, int] = field(default_factory=dict)
    reach: tuple[frozenset[UUID], ...] = (frozenset(),)
    score: Mapping[UUID, int] = field(default_factory=dict)
    last: int = -1
    lanes: dict[tuple[int, tuple[UUID, ...]], Lane] = field(default_factory=dict)

    def set(self, agents: Iterable[UUID], rules: Rules, skills: Skills) -> None:
        self.rules = rules
        self.order = {agent: place for place, agent in enumerate(agents)}
        self.members = frozenset(self.order)
        reach: list[frozenset[UUID]] = []
        for ring in rules.rings:
            able = (agent for agent in self.members if _fulfils(ring, skills.get(agent, {})))
            reach.append(frozenset(able).union(*reach[-1:]))
        self.reach = tuple(reach)
        self.score = {agent: _score(rules, skills.get(agent, {})) for agent in self.members}

    def lane(self, ring: int, only: tuple[UUID, ...]) -> Lane:
        key = (ring, only)
        if key not in self.lanes:
            self.lanes[key] = Lane(service=self, ring=ring, only=only)
        return self.lanes[key]


def _fulfils(ring: Ring, levels: Mapping[UUID, int]) -> bool:
    return all(levels.get(need.skill, 0) >= need.level for need in ring.needs)


def _score(rules: Rules, levels: Mapping[UUID, int]) -> int:
    return sum(levels.get(skill, 0) for skill in rules.skills)

"""A call centre in a computer: calls by chance, the matching that is in use, and what came of it.

Pure, and repeats itself exactly with the same seed. For comparing strategies and staffing before
anybody has to wait for it; where the assumptions of Erlang's formulas hold it agrees with them.
"""

import heapq
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from uuid import UUID

from callcenter.acd.claims import Rules, Waiting
from callcenter.acd.level import ServiceDay
from callcenter.acd.queue import Matcher
from callcenter.acd.strategies import Work

_START = datetime(2026, 1, 1, tzinfo=UTC)
_SERVICE = UUID(int=1)
_FIRST_CALL = 1 << 32


@dataclass(frozen=True, slots=True)
class Setting:
    """One service. Seconds, on average; patience: None for callers who never give up.

    skills: each agent's, the first agent first; with fewer than agents, the rest have none.
    """

    agents: int
    between: float
    handling: float
    patience: float | None = None
    rules: Rules = field(default_factory=Rules)
    level_seconds: float = 20.0
    skills: tuple[dict[UUID, int], ...] = ()


@dataclass(slots=True)
class Outcome:
    """day: of callers; waited: seconds of all who were answered; occupied: share of time by agent."""

    day: ServiceDay = field(default_factory=ServiceDay)
    waited: float = 0.0
    occupied: list[float] = field(default_factory=list)

    @property
    def level(self) -> float:
        """Share of all callers who were answered within the target."""
        return self.day.within / (self.day.answered + self.day.abandoned)

    @property
    def abandons(self) -> float:
        return self.day.abandoned / (self.day.answered + self.day.abandoned)


class _What(IntEnum):
    """In the order in which they count when they fall on the same moment."""

    FREE = 0
    CHANGE = 1
    GIVE_UP = 2
    COME = 3


class _Run:
    def __init__(self, setting: Setting, seed: int) -> None:
        self._setting = setting
        self._chance = random.Random(seed)  # noqa: S311 (chance that repeats itself)
        self._agents = [UUID(int=n) for n in range(1, setting.agents + 1)]
        self._now = 0.0
        self._events: list[tuple[float, _What, int, UUID | None]] = []
        self._count = 0
        self._since: dict[UUID, float] = {}
        self._idle_since: dict[UUID, datetime] = {}
        self._busy = defaultdict[UUID, float](float)
        self._calls = Counter[UUID]()
        self.outcome = Outcome()
        self._matcher = Matcher()
        self._matcher.work = self._work
        skills = dict(zip(self._agents, setting.skills, strict=False))
        self._matcher.set_members({_SERVICE: self._agents}, {_SERVICE: setting.rules}, skills)
        for agent in self._agents:
            self._free(agent)

    def go(self, calls: int) -> Outcome:
        self._after(self._exponential(self._setting.between), _What.COME)
        while self._events:
            self._now, what, _, who = heapq.heappop(self._events)
            if what is _What.COME:
                self._come(calls)
            elif what is _What.GIVE_UP and who:
                self._give_up(who)
            elif what is _What.FREE and who:
                self._free(who)
            self._match()
        self.outcome.occupied = [self._busy[agent] / self._now for agent in self._agents]
        return self.outcome

    def _come(self, calls: int) -> None:
        self.outcome.day.offered += 1
        call = UUID(int=_FIRST_CALL + self.outcome.day.offered)
        self._since[call] = self._now
        self._matcher.add(Waiting(call, _SERVICE, 0, self._moment()))
        if self._setting.patience is not None:
            self._after(self._exponential(self._setting.patience), _What.GIVE_UP, call)
        if self.outcome.day.offered < calls:
            self._after(self._exponential(self._setting.between), _What.COME)

    def _free(self, agent: UUID) -> None:
        self._idle_since[agent] = self._moment()
        self._matcher.set_ready(agent, self._idle_since[agent])

    def _give_up(self, call: UUID) -> None:
        if self._matcher.remove(call) is not None:
            self.outcome.day.abandon(self._now - self._since.pop(call), 0)

    def _match(self) -> None:
        for match in self._matcher.match(self._moment()):
            waited = self._now - self._since.pop(match.call_id)
            self.outcome.day.answer(waited, self._setting.level_seconds)
            self.outcome.waited += waited
            answers = self._chance.choice(match.agents)
            for agent in match.agents:
                if agent != answers:
                    self._matcher.set_ready(agent, self._idle_since[agent])
            talk = self._exponential(self._setting.handling)
            self._busy[answers] += talk
            self._calls[answers] += 1
            self._after(talk, _What.FREE, answers)
        change = self._matcher.next_change()
        if change is not None:
            self._after((change - self._moment()).total_seconds(), _What.CHANGE)

    def _work(self, agent: UUID) -> Work:
        return Work(self._calls[agent], self._busy[agent] / max(self._now, 1.0))

    def _after(self, seconds: float, what: _What, who: UUID | None = None) -> None:
        self._count += 1
        heapq.heappush(self._events, (self._now + seconds, what, self._count, who))

    def _exponential(self, mean: float) -> float:
        return self._chance.expovariate(1 / mean)

    def _moment(self) -> datetime:
        return _START + timedelta(seconds=self._now)


def simulate(setting: Setting, calls: int, seed: int) -> Outcome:
    """From empty, until the last of so many callers has been served or has gone."""
    return _Run(setting, seed).go(calls)

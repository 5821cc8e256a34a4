"""Who waits, who is ready, and who gets whom.

Callers are taken by priority, then by how long they wait; agents by their service's strategy. A
caller is passed over only when none of the ready agents serves the caller's service.
"""

import heapq
from bisect import insort
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from callcenter.acd.strategies import Candidate, Strategy, Work, rank


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """Order within a service: the urgent first, then the longest waiting, then the first come."""

    urgency: int
    queued_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A caller in a queue. priority 0-9, 9 first; for_agent: only this member may take the call."""

    call_id: UUID
    service_id: UUID
    priority: int
    queued_at: datetime
    for_agent: UUID | None = None


@dataclass(frozen=True, slots=True)
class Match:
    call_id: UUID
    agent_id: UUID
    service_id: UUID


@dataclass(slots=True)
class _Service:
    """order: members → their places; last: the place of whom it served last."""

    members: frozenset[UUID] = frozenset()
    order: Mapping[UUID, int] = field(default_factory=dict)
    strategy: Strategy = Strategy.LONGEST_IDLE
    last: int = -1
    places: list[tuple[_Place, UUID]] = field(default_factory=list)


class Matcher:
    """All queues of one node. Every method is O(log n) in the waiting, except `remove`: O(n).

    work: what an agent has done today, for the strategies that ask.
    """

    def __init__(self) -> None:
        self.work: Callable[[UUID], Work] = lambda _agent: Work()
        self._services: dict[UUID, _Service] = {}
        self._waiting: dict[UUID, tuple[Waiting, _Place]] = {}
        self._ready: dict[UUID, datetime] = {}
        self._count = 0

    def set_members(
        self,
        members: Mapping[UUID, Iterable[UUID]],
        strategies: Mapping[UUID, Strategy] | None = None,
    ) -> None:
        """Service → agents in their order; services that are gone keep their callers and no agents."""
        for service_id in self._services.keys() - members.keys():
            self._services[service_id].members = frozenset()
        for service_id, agents in members.items():
            service = self._service(service_id)
            service.order = {agent: place for place, agent in enumerate(agents)}
            service.members = frozenset(service.order)
            service.strategy = (strategies or {}).get(service_id, Strategy.LONGEST_IDLE)

    def add(self, waiting: Waiting) -> None:
        """Enqueue; a caller who comes back with the old queued_at gets the old place."""
        self.remove(waiting.call_id)
        self._count += 1
        place = _Place(-waiting.priority, waiting.queued_at, self._count)
        self._waiting[waiting.call_id] = (waiting, place)
        insort(self._service(waiting.service_id).places, (place, waiting.call_id))

    def remove(self, call_id: UUID) -> Waiting | None:
        entry = self._waiting.pop(call_id, None)
        if entry is None:
            return None
        waiting, place = entry
        self._services[waiting.service_id].places.remove((place, call_id))
        return waiting

    def set_ready(self, agent_id: UUID, idle_since: datetime) -> None:
        self._ready[agent_id] = idle_since

    def set_busy(self, agent_id: UUID) -> None:
        self._ready.pop(agent_id, None)

    def waiting_in(self, service_id: UUID) -> list[Waiting]:
        """The callers of a service in the order they will be taken."""
        service = self._services.get(service_id)
        return [self._waiting[call_id][0] for _, call_id in service.places] if service else []

    def position(self, call_id: UUID) -> int:
        """1 for the next to be taken; 0 for who does not wait."""
        entry = self._waiting.get(call_id)
        if entry is None:
            return 0
        waiting, place = entry
        return self._services[waiting.service_id].places.index((place, call_id)) + 1

    def ready_in(self, service_id: UUID) -> int:
        service = self._services.get(service_id)
        return len(service.members & self._ready.keys()) if service else 0

    def match(self) -> list[Match]:
        """Pair callers and agents; both leave the queue and the ready at once."""
        matches: list[Match] = []
        heads = [
            (service.places[0][0], service_id, 0)
            for service_id, service in self._services.items()
            if service.places and not service.members.isdisjoint(self._ready)
        ]
        heapq.heapify(heads)
        while heads and self._ready:
            _, service_id, index = heapq.heappop(heads)
            service = self._services[service_id]
            call_id = service.places[index][1]
            agent_id = self._choose(service, self._waiting[call_id][0])
            if agent_id is not None:
                matches.append(Match(call_id, agent_id, service_id))
                service.last = service.order[agent_id]
                self._ready.pop(agent_id)
                self.remove(call_id)
            else:
                index += 1  # waits for one agent alone; the next in line may be served
            if index < len(service.places) and not service.members.isdisjoint(self._ready):
                heapq.heappush(heads, (service.places[index][0], service_id, index))
        return matches

    def _choose(self, service: _Service, waiting: Waiting) -> UUID | None:
        candidates = service.members & self._ready.keys()
        if waiting.for_agent is not None:
            return waiting.for_agent if waiting.for_agent in candidates else None
        if not candidates:
            return None
        ranked = (self._candidate(service, agent) for agent in candidates)
        return min(ranked, key=lambda one: rank(service.strategy, one)).agent_id

    def _candidate(self, service: _Service, agent: UUID) -> Candidate:
        place = service.order[agent]
        turn = (place - service.last - 1) % len(service.order)
        return Candidate(agent, self._ready[agent], place, turn, lambda: self.work(agent))

    def _service(self, service_id: UUID) -> _Service:
        return self._services.setdefault(service_id, _Service())

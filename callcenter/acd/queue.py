"""Who waits, who is ready, and who gets whom.

Of the callers whom an agent may take now, the one with the highest claim now is served; equal
claims by time of coming. Agents are chosen by their service's strategy. Pure, and without a clock:
`match` is told the time, and `next_change` says when to ask again although nobody came or went.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from callcenter.acd.claims import Rules, Waiting, level, next_change, prefers, ring
from callcenter.acd.lanes import Entry, Lane, Place, ServiceQueue, Skills
from callcenter.acd.strategies import Candidate, Strategy, Work, rank

__all__ = ["Match", "Matcher", "Rules", "Waiting"]

MOST_AT_ONCE = 10
"""Phones that one caller may ring."""


@dataclass(frozen=True, slots=True)
class Match:
    """agents: one, or with `ring_all` several, of whom the first to answer has the call."""

    call_id: UUID
    agents: tuple[UUID, ...]
    service_id: UUID

    @property
    def agent_id(self) -> UUID:
        return self.agents[0]


class Matcher:
    """All queues of one node. Every method is O(log n) in the waiting, but for the lists it gives.

    A claim changes at moments that are known when the caller comes: a step of priority, a ring that
    opens, a preference that ends. They stand in one heap; `match` moves whoever is due, at most some
    twenty times in a caller's wait, and compares the first caller of each lane.

    work: what an agent has done today, for the strategies that ask.
    """

    def __init__(self) -> None:
        self.work: Callable[[UUID], Work] = lambda _agent: Work()
        self._services: dict[UUID, ServiceQueue] = {}
        self._entries: dict[UUID, Entry] = {}
        self._ready: dict[UUID, datetime] = {}
        self._present: set[UUID] = set()
        self._due: list[tuple[datetime, int, Entry]] = []
        self._reserved_for: dict[UUID, set[Lane]] = {}
        self._unsettled: set[Entry] = set()
        self._count = 0

    def set_members(
        self,
        members: Mapping[UUID, Iterable[UUID]],
        rules: Mapping[UUID, Rules] | None = None,
        skills: Skills | None = None,
    ) -> None:
        """Service → agents in their order; services that are gone keep their callers and no agents."""
        for service_id, queue in self._services.items():
            if service_id not in members:
                queue.set((), queue.rules, {})
        for service_id, agents in members.items():
            own = (rules or {}).get(service_id, Rules())
            self._service(service_id).set(agents, own, skills or {})
        self._unsettled.update(self._entries.values())

    def add(self, waiting: Waiting) -> None:
        """Enqueue; a caller who comes back with the old queued_at gets the old place."""
        self.remove(waiting.call_id)
        self._count += 1
        service = self._service(waiting.service_id)
        place = Place(-waiting.priority, waiting.queued_at, self._count)
        entry = Entry(waiting, place, service.lane(0, ()))
        self._entries[waiting.call_id] = entry
        self._put(entry)
        self._settle(entry, waiting.queued_at)

    def remove(self, call_id: UUID) -> Waiting | None:
        entry = self._entries.pop(call_id, None)
        if entry is None:
            return None
        self._take(entry)
        entry.due = None
        self._unsettled.discard(entry)
        return entry.waiting

    def set_ready(self, agent_id: UUID, idle_since: datetime) -> None:
        self._ready[agent_id] = idle_since
        self._present.add(agent_id)

    def set_busy(self, agent_id: UUID) -> None:
        """Not now; will take calls again when this contact or its wrap-up is over."""
        self._ready.pop(agent_id, None)
        self._present.add(agent_id)

    def set_away(self, agent_id: UUID) -> None:
        """Takes no calls until told otherwise: who would have liked this agent is anybody's."""
        self._ready.pop(agent_id, None)
        self._present.discard(agent_id)
        for lane in self._reserved_for.get(agent_id, ()):
            self._unsettled.update(entry for _, entry in lane.places)

    def waiting_in(self, service_id: UUID) -> list[Waiting]:
        """The callers of a service, on the line, in the order of their claims at the last match."""
        service = self._services.get(service_id)
        entries = (entry.waiting for _, entry in service.places) if service else ()
        return [waiting for waiting in entries if not waiting.callback]

    def position(self, call_id: UUID) -> int:
        """1 for the highest claim; 0 for who does not wait."""
        entry = self._entries.get(call_id)
        return entry.lane.service.index(entry) + 1 if entry else 0

    def ready_in(self, service_id: UUID) -> int:
        service = self._services.get(service_id)
        return len(service.members & self._ready.keys()) if service else 0

    def next_change(self) -> datetime | None:
        """When a claim changes next, after the last match; None: all stay as they are."""
        while self._due and self._due[0][0] != self._due[0][2].due:
            heapq.heappop(self._due)  # was moved by something else, or has gone
        return self._due[0][0] if self._due else None

    def match(self, now: datetime) -> list[Match]:
        """Pair callers and agents; both leave the queue and the ready at once."""
        self._advance(now)
        matches: list[Match] = []
        heads = [(lane.places[0], lane) for lane in self._lanes() if lane.places]
        heapq.heapify(heads)
        while heads and self._ready:
            (_, entry), lane = heapq.heappop(heads)
            agents = self._choose(lane)
            if not agents:
                continue
            if entry.waiting.callback:
                agents = agents[:1]  # one of them dials; nothing rings
            matches.append(Match(entry.waiting.call_id, agents, lane.service.id))
            lane.service.last = lane.service.order[agents[0]]
            for agent in agents:
                del self._ready[agent]
            self.remove(entry.waiting.call_id)
            if lane.places:
                heapq.heappush(heads, (lane.places[0], lane))
        return matches

    def _lanes(self) -> Iterator[Lane]:
        """Those that an agent who is ready may serve."""
        if not self._ready:
            return
        for service in self._services.values():
            for lane in service.lanes.values():
                if not lane.only and lane.places and not lane.agents.isdisjoint(self._ready):
                    yield lane
        own = (self._reserved_for.get(agent, ()) for agent in self._ready)
        yield from {lane for lanes in own for lane in lanes}

    def _choose(self, lane: Lane) -> tuple[UUID, ...]:
        candidates = lane.agents & self._ready.keys()
        if lane.only:
            return tuple(agent for agent in lane.only if agent in candidates)[:1]
        service = lane.service
        strategy = service.rules.strategy
        if strategy is Strategy.RING_ALL:
            longest_idle = sorted(candidates, key=lambda agent: (self._ready[agent], agent))
            return tuple(longest_idle[:MOST_AT_ONCE])
        ranked = (self._candidate(service, agent) for agent in candidates)
        best = min(ranked, key=lambda one: rank(strategy, one), default=None)
        return (best.agent_id,) if best else ()

    def _candidate(self, service: ServiceQueue, agent: UUID) -> Candidate:
        place = service.order[agent]
        turn = (place - service.last - 1) % len(service.order)
        score, idle_since = service.score[agent], self._ready[agent]
        return Candidate(agent, idle_since, place, turn, lambda: self.work(agent), score)

    # -- claims that change -----------------------------------------------------------------

    def _advance(self, now: datetime) -> None:
        while self._due and self._due[0][0] <= now:
            at, _, entry = heapq.heappop(self._due)
            if entry.due == at:
                self._unsettled.add(entry)
        unsettled, self._unsettled = self._unsettled, set()
        for entry in unsettled:
            self._settle(entry, now)

    def _settle(self, entry: Entry, now: datetime) -> None:
        """Put a caller where the claim belongs at this moment."""
        waiting, service = entry.waiting, entry.lane.service
        place = entry.place._replace(urgency=-level(waiting, service.rules, now))
        lane = self._lane_of(entry, now)
        if (place, lane) != (entry.place, entry.lane):
            self._take(entry)
            entry.place, entry.lane = place, lane
            self._put(entry)
        due = next_change(waiting, service.rules, now)
        if due is not None and due != entry.due:
            self._count += 1
            heapq.heappush(self._due, (due, self._count, entry))
        entry.due = due

    def _lane_of(self, entry: Entry, now: datetime) -> Lane:
        waiting, service = entry.waiting, entry.lane.service
        if waiting.for_agent is not None:
            return service.lane(0, (waiting.for_agent,))
        if not entry.lapsed and prefers(waiting, now):
            if not service.members.isdisjoint(self._present.intersection(waiting.prefer)):
                return service.lane(0, waiting.prefer)
            entry.lapsed = True
        return service.lane(ring(waiting, service.rules, now), ())

    def _put(self, entry: Entry) -> None:
        lane = entry.lane
        lane.put(entry)
        lane.service.put(entry)
        lane.service.lanes[lane.ring, lane.only] = lane
        for agent in lane.only:
            self._reserved_for.setdefault(agent, set()).add(lane)

    def _take(self, entry: Entry) -> None:
        lane = entry.lane
        lane.take(entry)
        lane.service.take(entry)
        if lane.only and not lane.places:
            del lane.service.lanes[lane.ring, lane.only]
            for agent in lane.only:
                self._reserved_for[agent].discard(lane)
                if not self._reserved_for[agent]:
                    del self._reserved_for[agent]

    def _service(self, service_id: UUID) -> ServiceQueue:
        if service_id not in self._services:
            self._services[service_id] = ServiceQueue(id=service_id)
        return self._services[service_id]

"""How long a waiting caller may still wait, from the queues and today's figures as they are now."""

from datetime import datetime
from uuid import UUID

from callcenter.acd.agent import AgentState
from callcenter.acd.claims import level
from callcenter.acd.estimate import told_minutes, waits_seconds
from callcenter.acd.queue import Matcher, Waiting
from callcenter.core.clock import Clock
from callcenter.routing.service import ServicePlan
from callcenter.telephony.agents import Agents
from callcenter.telephony.live import LiveCall
from callcenter.telephony.wall import Wall

_AWAY = (AgentState.OFFLINE, AgentState.NOT_READY)


class Expectation:
    def __init__(self, clock: Clock, matcher: Matcher, agents: Agents, wall: Wall) -> None:
        self._clock = clock
        self._matcher = matcher
        self._agents = agents
        self._wall = wall

    def minutes(self, call: LiveCall, service: ServicePlan) -> int | None:
        """0: less than one; None: it cannot be told."""
        place = self._matcher.position(call.id)
        if not place:
            return None
        at_work = self._at_work(service)
        mean = self._wall.figures(service.enterprise_id).services[service.id].handling.mean
        before = place + self._before(call, service, at_work)
        return told_minutes(waits_seconds(before, len(at_work), mean))

    def _at_work(self, service: ServicePlan) -> set[UUID]:
        """Who takes the service's calls now, or when the contact under way is over."""
        return {agent for agent in service.members if self._agents.status(agent).state not in _AWAY}

    def _before(self, call: LiveCall, service: ServicePlan, at_work: set[UUID]) -> float:
        """Callers of other services whom the same agents take first, by the share they take of them."""
        waiting = self._matcher.waiting_in(service.id)
        own = self._claim(next(each for each in waiting if each.call_id == call.id), service)
        taken = 0.0
        for other in self._agents.directory.services.values():
            if other.id == service.id or other.enterprise_id != service.enterprise_id:
                continue
            shared = at_work & other.members
            if not shared:
                continue
            claims = [self._claim(one, other) for one in self._matcher.waiting_in(other.id)]
            ahead = sum(claim < own for claim in claims)
            taken += ahead * len(shared) / len(self._at_work(other))
        return taken

    def _claim(self, waiting: Waiting, service: ServicePlan) -> tuple[int, datetime]:
        """As the match compares it: with what the wait has added. The lowest is served first."""
        return -level(waiting, service.rules, self._clock.now()), waiting.queued_at

"""How long a waiting caller may still wait, from the queues and today's figures as they are now."""

from uuid import UUID

from callcenter.acd.agent import AgentState
from callcenter.acd.estimate import told_minutes, waits_seconds
from callcenter.acd.queue import Matcher
from callcenter.routing.service import ServicePlan
from callcenter.telephony.agents import Agents
from callcenter.telephony.live import LiveCall
from callcenter.telephony.wall import Wall

_AWAY = (AgentState.OFFLINE, AgentState.NOT_READY)


class Expectation:
    def __init__(self, matcher: Matcher, agents: Agents, wall: Wall) -> None:
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
        own = next(each for each in self._matcher.waiting_in(service.id) if each.call_id == call.id)
        taken = 0.0
        for other in self._agents.directory.services.values():
            if other.id == service.id or other.enterprise_id != service.enterprise_id:
                continue
            shared = at_work & other.members
            if not shared:
                continue
            claims = [(-one.priority, one.queued_at) for one in self._matcher.waiting_in(other.id)]
            ahead = sum(claim < (-own.priority, own.queued_at) for claim in claims)
            taken += ahead * len(shared) / len(self._at_work(other))
        return taken

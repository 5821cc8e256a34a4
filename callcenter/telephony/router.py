"""Routing services for calls: what the rules ask is gathered, the first that holds has the call.

What must be read of the caller comes from the database and is waited for only briefly; without it
the tests that ask for it are unknown, and the call goes on to the rules below.
"""

from collections.abc import Mapping
from functools import cache
from typing import Protocol
from uuid import UUID

from callcenter.acd.queue import Matcher
from callcenter.core.clock import Clock
from callcenter.routing.deciding import Decision, Facts, Load, Told, Value, decide, lot_of
from callcenter.routing.rules import Needs
from callcenter.routing.service import RoutePlan
from callcenter.telephony.agents import Agents
from callcenter.telephony.live import LiveCall
from callcenter.telephony.outside import Outside


class CallerReader(Protocol):
    async def told(self, call: LiveCall, needs: Needs) -> Told:
        """What is known of who calls; nothing where that takes too long. Never raises."""
        ...


class Router:
    def __init__(
        self,
        clock: Clock,
        agents: Agents,
        matcher: Matcher,
        reader: CallerReader,
        outside: Outside,
    ) -> None:
        self._clock = clock
        self._agents = agents
        self._matcher = matcher
        self._reader = reader
        self.outside = outside

    async def decide(
        self, call: LiveCall, service_id: UUID, entered: Mapping[str, Value]
    ) -> Decision | None:
        """None for a service that is not there, or another enterprise's."""
        route = self._route(call, service_id)
        if route is None:
            return None
        told = await self._reader.told(call, route.needs) if route.needs else Told()
        directory, now = self._agents.directory, self._clock.now()
        facts = Facts(
            call.customer,
            call.access_number,
            # Many rules ask the same: each is answered once a decision.
            is_open=cache(lambda key: directory.is_open(call.enterprise_id, key, now)),
            load=cache(self._load),
            lot=lambda place: lot_of(call.id, place),
            forwarded=lambda number: self.outside.count(call.enterprise_id, number),
            told=told,
            entered=entered,
        )
        return decide(route.rules, facts)

    def _route(self, call: LiveCall, service_id: UUID) -> RoutePlan | None:
        plan = self._agents.directory.plan
        route = plan.routes.get(service_id) if plan else None
        return route if route and route.enterprise_id == call.enterprise_id else None

    def _load(self, service_id: UUID) -> Load | None:
        if self._agents.directory.service(service_id) is None:
            return None
        waiting = self._matcher.waiting_in(service_id)
        since = min((each.queued_at for each in waiting), default=None)
        longest = (self._clock.now() - since).total_seconds() if since else 0.0
        return Load(len(waiting), self._matcher.ready_in(service_id), longest)

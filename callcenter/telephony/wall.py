"""What supervisors see: every seat and every queue, in rooms chosen by team and enterprise."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from callcenter.acd.agent import AgentState, AgentStatus
from callcenter.acd.queue import Matcher
from callcenter.acd.strategies import Work
from callcenter.calls.events import Fact, FactType
from callcenter.core.clock import Clock
from callcenter.people.service import SeatPlan
from callcenter.routing.service import ServicePlan
from callcenter.telephony.agents import Agents
from callcenter.telephony.figures import Figures
from callcenter.telephony.outlet import Rooms, queues_room, wall_room
from callcenter.telephony.switchboard import Switchboard

SOON = 0.02
_MOVES_QUEUES = {FactType.CALL_QUEUED, FactType.CALL_DEQUEUED}
_DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


class Wall:
    def __init__(
        self, clock: Clock, rooms: Rooms, agents: Agents, matcher: Matcher, board: Switchboard
    ) -> None:
        self._clock = clock
        self._rooms = rooms
        self._agents = agents
        self._matcher = matcher
        self._board = board
        self.callbacks: Callable[[UUID], int] = lambda _service_id: 0
        self._figures: dict[UUID, Figures] = {}
        self._shown_in: dict[UUID, set[str]] = {}
        self._stale: set[UUID] = set()
        self._queues_of: dict[UUID, UUID] = {}
        """Services on the wall → the enterprise in whose room they are."""

    def figures(self, enterprise_id: UUID) -> Figures:
        if enterprise_id not in self._figures:
            plan = self._agents.directory.plan
            enterprise = plan.enterprises.get(enterprise_id) if plan else None
            zone = ZoneInfo(enterprise.time_zone) if enterprise else _DEFAULT_ZONE
            self._figures[enterprise_id] = Figures(zone)
        return self._figures[enterprise_id]

    def work_of(self, agent_id: UUID) -> Work:
        """What an agent has done today, for whoever distributes calls."""
        seat = self._agents.seat(agent_id)
        if seat is None:
            return Work()
        return self.figures(seat.enterprise_id).work_of(agent_id, self._clock.now())

    def fold(self, fact: Fact) -> None:
        self.figures(fact.enterprise_id).fold(fact, self._agents.directory)
        if fact.type in _MOVES_QUEUES and (service := fact.data.get("service_id")):
            self.show_service(UUID(service))

    def show_all(self) -> None:
        for seat in self._agents.directory.seats.values():
            status = self._agents.status(seat.user_id)
            self.show_seat(seat, status, status)
        services = self._agents.directory.services
        for service_id in self._queues_of.keys() - services.keys():
            room = queues_room(self._queues_of.pop(service_id))
            self._rooms.set(room, f"service:{service_id}", None)
        for service_id in services:
            self.show_service(service_id)

    def show_seat(self, seat: SeatPlan, before: AgentStatus, status: AgentStatus) -> None:
        if not seat.takes_calls:
            return
        rooms = {wall_room(seat.enterprise_id, team) for team in seat.team_ids or (None,)}
        for room in self._shown_in.get(seat.user_id, set()) - rooms:
            self._rooms.set(room, f"seat:{seat.user_id}", None)
        self._shown_in[seat.user_id] = rooms
        value = self._seat(seat, status)
        for room in rooms:
            self._rooms.set(room, f"seat:{seat.user_id}", value)
        if AgentState.READY in (before.state, status.state) or before.state != status.state:
            for service in self._agents.directory.services_of(seat.user_id):
                self.show_service(service.id)

    def show_service(self, service_id: UUID) -> None:
        """Soon: each call changes its queue ten times within moments, and one picture is enough."""
        if not self._stale:
            asyncio.get_running_loop().call_later(SOON, self._show_stale)
        self._stale.add(service_id)

    def _show_stale(self) -> None:
        stale, self._stale = self._stale, set()
        for service_id in stale:
            service = self._agents.directory.service(service_id)
            if service is not None:
                room = queues_room(service.enterprise_id)
                self._queues_of[service_id] = service.enterprise_id
                self._rooms.set(room, f"service:{service_id}", self._service(service))

    def _seat(self, seat: SeatPlan, status: AgentStatus) -> dict[str, Any]:
        day = self.figures(seat.enterprise_id).agents.get(seat.user_id)
        return {
            "id": str(seat.user_id),
            "employee_code": seat.employee_code,
            "name": seat.name,
            "team_ids": [str(team) for team in seat.team_ids],
            "state": status.state.value,
            "since": _iso(status.since),
            "reason_id": str(status.reason_id) if status.reason_id else None,
            "call": self._call(status),
            "today": {
                "answered": day.answered if day else 0,
                "missed": day.missed if day else 0,
                "talk_seconds": round(day.talk_seconds) if day else 0,
            },
        }

    def _call(self, status: AgentStatus) -> dict[str, Any] | None:
        call = self._board.calls.get(status.call_id) if status.call_id else None
        if call is None:
            return None
        return {
            "id": str(call.id),
            "number": call.customer.mask(),
            "service": self._agents.directory.service_name(call.service_id),
            "direction": call.direction.value,
            "connected_at": _iso(call.connected_at),
        }

    def _service(self, service: ServicePlan) -> dict[str, Any]:
        waiting = self._matcher.waiting_in(service.id)
        day = self.figures(service.enterprise_id).services[service.id]
        return {
            "id": str(service.id),
            "name": service.name,
            "waiting": len(waiting),
            "callbacks": self.callbacks(service.id),
            "longest_since": _iso(min((w.queued_at for w in waiting), default=None)),
            "ready": self._matcher.ready_in(service.id),
            "signed_in": self._agents.signed_in(service.members),
            "level_percent": day.level_percent,
            "level_target": service.level_percent,
            "level_seconds": service.level_seconds,
            "offered": day.offered,
            "answered": day.answered,
            "within": day.within,
            "abandoned": day.abandoned,
            "short_abandoned": day.short,
        }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None

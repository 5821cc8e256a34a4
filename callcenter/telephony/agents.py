"""The agents of this node: their states, what follows from a change, and who may be matched."""

import asyncio
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from callcenter.acd.agent import (
    AgentEvent,
    AgentState,
    AgentStatus,
    IllegalEdge,
    apply,
)
from callcenter.acd.queue import Matcher
from callcenter.calls.events import Fact, FactType
from callcenter.core.clock import Clock
from callcenter.core.ids import fact_id
from callcenter.people.service import SeatPlan
from callcenter.telephony.directory import Directory
from callcenter.telephony.outlet import Facts, Rooms, agent_room

log = structlog.get_logger()


class Agents:
    """
    changed   called after every change with the seat, the status before and the status after
    stirred   called when someone became ready, or whom callers wait for is gone: a pair may be found
    reached   whether a caller can reach the phone of who is ready: a nailed line may be missing
    """

    def __init__(self, clock: Clock, facts: Facts, rooms: Rooms, matcher: Matcher) -> None:
        self._clock = clock
        self._facts = facts
        self._rooms = rooms
        self._matcher = matcher
        self._statuses: dict[UUID, AgentStatus] = {}
        self._signed_in: set[UUID] = set()
        self._registered: set[str] = set()
        self._timers: dict[UUID, asyncio.TimerHandle] = {}
        self.directory = Directory()
        self.illegal_edges = 0
        self.changed: Callable[[SeatPlan, AgentStatus, AgentStatus], None] = lambda *_: None
        self.stirred: Callable[[], None] = lambda: None
        self.reached: Callable[[SeatPlan], bool] = lambda _seat: True

    def status(self, agent_id: UUID) -> AgentStatus:
        known = self._statuses.get(agent_id)
        return known or AgentStatus.offline(agent_id, self._clock.now())

    def all(self) -> Iterable[AgentStatus]:
        return self._statuses.values()

    def signed_in(self, agents: AbstractSet[UUID]) -> int:
        """How many of these are signed in."""
        return len(agents & self._signed_in)

    def seat(self, agent_id: UUID) -> SeatPlan | None:
        return self.directory.seats.get(agent_id)

    def is_registered(self, seat: SeatPlan) -> bool:
        return seat.endpoint in self._registered

    def fire(self, agent_id: UUID, event: AgentEvent, **details: Any) -> bool:
        """Apply an event. False, counted and logged, where the table has no such edge."""
        seat = self.seat(agent_id)
        if seat is None:
            log.warning("agent.unknown", agent_id=str(agent_id), agent_event=event.value)
            return False
        before = self.status(agent_id)
        try:
            after = apply(before, event, self._clock.now(), **details)
        except IllegalEdge:
            self.illegal_edges += 1
            log.info("agent.illegal_edge", agent=seat.employee_code, state=before.state.value,
                     agent_event=event.value)  # fmt: skip
            return False
        self._take(seat, before, after, "command")
        return True

    def restore(self, status: AgentStatus) -> None:
        """Put back what the journal says, without telling it anew."""
        seat = self.seat(status.agent_id)
        self._statuses[status.agent_id] = status
        if seat is not None:
            self._after_change(seat, status, status)

    def correct(self, agent_id: UUID, state: AgentState, call_id: UUID | None) -> None:
        """Reconciliation found the agent elsewhere; the interval is marked estimated."""
        seat = self.seat(agent_id)
        if seat is None:
            return
        before, now = self.status(agent_id), self._clock.now()
        after = replace(before, state=state, since=now, call_id=call_id, wrap_up_until=None)
        self._take(seat, before, after, "reconcile")

    def reconsider(self, agent_id: UUID) -> None:
        """The answer to `reached` may be another now."""
        seat, status = self.seat(agent_id), self.status(agent_id)
        if seat is not None and status.state is AgentState.READY:
            self._after_change(seat, status, status)
            self.stirred()

    def phone(self, endpoint: str, *, registered: bool) -> None:
        """A softphone came or went; who is ready without a phone could only miss calls."""
        known = endpoint in self._registered
        (self._registered.add if registered else self._registered.discard)(endpoint)
        seat = self.directory.seat_of_endpoint(endpoint)
        if seat is None:
            return
        self._rooms.set(agent_room(seat.user_id), "phone", {"registered": registered})
        waits = (AgentState.READY, AgentState.NOT_READY, AgentState.WRAP_UP)
        if known and not registered and self.status(seat.user_id).state in waits:
            self.fire(seat.user_id, AgentEvent.PHONE_LOST)

    def phones(self, endpoints: Iterable[str]) -> None:
        """The whole truth about contacts, read from Asterisk."""
        present = set(endpoints)
        for endpoint in self._registered - present:
            self.phone(endpoint, registered=False)
        for endpoint in present:
            self.phone(endpoint, registered=True)

    def use(self, directory: Directory) -> None:
        """A new directory: members, names and teams may have changed."""
        self.directory = directory
        services = directory.services.values()
        self._matcher.set_members(
            {service.id: service.order for service in services},
            {service.id: service.rules for service in services},
            {seat.user_id: dict(seat.skills) for seat in directory.seats.values()},
        )
        for seat in directory.seats.values():
            self._show(seat, self.status(seat.user_id))
        self.stirred()

    def wrap_up_until(self, agent_id: UUID, service_seconds: int | None) -> datetime | None:
        """When this agent's wrap-up ends; the seat's own time goes before the service's."""
        seat = self.seat(agent_id)
        own = seat.wrap_up_seconds if seat else None
        seconds = own if own is not None else service_seconds or 0
        return self._clock.now() + timedelta(seconds=seconds) if seconds > 0 else None

    def extend_wrap_up(self, agent_id: UUID, seconds: int) -> bool:
        status, seat = self.status(agent_id), self.seat(agent_id)
        if seat is None or status.state is not AgentState.WRAP_UP or status.wrap_up_until is None:
            return False
        until = status.wrap_up_until + timedelta(seconds=seconds)
        self._take(seat, status, replace(status, wrap_up_until=until), "command")
        return True

    def _take(self, seat: SeatPlan, before: AgentStatus, after: AgentStatus, source: str) -> None:
        self._statuses[seat.user_id] = after
        if (before.state, before.since) != (after.state, after.since):
            self._tell(seat, after, source)
        elif before != after:
            self._tell_wish(seat, after, source)
        self._after_change(seat, before, after)
        became_ready = after.state is AgentState.READY and before.state is not AgentState.READY
        if became_ready or (before.comes_back and not after.comes_back):
            self.stirred()

    def _after_change(self, seat: SeatPlan, before: AgentStatus, status: AgentStatus) -> None:
        if status.state is AgentState.OFFLINE:
            self._signed_in.discard(seat.user_id)
        else:
            self._signed_in.add(seat.user_id)
        if status.state is AgentState.READY and self.reached(seat):
            self._matcher.set_ready(seat.user_id, status.idle_since)
        elif status.comes_back:
            self._matcher.set_busy(seat.user_id)
        else:
            self._matcher.set_away(seat.user_id)
        self._set_timer(seat, status)
        self._show(seat, status)
        self.changed(seat, before, status)

    def _set_timer(self, seat: SeatPlan, status: AgentStatus) -> None:
        if timer := self._timers.pop(seat.user_id, None):
            timer.cancel()
        if status.state is AgentState.WRAP_UP and status.wrap_up_until is not None:
            delay = (status.wrap_up_until - self._clock.now()).total_seconds()
            self._timers[seat.user_id] = asyncio.get_running_loop().call_later(
                max(delay, 0), self.fire, seat.user_id, AgentEvent.TIMEOUT
            )

    def _tell_wish(self, seat: SeatPlan, status: AgentStatus, source: str) -> None:
        """What follows the contact was changed, or the wrap-up made longer; the state goes on."""
        now = self._clock.now()
        self._facts.emit(
            Fact(
                id=fact_id("agent", seat.user_id, "wish", int(now.timestamp() * 1_000_000)),
                type=FactType.AGENT_WISH,
                at=now,
                enterprise_id=seat.enterprise_id,
                call_id=status.call_id,
                agent_id=seat.user_id,
                data=_what_follows(status),
                source=source,
            )
        )

    def _tell(self, seat: SeatPlan, status: AgentStatus, source: str) -> None:
        since = int(status.since.timestamp() * 1_000_000)
        data = {
            "state": status.state.value,
            "reason_id": str(status.reason_id) if status.reason_id else None,
            "since": status.since.isoformat().replace("+00:00", "Z"),
            "idle_since": status.idle_since.isoformat().replace("+00:00", "Z"),
            **_what_follows(status),
            "estimated": source == "reconcile",
        }
        self._facts.emit(
            Fact(
                id=fact_id("agent", seat.user_id, status.state, since),
                type=FactType.AGENT_STATE,
                at=status.since,
                enterprise_id=seat.enterprise_id,
                call_id=status.call_id,
                agent_id=seat.user_id,
                data=data,
                source=source,
            )
        )

    def _show(self, seat: SeatPlan, status: AgentStatus) -> None:
        value = {
            "state": status.state.value,
            "since": _iso(status.since),
            "reason_id": str(status.reason_id) if status.reason_id else None,
            "call_id": str(status.call_id) if status.call_id else None,
            "wrap_up_until": _iso(status.wrap_up_until),
            "after": status.after.value if status.in_contact else None,
            "leg_form": seat.leg_form.value,
        }
        self._rooms.set(agent_room(seat.user_id), "agent", value)


def _what_follows(status: AgentStatus) -> dict[str, str | None]:
    return {
        "after": status.after.value,
        "after_reason_id": str(status.after_reason_id) if status.after_reason_id else None,
        "wrap_up_until": _iso(status.wrap_up_until),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None

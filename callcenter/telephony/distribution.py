"""Callers waiting for agents: the ACD, held by AGI sessions.

A caller waits in a coroutine of the caller's own AGI session. A match reserves the agent and wakes
that coroutine, which reaches the agent's phone in its form: rung, or nailed up. No answer: the
same session goes on waiting, at the old place. A caller whose session ended while nobody moved the
call has hung up.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.acd.queue import Match, Matcher, Waiting
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent
from callcenter.core.clock import Clock
from callcenter.people.service import SeatPlan
from callcenter.routing.service import ServicePlan
from callcenter.telephony.agent_leg import AgentLegs, RungLegs
from callcenter.telephony.agents import Agents
from callcenter.telephony.announcing import Announcements, Silent, Voice
from callcenter.telephony.live import DeskState, LiveCall
from callcenter.telephony.session import DialOutcome, Session, SessionGone
from callcenter.telephony.switchboard import Switchboard

log = structlog.get_logger()


SUMMON_SECONDS = 20
CALL_REJECTED = 21


class Served(StrEnum):
    CONNECTED = "connected"
    GONE = "gone"
    TIMED_OUT = "timed_out"
    FULL = "full"


@dataclass(slots=True)
class _Waiter:
    waiting: Waiting
    matched: asyncio.Future[UUID]


class Distribution:
    """queues_changed is called with a service's id after its queue changed: the rooms show it.

    others  by the id they wait with, who waits without a caller: takes an agent, or says False
    """

    def __init__(
        self,
        clock: Clock,
        matcher: Matcher,
        agents: Agents,
        switchboard: Switchboard,
        legs: AgentLegs | None = None,
        voice: Voice | None = None,
    ) -> None:
        self._clock = clock
        self._matcher = matcher
        self._agents = agents
        self._board = switchboard
        self.legs: AgentLegs = legs or RungLegs()
        self._voice: Voice = voice or Silent()
        self._waiters: dict[UUID, _Waiter] = {}
        self.others: dict[UUID, Callable[[UUID], bool]] = {}
        self.queues_changed: Callable[[UUID], None] = lambda _service_id: None

    def dispatch(self) -> None:
        """Match whoever can be matched; synchronous, so nothing changes in between."""
        for match in self._matcher.match(self._clock.now()):
            if (take := self.others.get(match.call_id)) is not None:
                self._hand_over(match, take)
                continue
            waiter = self._waiters.pop(match.call_id)
            reserved = self._agents.fire(match.agent_id, AgentEvent.RESERVE, call_id=match.call_id)
            if not reserved:
                self._waiters[match.call_id] = waiter
                self._matcher.add(waiter.waiting)
                continue
            waiter.matched.set_result(match.agent_id)
            self.queues_changed(match.service_id)

    def _hand_over(self, match: Match, take: Callable[[UUID], bool]) -> None:
        """To who waits without a caller: one agent dials, whoever else was to ring is free again."""
        taken = next((agent_id for agent_id in match.agents if take(agent_id)), None)
        for agent_id in match.agents:
            status = self._agents.status(agent_id)
            if agent_id != taken and status.state is AgentState.READY:
                self._matcher.set_ready(agent_id, status.idle_since)
        if taken is None:
            self.others.pop(match.call_id, None)  # looked at again in a moment
        self.queues_changed(match.service_id)

    async def serve(self, session: Session, call: LiveCall, service: ServicePlan) -> Served:
        """Queue the caller until an agent has talked, the caller is gone, or the wait is too long.

        Who must wait is answered and hears music; whom an agent can serve at once hears the ringing,
        and is answered by the agent.
        """
        if len(self._matcher.waiting_in(service.id)) >= service.queue_capacity:
            return Served.FULL
        self._enter(call, service)
        deadline = (call.queued_at or self._clock.now()) + timedelta(
            seconds=service.max_wait_seconds
        )
        try:
            while True:
                agent_id = await self._next_agent(session, call, service, deadline)
                if agent_id is None:
                    return self._leave(session)
                outcome = await self._offer(session, call, service, agent_id)
                if outcome is not None:
                    return outcome
        except SessionGone:
            return self._leave(session)

    def _enter(self, call: LiveCall, service: ServicePlan) -> None:
        self._board.step(call, CallEvent.QUEUE)
        if call.in_queue and call.queued_at and call.service_id == service.id:
            # Who comes back after we were away has waited on, and was told of before.
            return
        call.service_id = service.id
        call.queued_at = self._clock.now()
        call.in_queue = True
        call.queue_number += 1
        data = {
            "service_id": str(service.id),
            "priority": service.priority,
            "queued_at": call.queued_at.isoformat().replace("+00:00", "Z"),
        }
        name = (call.queue_number,)
        self._board.chronicle.call(call, FactType.CALL_QUEUED, call.queued_at, name, data)

    async def _next_agent(
        self, session: Session, call: LiveCall, service: ServicePlan, deadline: datetime
    ) -> UUID | None:
        assert call.queued_at is not None
        waiting = Waiting(call.id, service.id, service.priority, call.queued_at)
        matched: asyncio.Future[UUID] = asyncio.get_running_loop().create_future()
        self._waiters[call.id] = _Waiter(waiting, matched)
        self._matcher.add(waiting)
        self.queues_changed(service.id)
        self.dispatch()
        gone = asyncio.ensure_future(session.gone.wait())
        telling = Announcements(
            session, self._voice, call.language, lambda: self._matcher.position(call.id),
            service.music,
        )  # fmt: skip
        try:
            # Whoever was reserved for a caller who is gone meanwhile is set free below.
            with suppress(SessionGone):
                if not matched.done():
                    await session.answer()
                    await session.music(True, service.music)
                    if service.announce_position:
                        telling.begin()
            left = (deadline - self._clock.now()).total_seconds()
            either: set[asyncio.Future[Any]] = {matched, gone}
            await asyncio.wait(either, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            self._matcher.remove(call.id)
            self._waiters.pop(call.id, None)
            self.queues_changed(service.id)
        await telling.end()
        if not matched.done():
            return None
        agent_id = matched.result()
        if session.gone.is_set():
            # Both at once: the agent was reserved for someone who is no longer there.
            self._agents.fire(agent_id, AgentEvent.RELEASE)
            return None
        return agent_id

    def _leave(self, session: Session) -> Served:
        return Served.GONE if session.gone.is_set() else Served.TIMED_OUT

    async def _offer(
        self, session: Session, call: LiveCall, service: ServicePlan, agent_id: UUID
    ) -> Served | None:
        seat = self._agents.seat(agent_id)
        if seat is None:
            return None
        outcome = await self.ring(session, call, seat, service.ring_seconds)
        if outcome is Rung.TALKED:
            return Served.CONNECTED
        if outcome is Rung.GONE:
            return Served.GONE
        self.missed(call, seat, outcome, service.missed_policy)
        self._board.step(call, CallEvent.MISS)
        return None

    async def ring(
        self,
        session: Session,
        call: LiveCall,
        seat: SeatPlan,
        seconds: float,
        shows: DeskState = DeskState.OFFERED,
    ) -> "Rung":
        """Reach a reserved agent from the caller's session; returns when it is decided or over.

        With a nailed line the talk has only begun then, and the session is gone.
        """
        leg = self.legs.of(seat)
        call.offers += 1
        call.offered_at = self._clock.now()
        self._board.step(call, CallEvent.OFFER)
        data = {
            "service_id": str(call.service_id) if call.service_id else None,
            "form": leg.form.value,
            "offer": call.offers,
        }
        self._board.chronicle.call(
            call, FactType.CALL_OFFERED, call.offered_at, (call.offers,), data,
            agent_id=seat.user_id,
        )  # fmt: skip
        self._board.show(call, seat.user_id, shows)
        if leg.rings:
            self._agents.fire(seat.user_id, AgentEvent.RING)
        call.watched.add(seat.user_id)
        try:
            outcome = await leg.reach(session, seat, seconds)
        except SessionGone:
            return self._rung_in_vain(call, seat, Rung.GONE)
        finally:
            call.watched.discard(seat.user_id)
        if outcome.answered:
            return Rung.TALKED
        return self._rung_in_vain(call, seat, _why(outcome))

    def _rung_in_vain(self, call: LiveCall, seat: SeatPlan, rung: "Rung") -> "Rung":
        """The session ended, or nobody answered; a talk that was under way is not touched."""
        status = self._agents.status(seat.user_id)
        if status.call_id != call.id or status.state not in (
            AgentState.RESERVED,
            AgentState.RINGING,
        ):
            return Rung.TALKED if rung is not Rung.GONE else Rung.GONE
        if rung is Rung.GONE:
            self._agents.fire(seat.user_id, AgentEvent.RELEASE)
            self._board.clear(call.id, seat.user_id)
        return rung

    def missed(self, call: LiveCall, seat: SeatPlan, why: "Rung", policy: str) -> None:
        """The agent did not take the call; the service's policy says what becomes of the agent."""
        data = {"reason": why.value, "offer": call.offers}
        self._board.chronicle.call(
            call, FactType.CALL_MISSED, self._clock.now(), (call.offers,), data,
            agent_id=seat.user_id,
        )  # fmt: skip
        stays = policy == "ready" and why is not Rung.UNREACHABLE
        missed_to = AgentState.READY if stays else AgentState.NOT_READY
        self._board.clear(call.id, seat.user_id)
        self._agents.fire(seat.user_id, AgentEvent.MISS, missed_to=missed_to)


class Rung(StrEnum):
    TALKED = "talked"
    GONE = "gone"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"


def _why(outcome: DialOutcome) -> Rung:
    if outcome.status in ("CHANUNAVAIL", "CONGESTION"):
        return Rung.UNREACHABLE
    # Who declines with 603 counts as not answered for Dial; only the cause tells.
    rejected = outcome.status == "BUSY" or outcome.cause == CALL_REJECTED
    return Rung.REJECTED if rejected else Rung.NO_ANSWER

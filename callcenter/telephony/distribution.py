"""Callers waiting for agents: the ACD, held by AGI sessions.

A caller waits in a coroutine of the caller's own AGI session. A match reserves the agent and wakes
that coroutine, which reaches the agent's phone in its form: rung, or nailed up. No answer: the
same session goes on waiting, at the old place. A caller whose session ended while nobody moved the
call has hung up.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.acd.queue import Matcher, Waiting
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent, CallState
from callcenter.core.clock import Clock
from callcenter.people.service import SeatPlan
from callcenter.routing.service import ServicePlan
from callcenter.telephony.agent_leg import AgentLegs, RungLegs
from callcenter.telephony.agents import Agents
from callcenter.telephony.announcing import Announcements, Silent, Voice
from callcenter.telephony.claiming import Claims, PlainClaims
from callcenter.telephony.live import DeskState, LiveCall
from callcenter.telephony.ring_all import RingAll
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
    matched: asyncio.Future[tuple[UUID, ...]]


class Distribution:
    """
    queues_changed  called with a service's id after its queue changed: the rooms show it
    claims          what a caller who comes may claim
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
        self._several = RingAll(agents, switchboard)
        self._waiters: dict[UUID, _Waiter] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.claims: Claims = PlainClaims()
        self.queues_changed: Callable[[UUID], None] = lambda _service_id: None

    def dispatch(self) -> None:
        """Match whoever can be matched; synchronous, so nothing changes in between."""
        for match in self._matcher.match(self._clock.now()):
            waiter = self._waiters.pop(match.call_id)
            reserved = tuple(
                agent_id
                for agent_id in match.agents
                if self._agents.fire(agent_id, AgentEvent.RESERVE, call_id=match.call_id)
            )
            if not reserved:
                self._waiters[match.call_id] = waiter
                self._matcher.add(waiter.waiting)
                continue
            waiter.matched.set_result(reserved)
            self.queues_changed(match.service_id)
        self._wait_for_change()

    def _wait_for_change(self) -> None:
        """One timer for all: claims change although nobody comes or goes."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        change = self._matcher.next_change()
        if change is not None:
            left = (change - self._clock.now()).total_seconds()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(left, 0), self.dispatch)

    async def serve(self, session: Session, call: LiveCall, service: ServicePlan) -> Served:
        """Queue the caller until an agent has talked, the caller is gone, or the wait is too long.

        Who must wait is answered and hears music; whom an agent can serve at once hears the ringing,
        and is answered by the agent.
        """
        if len(self._matcher.waiting_in(service.id)) >= service.queue_capacity:
            return Served.FULL
        try:
            waiting = await self._enter(session, call, service)
            deadline = waiting.queued_at + timedelta(seconds=service.max_wait_seconds)
            while True:
                agents = await self._next_agents(session, call, service, waiting, deadline)
                if not agents:
                    return self._leave(session)
                outcome = await self._offer(session, call, service, agents)
                if outcome is not None:
                    return outcome
        except SessionGone:
            return self._leave(session)

    async def _enter(self, session: Session, call: LiveCall, service: ServicePlan) -> Waiting:
        self._board.step(call, CallEvent.QUEUE)
        if call.in_queue and call.queued_at and call.service_id == service.id:
            # Who comes back after we were away has waited on, and was told of before.
            own = service.priority if call.priority is None else call.priority
            return Waiting(call.id, service.id, own, call.queued_at)
        came = self._clock.now()
        claim = await self.claims.of(call, service)
        if session.gone.is_set() or call.state is CallState.ENDED:
            raise SessionGone  # meanwhile; nobody may enter a queue after the end
        call.service_id, call.queued_at, call.priority = service.id, came, claim.priority
        call.in_queue = True
        call.queue_number += 1
        data = {
            "service_id": str(service.id),
            "priority": claim.priority,
            "queued_at": call.queued_at.isoformat().replace("+00:00", "Z"),
        }
        name = (call.queue_number,)
        self._board.chronicle.call(call, FactType.CALL_QUEUED, call.queued_at, name, data)
        until = came + timedelta(seconds=service.matching.prefer_seconds)
        return Waiting(
            call.id, service.id, claim.priority, came, prefer=claim.prefer, prefer_until=until
        )

    async def _next_agents(
        self,
        session: Session,
        call: LiveCall,
        service: ServicePlan,
        waiting: Waiting,
        deadline: datetime,
    ) -> tuple[UUID, ...]:
        """Whom the caller was matched with; nobody when the caller has gone or waited too long."""
        matched: asyncio.Future[tuple[UUID, ...]] = asyncio.get_running_loop().create_future()
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
            return ()
        agents = matched.result()
        if session.gone.is_set():
            # Both at once: the agents were reserved for someone who is no longer there.
            for agent_id in agents:
                self._agents.fire(agent_id, AgentEvent.RELEASE)
            return ()
        return agents

    def _leave(self, session: Session) -> Served:
        return Served.GONE if session.gone.is_set() else Served.TIMED_OUT

    async def _offer(
        self, session: Session, call: LiveCall, service: ServicePlan, agents: Sequence[UUID]
    ) -> Served | None:
        seats = [seat for agent in agents if (seat := self._agents.seat(agent)) is not None]
        if not seats:
            return None
        if len(seats) > 1:
            return await self._offer_all(session, call, service, seats)
        (seat,) = seats
        outcome = await self.ring(session, call, seat, service.ring_seconds)
        if outcome is Rung.TALKED:
            return Served.CONNECTED
        if outcome is Rung.GONE:
            return Served.GONE
        self.missed(call, seat, outcome, service.missed_policy)
        self._board.step(call, CallEvent.MISS)
        return None

    async def _offer_all(
        self, session: Session, call: LiveCall, service: ServicePlan, seats: Sequence[SeatPlan]
    ) -> Served | None:
        several = self._several
        try:
            outcome = await several.ring(session, call, seats, service.ring_seconds, self.legs)
        except SessionGone:
            several.release(call, seats)
            return Served.GONE
        if outcome.answered:
            several.release(call, seats, talked=True)
            return Served.CONNECTED
        for seat, offer in several.left(call, seats):
            self.missed(call, seat, _why(outcome), service.missed_policy, offer)
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
        self._board.step(call, CallEvent.OFFER)
        self._board.tell_offer(call, seat, leg.form)
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

    def missed(
        self, call: LiveCall, seat: SeatPlan, why: "Rung", policy: str, offer: int | None = None
    ) -> None:
        """The agent did not take the call; the service's policy says what becomes of the agent.

        offer: its number; None for the last one.
        """
        data = {"reason": why.value, "offer": offer or call.offers}
        self._board.chronicle.call(
            call, FactType.CALL_MISSED, self._clock.now(), (data["offer"],), data,
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

"""Callers waiting for agents: the ACD, held by AGI sessions.

A caller waits in a coroutine of the caller's own AGI session. A match reserves the agent and wakes
that coroutine, which reaches the agent's phone in its form: rung, or nailed up. No answer: the
same session goes on waiting, at the old place. A caller whose session ended while nobody moved the
call has hung up.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
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
from callcenter.calls.states import CallEvent, CallState
from callcenter.core.clock import Clock
from callcenter.people.service import SeatPlan
from callcenter.routing.service import ServicePlan
from callcenter.telephony.agent_leg import PLAIN, AgentLegs, Manner, RungLegs
from callcenter.telephony.agents import Agents
from callcenter.telephony.announcing import Announcements, Silent, Standing, Voice
from callcenter.telephony.choices import Choice, Choices, choice_of
from callcenter.telephony.claiming import Claims, PlainClaims
from callcenter.telephony.fallback import queue_name
from callcenter.telephony.legs import Leg
from callcenter.telephony.live import DeskState, LiveCall
from callcenter.telephony.music import music_class
from callcenter.telephony.ring_all import RingAll
from callcenter.telephony.session import DialOutcome, Session, SessionGone
from callcenter.telephony.surveys import asks_after
from callcenter.telephony.switchboard import RUNG, Switchboard

log = structlog.get_logger()


SUMMON_SECONDS = 20
CALL_REJECTED, USER_BUSY = 21, 17


class Served(StrEnum):
    """LEFT: the caller chose something else, and is done. CLOSED: the schedule is, on arrival."""

    CONNECTED = "connected"
    GONE = "gone"
    LEFT = "left"
    TIMED_OUT = "timed_out"
    FULL = "full"
    UNSTAFFED = "unstaffed"
    CLOSED = "closed"


@dataclass(slots=True)
class _Waiter:
    """matched: an agent is reserved; left: the queue is left without one. Never both."""

    waiting: Waiting
    matched: asyncio.Future[tuple[UUID, ...]]
    left: asyncio.Future[Choice]


class Distribution:
    """
    queues_changed  called with a service's id after its queue changed: the rooms show it
    claims          what a caller who comes may claim
    choices         what comes of it when a caller chooses something else
    minutes         how long a caller may still wait; None: nobody can tell
    others          by the id they wait with, who waits without a caller: takes an agent, or says False
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
        self._policies: dict[UUID, str] = {}
        self.others: dict[UUID, Callable[[UUID], bool]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self.claims: Claims = PlainClaims()
        self.queues_changed: Callable[[UUID], None] = lambda _service_id: None
        self.choices: Choices | None = None
        self.minutes: Callable[[LiveCall, ServicePlan], int | None] = lambda _call, _service: None

    def dispatch(self) -> None:
        """Match whoever can be matched; synchronous, so nothing changes in between."""
        for match in self._matcher.match(self._clock.now()):
            if (take := self.others.get(match.call_id)) is not None:
                self._hand_over(match, take)
                continue
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
        closed = self._is_closed(call, service)
        if closed or self._is_unstaffed(service):
            return Served.CLOSED if closed else Served.UNSTAFFED
        try:
            # Who is left alone by us is served by the queue of this service, not by the number's.
            await session.set_variable("CC_QUEUE", queue_name(service.id))
            waiting = await self._enter(session, call, service)
            if waiting is None:
                return Served.FULL
            deadline = waiting.queued_at + timedelta(seconds=service.max_wait_seconds)
            while not self._is_unstaffed(service):
                found = await self._next_agents(session, call, service, waiting, deadline)
                if not found:
                    return self._leave(session)
                if isinstance(found, Choice):
                    outcome = await self._take(session, call, service, found)
                else:
                    outcome = await self._offer(session, call, service, found)
                if outcome is not None:
                    return outcome
        except SessionGone:
            return self._leave(session)
        return Served.UNSTAFFED

    async def _enter(
        self, session: Session, call: LiveCall, service: ServicePlan
    ) -> Waiting | None:
        """None: the queue is full."""
        if call.in_queue and call.queued_at and call.service_id == service.id:
            # Who comes back after we were away has waited on, and was told of before.
            self._board.step(call, CallEvent.QUEUE)
            own = service.priority if call.priority is None else call.priority
            return Waiting(call.id, service.id, own, call.queued_at)
        came = self._clock.now()
        claim = await self.claims.of(call, service)
        if session.gone.is_set() or call.state is CallState.ENDED:
            raise SessionGone  # meanwhile; nobody may enter a queue after the end
        # From here on nothing is waited for: the last place is given once.
        if len(self._matcher.waiting_in(service.id)) >= service.queue_capacity:
            return None
        self._board.step(call, CallEvent.QUEUE)
        call.service_id, call.queued_at, call.priority = service.id, came, claim.priority
        call.in_queue, call.settled = True, ""
        call.queue_number += 1
        data = {
            "service_id": str(service.id),
            "priority": claim.priority,
            "queued_at": call.queued_at.isoformat().replace("+00:00", "Z"),
            "language": call.language,
            "language_chosen": call.language_chosen,
        }
        name = (call.queue_number,)
        self._board.chronicle.call(call, FactType.CALL_QUEUED, call.queued_at, name, data)
        until = came + timedelta(seconds=service.matching.prefer_seconds)
        return Waiting(
            call.id, service.id, claim.priority, came, prefer=claim.prefer, prefer_until=until
        )

    def leave_queue(self, call_id: UUID, choice: Choice) -> None:
        """Let a caller go without an agent; who has been matched meanwhile stays matched."""
        waiter = self._waiters.pop(call_id, None)
        if waiter is not None:
            self._matcher.remove(call_id)
            waiter.left.set_result(choice)

    def desert(self, agent_id: UUID) -> None:
        """An agent has signed out: a service may be left with nobody, and wish to let callers go."""
        self.let_go(self._agents.directory.services_of(agent_id))

    def let_go(self, services: Iterable[ServicePlan]) -> None:
        """Of these services whoever waits where nobody is there; members may have been taken away."""
        for service in services:
            if self._is_unstaffed(service):
                for waiting in self._matcher.waiting_in(service.id):
                    self.leave_queue(waiting.call_id, Choice.UNSTAFFED)

    def _is_closed(self, call: LiveCall, service: ServicePlan) -> bool:
        """A schedule that is gone closes nothing.

        Who was in this queue in time may come back to it, and who has talked with an agent of it: a
        callback never queued, and a transfer in vain ends here.
        """
        schedule_id = service.waiting.schedule_id
        was_served = (call.queued_at or call.connected_at) is not None
        came_in_time = was_served and call.service_id == service.id
        if schedule_id is None or came_in_time:
            return False
        now, directory = self._clock.now(), self._agents.directory
        return directory.is_open(service.enterprise_id, schedule_id, now) is False

    def _is_unstaffed(self, service: ServicePlan) -> bool:
        """Nobody is signed in, and callers are not to wait for that."""
        led = service.waiting.overflow.unstaffed is not None
        return led and not self._agents.signed_in(service.members)

    async def _take(
        self, session: Session, call: LiveCall, service: ServicePlan, choice: Choice
    ) -> Served | None:
        """None: nothing came of it, and the caller waits on."""
        if choice is Choice.UNSTAFFED:
            return Served.UNSTAFFED
        if self.choices is not None and await self.choices.take(session, call, service, choice):
            return Served.LEFT
        return None

    async def _next_agents(
        self,
        session: Session,
        call: LiveCall,
        service: ServicePlan,
        waiting: Waiting,
        deadline: datetime,
    ) -> tuple[UUID, ...] | Choice:
        """Whom the caller was matched with, or what was chosen instead.

        Nobody when the caller has gone or waited too long.
        """
        matched: asyncio.Future[tuple[UUID, ...]] = asyncio.get_running_loop().create_future()
        left: asyncio.Future[Choice] = asyncio.get_running_loop().create_future()
        self._waiters[call.id] = _Waiter(waiting, matched, left)
        self._matcher.add(waiting)
        self.queues_changed(service.id)
        self.dispatch()
        gone = asyncio.ensure_future(session.gone.wait())
        telling = self._telling(session, call, service)
        try:
            # Whoever was reserved for a caller who is gone meanwhile is set free below.
            with suppress(SessionGone):
                if not matched.done():
                    await session.answer()
                    await session.music(True, music_class(service, call.language))
                    telling.begin()
            seconds = max((deadline - self._clock.now()).total_seconds(), 0)
            any_of: set[asyncio.Future[Any]] = {matched, left, gone}
            await asyncio.wait(any_of, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            self._matcher.remove(call.id)
            self._waiters.pop(call.id, None)
            self.queues_changed(service.id)
        await telling.end()
        if left.done() and not session.gone.is_set():
            return left.result()
        if not matched.done():
            return ()
        agents = matched.result()
        if session.gone.is_set():
            # Both at once: the agents were reserved for someone who is no longer there.
            for agent_id in agents:
                self._agents.fire(agent_id, AgentEvent.RELEASE)
            return ()
        return agents

    def _telling(self, session: Session, call: LiveCall, service: ServicePlan) -> Announcements:
        offers = service.waiting.offers
        standing = Standing(
            lambda: self._matcher.position(call.id), lambda: self.minutes(call, service)
        )
        return Announcements(
            self._clock, session, self._voice, call, service, standing,
            lambda key: self.leave_queue(call.id, choice_of(offers, key)),
        )  # fmt: skip

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
        manner = self._manner(call, service, seat)
        outcome = await self.ring(session, call, seat, service.ring_seconds, manner=manner)
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
        self._policies[call.id] = service.missed_policy
        try:
            outcome = await several.ring(session, call, seats, service.ring_seconds, self.legs)
        except SessionGone:
            several.release(call, seats)
            return Served.GONE
        finally:
            del self._policies[call.id]
        if outcome.answered:
            several.release(call, seats, talked=True)
            return Served.CONNECTED
        for seat, offer in several.left(call, seats):
            self.missed(call, seat, rung_by(outcome), service.missed_policy, offer)
        self._board.step(call, CallEvent.MISS)
        return None

    def refused(self, call: LiveCall, seat: SeatPlan, leg: Leg) -> None:
        """A phone that rings is done with it. Beside others it is missed at once: they may ring on

        for long, and whoever declined is somebody else's meanwhile. Alone, the session tells.
        """
        policy, offer = self._policies.get(call.id), self._several.offer_to(call, seat)
        why = refused_by(leg)
        if policy is not None and offer is not None and why is not None:
            self.missed(call, seat, why, policy, offer)

    async def ring(
        self,
        session: Session,
        call: LiveCall,
        seat: SeatPlan,
        seconds: float,
        shows: DeskState = DeskState.OFFERED,
        manner: Manner = PLAIN,
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
            outcome = await leg.reach(session, seat, seconds, manner)
        except SessionGone:
            return self._rung_in_vain(call, seat, Rung.GONE)
        finally:
            call.watched.discard(seat.user_id)
        if outcome.answered and not (manner.words and self._is_rung(call, seat)):
            return Rung.TALKED
        if outcome.answered:
            # Else the dialplan would take the talk for one that is over, should we die.
            with suppress(SessionGone):
                await session.set_variable("DIALSTATUS", "")
        return self._rung_in_vain(call, seat, rung_by(outcome))

    def _manner(self, call: LiveCall, service: ServicePlan, seat: SeatPlan) -> Manner:
        waiting = service.waiting
        words = self._voice.agent(call, seat.employee_code) if waiting.agent_number else ""
        return Manner(words, waiting.auto_answer, "after" if asks_after(service) else "hangup")

    def _is_rung(self, call: LiveCall, seat: SeatPlan) -> bool:
        """Still: who hung up before the words were over has answered, and never talked."""
        status = self._agents.status(seat.user_id)
        return status.call_id == call.id and status.state in RUNG

    def _rung_in_vain(self, call: LiveCall, seat: SeatPlan, rung: "Rung") -> "Rung":
        """The session ended, or nobody answered; a talk that was under way is not touched."""
        if not self._is_rung(call, seat):
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


def refused_by(leg: Leg) -> Rung | None:
    """None where its agent did nothing: the caller left, somebody else answered, or time is up."""
    if leg.dial_status in ("CHANUNAVAIL", "CONGESTION"):
        return Rung.UNREACHABLE
    rejected = leg.dial_status == "BUSY" or leg.cause in (CALL_REJECTED, USER_BUSY)
    return Rung.REJECTED if rejected else None


def rung_by(outcome: DialOutcome) -> Rung:
    """How a phone was rung in vain."""
    if outcome.status in ("CHANUNAVAIL", "CONGESTION"):
        return Rung.UNREACHABLE
    # Who declines with 603 counts as not answered for Dial; only the cause tells.
    rejected = outcome.status == "BUSY" or outcome.cause == CALL_REJECTED
    return Rung.REJECTED if rejected else Rung.NO_ANSWER

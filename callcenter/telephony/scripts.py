"""What our AGI sessions do: one coroutine for each way a channel enters the control plane.

A session's last act is `leave(where)`; the dialplan reads only that. A session that ends without it
(hang-up, Redirect, our own death) leaves it empty, and the dialplan knows what to do.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent
from callcenter.core.clock import Clock
from callcenter.core.ids import call_id_of
from callcenter.core.numbers import BadNumber, parse_number
from callcenter.routing.service import RouteKind
from callcenter.telephony.agent_leg import ring_options
from callcenter.telephony.agents import Agents
from callcenter.telephony.distribution import (
    SUMMON_SECONDS,
    Distribution,
    Rung,
)
from callcenter.telephony.live import (
    RING_SECONDS,
    DeskState,
    Direction,
    LiveCall,
    Target,
    TargetKind,
)
from callcenter.telephony.nails import agent_of, is_nail
from callcenter.telephony.session import Session, SessionGone
from callcenter.telephony.surveys import Surveys
from callcenter.telephony.switchboard import Switchboard, read_name, read_number
from callcenter.telephony.ways import Trunks, Ways

log = structlog.get_logger()

Script = Callable[[Session], Awaitable[None]]
ReturnCustomer = Callable[[LiveCall, str], Awaitable[None]]
"""Brings a held customer and the agent together again; the step is `cancelled` or `refused`."""


class Scripts:
    def __init__(
        self,
        clock: Clock,
        agents: Agents,
        switchboard: Switchboard,
        distribution: Distribution,
        ways: Ways,
        trunks: Trunks,
        surveys: Surveys,
        return_customer: ReturnCustomer,
    ) -> None:
        self._clock = clock
        self._agents = agents
        self._board = switchboard
        self._distribution = distribution
        self._ways = ways
        self._trunks = trunks
        self._surveys = surveys
        self._return_customer = return_customer

    def all(self) -> dict[str, Script]:
        return {
            "inbound": self.inbound,
            "transfer": self.transfer,
            "consult": self.consult,
            "outbound": self.outbound,
            "after": self.after,
        }

    async def inbound(self, session: Session) -> None:
        """A caller on an access number, for the first time or come back after we were away."""
        call_id = call_id_of(session.uniqueid)
        call = self._board.calls.get(call_id) or self._new_call(session, call_id)
        if call is None:
            await session.leave("unknown")
            return
        call.moving = False
        self._board.drop_consult(call)
        await session.set_variable("__CC_CALL_ID", str(call.id))
        route = self._agents.directory.route(call.access_number)
        if route is None or route.target_id is None:
            await session.leave(route.kind.value if route else "unknown")
            return
        data = {"target": route.kind.value, "target_id": str(route.target_id)}
        self._board.chronicle.call(call, FactType.CALL_ROUTED, self._clock.now(), (), data)
        if call.queued_at is not None and call.service_id is not None:
            await self._ways.serve(session, call, call.service_id)
        elif route.kind is RouteKind.IVR_SERVICE:
            await self._ways.ivr(session, call, route.target_id)
        elif route.kind is RouteKind.ROUTING_SERVICE:
            await self._ways.routed(session, call, route.target_id, {})
        else:
            await self._ways.serve(session, call, route.target_id)

    def _new_call(self, session: Session, call_id: UUID) -> LiveCall | None:
        called = session.variables.get("agi_extension", "")
        caller = read_number(session.variables.get("agi_callerid", ""))
        route = self._agents.directory.route(called)
        if route is None:
            log.warning("call.no_route", called=called)
            return None
        leg, now = self._board.tracker.legs.get(session.uniqueid), self._clock.now()
        return self._board.begin(
            LiveCall(
                id=call_id,
                enterprise_id=route.enterprise_id,
                direction=Direction.INBOUND,
                started_at=leg.started_at if leg else now,
                customer=caller,
                access_number=called,
                caller_name=read_name(session.variables.get("agi_calleridname", "")),
                language=self._agents.directory.language(called),
                customer_leg=session.uniqueid,
            )
        )

    async def transfer(self, session: Session) -> None:
        """The customer's channel, sent here by an agent who gave the call away."""
        call = self._call_of(session)
        if call is None or call.transfer is None:
            # We were away, and what was wished is lost; the caller is not.
            await session.leave("waiting")
            return
        transfer = call.transfer
        call.moving = False
        try:
            if transfer.target.kind is TargetKind.SERVICE:
                await self._ways.serve(session, call, UUID(transfer.target.value))
                return
            if transfer.target.kind is TargetKind.SURVEY:
                await self._surveys.ask(session, call)
                await session.leave("hangup")
                return
            if transfer.target.kind is TargetKind.VOICEMAIL:
                # The agent's talk is over; what the caller leaves is none.
                call.talk_ended_at = self._clock.now()
                self._board.step(call, CallEvent.OVERFLOW)
                await self._ways.to_voicemail(session, call, UUID(transfer.target.value))
                return
            if transfer.target.kind is TargetKind.SEAT:
                rung = await self._ways.to_seat(session, call, UUID(transfer.target.value))
            else:
                rung = await self._ways.to_number(session, call, transfer.target.value)
            if rung not in (Rung.TALKED, Rung.GONE):
                await self._give_back(session, call, transfer.from_agent_id)
                return
        except SessionGone:
            return
        await session.leave("hangup")

    async def _give_back(self, session: Session, call: LiveCall, agent_id: UUID) -> None:
        """Nobody took the call: first to the one who gave it, then to the service, never lost."""
        if await self._ways.to_seat(session, call, agent_id) in (Rung.TALKED, Rung.GONE):
            await session.leave("hangup")
        elif call.service_id is not None:
            await self._ways.serve(session, call, call.service_id)
        else:
            await session.leave("busy")

    async def consult(self, session: Session) -> None:
        """The agent's channel, while the customer is held: ring the colleague, then stay ready."""
        call = self._call_of(session)
        after = "nail" if is_nail(session.uniqueid) else "hangup"
        if call is None:
            await session.leave(after)
            return
        consult = call.consult
        if consult is None or consult.answered or consult.refused:
            # The colleague left while we were away.
            if self._board.is_held(call):
                await self._return_customer(call, "cancelled")
            await session.leave(after)
            return
        call.moving = False
        call.watched.add(consult.agent_id)
        if is_nail(session.uniqueid):  # serves one call after another, so it is told anew
            await session.set_variable("__CC_CALL_ID", str(call.id))
        try:
            answered = await self._consult_target(session, call, consult.target)
        except SessionGone:
            if call.consult is consult and not consult.closing and not call.moving:
                await self._return_customer(call, "cancelled")
            raise
        finally:
            call.watched.discard(consult.agent_id)
        if call.consult is consult and not consult.closing:
            # The colleague refused, did not answer, or left: the customer comes back by itself.
            step = "cancelled" if answered else "refused"
            await self._return_customer(call, step)
        await session.leave(after)

    async def _consult_target(self, session: Session, call: LiveCall, target: Target) -> bool:
        if target.kind is TargetKind.NUMBER:
            return await self._consult_number(session, call, target.value)
        return await self._consult_seat(session, call, UUID(target.value))

    async def _consult_seat(self, session: Session, call: LiveCall, agent_id: UUID) -> bool:
        seat, consult = self._agents.seat(agent_id), call.consult
        if seat is None or consult is None:
            return False
        if not self._agents.fire(agent_id, AgentEvent.SUMMON, call_id=call.id):
            return False
        consult.colleague_id = agent_id
        self._board.show(call, agent_id, DeskState.OFFERED)
        self._agents.fire(agent_id, AgentEvent.RING)
        call.watched.add(agent_id)
        try:
            await self._distribution.legs.free(seat)
            outcome = await session.dial(
                f"PJSIP/{seat.endpoint}", SUMMON_SECONDS, ring_options(seat)
            )
        except SessionGone:
            self._release(call, agent_id)
            raise
        finally:
            call.watched.discard(agent_id)
        if not outcome.answered:
            self._agents.fire(agent_id, AgentEvent.MISS, missed_to=AgentState.READY)
            self._board.clear(call.id, agent_id)
        return outcome.answered

    def _release(self, call: LiveCall, agent_id: UUID) -> None:
        status = self._agents.status(agent_id)
        ringing = status.state in (AgentState.RESERVED, AgentState.RINGING)
        if status.call_id == call.id and ringing:
            self._agents.fire(agent_id, AgentEvent.RELEASE)
            self._board.clear(call.id, agent_id)

    async def _consult_number(self, session: Session, call: LiveCall, number: str) -> bool:
        dialled = self._trunks.dial_string(call.enterprise_id, number, call.display_number)
        return (await session.dial(dialled, RING_SECONDS, "")).answered

    async def outbound(self, session: Session) -> None:
        """The agent's phone has answered our Originate: now the customer is dialled."""
        call = self._board.calls.get(call_id_of(session.uniqueid))
        if call is None:
            await session.leave("hangup")
            return
        await session.set_variable("__CC_CALL_ID", str(call.id))
        if call.conference_id is not None:
            if not await self._ways.conferences.join(session, call):
                await session.leave("busy")
            return
        await session.set_variable("CALLERID(num)", _digits(call.display_number))
        dialled = self._trunks.dial_string(call.enterprise_id, call.dialled, call.display_number)
        await session.dial(dialled, call.ring_seconds, "")
        await session.leave("hangup")

    async def after(self, session: Session) -> None:
        """A customer whose conversation is over, behind a Bridge of ours."""
        call = self._call_of(session)
        if call is not None:
            await self._surveys.after_talk(session, call)
        await session.leave("hangup")

    def _call_of(self, session: Session) -> LiveCall | None:
        try:
            if is_nail(session.uniqueid):
                call_id = self._agents.status(agent_of(session.uniqueid)).call_id
            else:
                call_id = UUID(session.call_id)
        except ValueError:
            return None
        return self._board.calls.get(call_id) if call_id else None


def _digits(number: str) -> str:
    try:
        return parse_number(number).national
    except BadNumber:
        return ""

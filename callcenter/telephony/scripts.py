"""What our AGI sessions do: one coroutine for each way a channel enters the control plane.

A session's last act is `leave(where)`; the dialplan reads only that. A session that ends without it
(hang-up, Redirect, our own death) leaves it empty, and the dialplan knows what to do.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent
from callcenter.core.clock import Clock
from callcenter.core.ids import call_id_of
from callcenter.core.numbers import BadNumber, parse_number
from callcenter.routing.deciding import Decision, Value
from callcenter.routing.rules import Target as RouteTarget
from callcenter.routing.rules import TargetKind as RouteTo
from callcenter.routing.service import RouteKind
from callcenter.telephony.agent_leg import ring_options
from callcenter.telephony.agents import Agents
from callcenter.telephony.distribution import (
    SUMMON_SECONDS,
    Distribution,
    Rung,
    Served,
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
from callcenter.telephony.router import Router
from callcenter.telephony.session import Session, SessionGone
from callcenter.telephony.switchboard import Switchboard, read_name, read_number

log = structlog.get_logger()

MOST_ROUTES = 10
"""Decisions of routing services about one call."""

Script = Callable[[Session], Awaitable[None]]
ReturnCustomer = Callable[[LiveCall, str], Awaitable[None]]
"""Brings a held customer and the agent together again; the step is `cancelled` or `refused`."""


@dataclass(frozen=True, slots=True)
class Led:
    """Where a flow sends a call, None when it is over; and what the caller has entered there."""

    target: Target | None
    entered: Mapping[str, Value] = field(default_factory=dict)


class Flows(Protocol):
    """Runs an IVR service's published flow; `processes/telephony` injects `ivr`."""

    async def run(self, session: Session, service_id: UUID, call: LiveCall) -> Led:
        """Lead the caller through the flow to its end. Raises SessionGone."""
        ...

    async def say(self, session: Session, call: LiveCall, texts: Mapping[str, str]) -> None:
        """Say a text in the caller's language. texts: by language. Raises SessionGone."""
        ...


class Trunks(Protocol):
    def dial_string(self, enterprise_id: UUID, number: str, display: str) -> str:
        """`PJSIP/demo/sip:13800000001@host:port`; the number in the trunk's habit."""
        ...


class Scripts:
    def __init__(
        self,
        clock: Clock,
        agents: Agents,
        switchboard: Switchboard,
        distribution: Distribution,
        flows: Flows,
        router: Router,
        trunks: Trunks,
        return_customer: ReturnCustomer,
    ) -> None:
        self._clock = clock
        self._agents = agents
        self._board = switchboard
        self._distribution = distribution
        self._flows = flows
        self._router = router
        self._trunks = trunks
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
            await self._serve(session, call, call.service_id)
        elif route.kind is RouteKind.IVR_SERVICE:
            await self._ivr(session, call, route.target_id)
        elif route.kind is RouteKind.ROUTING_SERVICE:
            await self._routed(session, call, route.target_id, {})
        else:
            await self._serve(session, call, route.target_id)

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
                customer_leg=session.uniqueid,
            )
        )

    async def _ivr(self, session: Session, call: LiveCall, service_id: UUID) -> None:
        self._board.step(call, CallEvent.ENTER_IVR)
        led = await self._flows.run(session, service_id, call)
        if led.target is None:
            await session.leave("hangup")
        elif led.target.kind is TargetKind.ROUTING:
            await self._routed(session, call, UUID(led.target.value), led.entered)
        else:
            await self._send_to(session, call, led.target)

    async def _routed(
        self, session: Session, call: LiveCall, service_id: UUID, entered: Mapping[str, Value]
    ) -> None:
        """By the rules of a routing service, to the first target that takes the call."""
        decision = await self._router.decide(call, service_id, entered)
        if decision is None or self._goes_round(call):
            await session.leave("closed")
            return
        self._tell_route(call, service_id, decision)
        if await self._reached(session, call, service_id, decision.target):
            return
        plan = self._agents.directory.plan
        otherwise = plan.routes[service_id].rules.otherwise if plan else decision.target
        if decision.target == otherwise or not await self._reached(
            session, call, service_id, otherwise
        ):
            await session.leave("busy")

    async def _reached(
        self, session: Session, call: LiveCall, service_id: UUID, target: RouteTarget
    ) -> bool:
        """False for a seat or a number that did not take it: the caller is still there."""
        if target.kind is RouteTo.SEAT and target.id:
            rung = await self._to_seat(session, call, target.id)
        elif target.kind is RouteTo.NUMBER:
            with self._router.forwarding(service_id, target.number):
                rung = await self._to_number(session, call, target.number)
        else:
            await self._led_on(session, call, target)
            return True
        if rung is Rung.TALKED:
            await session.leave("hangup")
        return rung in (Rung.TALKED, Rung.GONE)

    async def _led_on(self, session: Session, call: LiveCall, target: RouteTarget) -> None:
        if target.kind is RouteTo.AGENT_SERVICE and target.id:
            await self._serve(session, call, target.id)
        elif target.kind is RouteTo.IVR_SERVICE and target.id:
            await self._ivr(session, call, target.id)
        else:
            if target.say:
                await self._flows.say(session, call, target.say)
            await session.leave("hangup")

    def _goes_round(self, call: LiveCall) -> bool:
        """A flow may lead to a routing service and that to the flow again, but not for ever."""
        call.routes += 1
        if call.routes > MOST_ROUTES:
            log.warning("route.goes_round", call_id=str(call.id))
        return call.routes > MOST_ROUTES

    def _tell_route(self, call: LiveCall, service_id: UUID, decision: Decision) -> None:
        target = decision.target
        data = {
            "target": target.kind.value,
            "target_id": str(target.id) if target.id else None,
            "via": str(service_id),
            "rule": decision.place,
        }
        name = (service_id, call.routes)
        self._board.chronicle.call(call, FactType.CALL_ROUTED, self._clock.now(), name, data)

    async def _serve(self, session: Session, call: LiveCall, service_id: UUID) -> None:
        service = self._agents.directory.service(service_id)
        if service is None or service.enterprise_id != call.enterprise_id:
            await session.leave("closed")
            return
        served = await self._distribution.serve(session, call, service)
        if served is Served.CONNECTED:
            await session.leave("hangup")
        elif served in (Served.TIMED_OUT, Served.FULL):
            if served is Served.TIMED_OUT:
                self._board.dequeued(call, "timeout", self._clock.now())
            await session.leave("busy")

    async def _send_to(self, session: Session, call: LiveCall, target: Target) -> None:
        if target.kind is TargetKind.SERVICE:
            await self._serve(session, call, UUID(target.value))
        elif target.kind is TargetKind.SEAT:
            await self._to_seat(session, call, UUID(target.value))
        else:
            await self._to_number(session, call, target.value)

    async def _to_seat(self, session: Session, call: LiveCall, agent_id: UUID) -> Rung:
        seat = self._agents.seat(agent_id)
        if seat is None or seat.enterprise_id != call.enterprise_id:
            return Rung.UNREACHABLE
        if not self._agents.fire(agent_id, AgentEvent.SUMMON, call_id=call.id):
            return Rung.UNREACHABLE
        await session.music(True)
        rung = await self._distribution.ring(session, call, seat, SUMMON_SECONDS)
        if rung not in (Rung.TALKED, Rung.GONE):
            self._distribution.missed(call, seat, rung, "ready")
        return rung

    async def _to_number(self, session: Session, call: LiveCall, number: str) -> Rung:
        self._board.step(call, CallEvent.DIAL)
        dialled = self._trunks.dial_string(call.enterprise_id, number, call.display_number)
        outcome = await session.dial(dialled, RING_SECONDS, "")
        return Rung.TALKED if outcome.answered else Rung.NO_ANSWER

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
                await self._serve(session, call, UUID(transfer.target.value))
                return
            if transfer.target.kind is TargetKind.SEAT:
                rung = await self._to_seat(session, call, UUID(transfer.target.value))
            else:
                rung = await self._to_number(session, call, transfer.target.value)
            if rung not in (Rung.TALKED, Rung.GONE):
                await self._give_back(session, call, transfer.from_agent_id)
                return
        except SessionGone:
            return
        await session.leave("hangup")

    async def _give_back(self, session: Session, call: LiveCall, agent_id: UUID) -> None:
        """Nobody took the call: first to the one who gave it, then to the service, never lost."""
        if await self._to_seat(session, call, agent_id) in (Rung.TALKED, Rung.GONE):
            await session.leave("hangup")
        elif call.service_id is not None:
            await self._serve(session, call, call.service_id)
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
        await session.set_variable("CALLERID(num)", _digits(call.display_number))
        dialled = self._trunks.dial_string(call.enterprise_id, call.dialled, call.display_number)
        await session.dial(dialled, call.ring_seconds, "")
        await session.leave("hangup")

    async def after(self, session: Session) -> None:
        """A customer whose conversation is over, behind a Bridge of ours: nothing follows yet."""
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

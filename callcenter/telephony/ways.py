"""Where a call is led: to a service, through a flow, by a routing service, to a seat or a number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

import structlog

from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent
from callcenter.core.clock import Clock
from callcenter.routing.deciding import Decision, Value
from callcenter.routing.rules import Target as RouteTarget
from callcenter.routing.rules import TargetKind as RouteTo
from callcenter.routing.service import ServicePlan
from callcenter.telephony.agents import Agents
from callcenter.telephony.channels import IvrChannels
from callcenter.telephony.choices import Choices
from callcenter.telephony.conferences import Conferences
from callcenter.telephony.distribution import Distribution, Rung, Served
from callcenter.telephony.live import RING_SECONDS, LiveCall, Target, TargetKind
from callcenter.telephony.offers import Offers
from callcenter.telephony.phones import Phones
from callcenter.telephony.router import Router
from callcenter.telephony.session import Session
from callcenter.telephony.surveys import Surveys
from callcenter.telephony.switchboard import Switchboard, read_number
from callcenter.telephony.voicemail import VoicemailDesk

log = structlog.get_logger()

EXTENSION_SECONDS = 30
"""How long an extension is rung where nobody said otherwise."""

MOST_ROUTES = 10
"""Decisions of routing services, and overflows, about one call."""

_IN_VAIN = (RouteTo.MESSAGE, RouteTo.HANG_UP, RouteTo.VOICEMAIL)
"""Where whom a service did not take is not served either, unless a message is left."""


@dataclass(frozen=True, slots=True)
class Led:
    """Where a flow sends a call, None when it is over; and what the caller has entered there."""

    target: Target | None
    entered: Mapping[str, Value] = field(default_factory=dict)


class Flows(Protocol):
    """Runs an IVR service's published flow; `processes/telephony` injects `ivr`."""

    def knows(self, service_id: UUID) -> bool:
        """Whether it has a published flow that is in use."""
        ...

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


class Ways:
    """Every way ends with the session's `leave`, but for those that say whether they reached somebody."""

    def __init__(
        self,
        clock: Clock,
        agents: Agents,
        switchboard: Switchboard,
        distribution: Distribution,
        flows: Flows,
        router: Router,
        trunks: Trunks,
        voicemail: VoicemailDesk,
        *,
        channels: IvrChannels,
        surveys: Surveys,
        offers: Offers,
        conferences: Conferences,
    ) -> None:
        self._clock = clock
        self._agents = agents
        self._board = switchboard
        self._distribution = distribution
        self._flows = flows
        self._router = router
        self._trunks = trunks
        self._voicemail = voicemail
        self._channels = channels
        self._surveys = surveys
        self._offers = offers
        self.conferences = conferences
        self._phones = Phones(agents, switchboard, distribution)
        distribution.choices = Choices(clock, switchboard, self._offers, self._talks_outside)

    async def ivr(self, session: Session, call: LiveCall, service_id: UUID) -> None:
        if not self._flows.knows(service_id):
            # Paused, or never published.
            await session.leave("closed")
            return
        with self._channels.taken(call) as free:
            if free:
                self._board.step(call, CallEvent.ENTER_IVR)
            led = await self._flows.run(session, service_id, call) if free else None
        if led is None:
            await self._without_channel(session, call, service_id)
        elif led.target is None:
            await session.leave("hangup")
        elif led.target.kind is TargetKind.ROUTING:
            await self.routed(session, call, UUID(led.target.value), led.entered)
        else:
            await self.send_to(session, call, led.target)

    async def _without_channel(self, session: Session, call: LiveCall, service_id: UUID) -> None:
        """All IVR channels are taken."""
        target = self._channels.overflow(call)
        if target is None or self._goes_round(call):
            await session.leave("busy")
            return
        self._tell_target(call, service_id, target)
        if not await self._reached(session, call, target):
            await session.leave("busy")

    async def routed(
        self, session: Session, call: LiveCall, service_id: UUID, entered: Mapping[str, Value]
    ) -> None:
        """By the rules of a routing service, to the first target that takes the call."""
        decision = await self._router.decide(call, service_id, entered)
        if decision is None or self._goes_round(call):
            await session.leave("closed")
            return
        self._tell_route(call, service_id, decision)
        targets = [decision.target]
        if decision.otherwise != decision.target:
            targets.append(decision.otherwise)
        for target in targets:
            if target and await self._reached(session, call, target):
                return
        await session.leave("busy")

    async def _reached(self, session: Session, call: LiveCall, target: RouteTarget) -> bool:
        """False for who did not take it, a full room or number: the caller is still there."""
        if target.kind is RouteTo.CONFERENCE and target.id:
            return await self.conferences.take(session, call, target.id)
        if target.kind is RouteTo.EXTENSION and target.id:
            return await self.to_extension(session, call, target.id, target.ring_seconds)
        if target.kind is RouteTo.SEAT and target.id:
            rung = await self.to_seat(session, call, target.id)
        elif target.kind is RouteTo.NUMBER:
            # The decision may be old: somebody else was rung before, and other calls went there.
            rung = await self.to_number(session, call, target.number, target.at_once)
        else:
            await self._led_on(session, call, target)
            return True
        return await self._talked(session, rung)

    async def _led_on(self, session: Session, call: LiveCall, target: RouteTarget) -> None:
        if target.kind is RouteTo.AGENT_SERVICE and target.id:
            await self.serve(session, call, target.id)
        elif target.kind is RouteTo.IVR_SERVICE and target.id:
            await self.ivr(session, call, target.id)
        elif target.kind is RouteTo.ROUTING_SERVICE and target.id:
            await self.routed(session, call, target.id, {})
        elif target.kind is RouteTo.VOICEMAIL and target.id:
            await self.to_voicemail(session, call, target.id)
        else:
            # Served by a machine, as in a flow: nobody was waited for in vain.
            self._board.step(call, CallEvent.ENTER_IVR)
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
        self._tell_target(call, service_id, decision.target, decision.place)

    def _tell_target(
        self, call: LiveCall, service_id: UUID, target: RouteTarget | None, rule: int | None = None
    ) -> None:
        data = {
            "target": target.kind.value if target else "busy",
            "target_id": str(target.id) if target and target.id else None,
            "via": str(service_id),
            "rule": rule,
        }
        # By its moment: a caller who comes back after we were away is led anew, and that is told too.
        now = self._clock.now()
        name = (service_id, int(now.timestamp() * 1_000_000))
        self._board.chronicle.call(call, FactType.CALL_ROUTED, now, name, data)

    async def serve(self, session: Session, call: LiveCall, service_id: UUID) -> None:
        service = self._agents.directory.service(service_id)
        if service is None or service.enterprise_id != call.enterprise_id:
            await session.leave("closed")
            return
        served = await self._distribution.serve(session, call, service)
        if served is Served.CONNECTED:
            await self.done(session, call)
        elif served is Served.LEFT:
            await session.leave("hangup")
        elif served is not Served.GONE:
            await self._overflow(session, call, service, served)

    async def done(self, session: Session, call: LiveCall) -> None:
        """The talk is over, and the caller still there, or gone."""
        await self._surveys.after_talk(session, call)
        await session.leave("hangup")

    async def _overflow(
        self, session: Session, call: LiveCall, service: ServicePlan, why: Served
    ) -> None:
        """The service did not take the caller: to where it says, else it is busy, or closed."""
        # As it is now: the caller may have waited through a change of it.
        service = self._agents.directory.service(service.id) or service
        target = _instead(service, why)
        self._board.dequeued(call, "overflow" if target else "timeout", self._clock.now())
        closed = why is Served.CLOSED
        if closed or target is not None:
            self._board.step(call, CallEvent.OVERFLOW)
        if target is None or self._goes_round(call):
            await session.leave("closed" if closed and target is None else "busy")
            return
        # As by a rule that asks a schedule: who is told the hours was not waited for in vain.
        call.turned_away = target.kind in _IN_VAIN and not closed
        self._tell_target(call, service.id, target)
        await session.music(False)
        if target.kind is RouteTo.VOICEMAIL:
            if await self._offers.voicemail(session, call, target.id or service.id):
                self._board.settle(call, "voicemail")
            await session.leave("hangup")
        elif not await self._reached(session, call, target):
            await session.leave("busy")

    async def send_to(self, session: Session, call: LiveCall, target: Target) -> None:
        """As a flow wishes."""
        if target.kind is TargetKind.SERVICE:
            await self.serve(session, call, UUID(target.value))
        elif target.kind is TargetKind.VOICEMAIL:
            await self.to_voicemail(session, call, UUID(target.value))
        elif not await self._reached_by_flow(session, call, target):
            await session.leave("busy")

    async def _reached_by_flow(self, session: Session, call: LiveCall, target: Target) -> bool:
        if target.kind is TargetKind.EXTENSION:
            return await self.to_extension(session, call, UUID(target.value), EXTENSION_SECONDS)
        if target.kind is TargetKind.CONFERENCE:
            return await self.conferences.take(session, call, UUID(target.value))
        if target.kind is TargetKind.SEAT:
            rung = await self.to_seat(session, call, UUID(target.value))
        else:
            rung = await self.to_number(session, call, target.value, target.at_once)
        return await self._talked(session, rung)

    async def _talked(self, session: Session, rung: Rung) -> bool:
        """Whether somebody has, or the caller is gone."""
        if rung is Rung.TALKED:
            await session.leave("hangup")
        return rung in (Rung.TALKED, Rung.GONE)

    async def to_extension(
        self, session: Session, call: LiveCall, extension_id: UUID, seconds: float
    ) -> bool:
        """Whoever sits there, else the seat's voicemail; False where there is neither."""
        phone = self._agents.directory.extensions.get(extension_id)
        if phone is None or phone.enterprise_id != call.enterprise_id:
            return False
        rung = await self._phones.extension(session, call, phone, seconds)
        if await self._talked(session, rung):
            return True
        if phone.user_id is not None:
            await self.to_voicemail(session, call, phone.user_id)
        return phone.user_id is not None

    async def to_voicemail(self, session: Session, call: LiveCall, target_id: UUID) -> None:
        """Served by a machine, whether something is left or not."""
        self._board.step(call, CallEvent.ENTER_IVR)
        await self._voicemail.take(session, call, target_id)
        await session.leave("hangup")

    async def to_seat(self, session: Session, call: LiveCall, agent_id: UUID) -> Rung:
        return await self._phones.seat(session, call, agent_id)

    async def to_number(
        self, session: Session, call: LiveCall, number: str, at_once: int = 0
    ) -> Rung:
        """UNREACHABLE while as many calls as may be are with it; at_once: 0 for no limit."""
        kept = self._as_kept(call, number)
        if 0 < at_once <= self._router.outside.count(call.enterprise_id, kept):
            log.info("outside.full", call_id=str(call.id), at_once=at_once)
            return Rung.UNREACHABLE
        self._board.step(call, CallEvent.DIAL)
        dialled = self._trunks.dial_string(call.enterprise_id, number, call.display_number)
        with self._router.outside.leading(call, kept):
            outcome = await session.dial(dialled, RING_SECONDS, "")
        return Rung.TALKED if outcome.answered else Rung.NO_ANSWER

    def _as_kept(self, call: LiveCall, number: str) -> str:
        """Flows and agents write it as they like; rules, which count, have one spelling."""
        area = self._agents.directory.area_code(call.enterprise_id)
        return read_number(number, area).national or number

    async def _talks_outside(
        self, session: Session, call: LiveCall, number: str, at_once: int
    ) -> bool:
        return await self.to_number(session, call, number, at_once) is Rung.TALKED


def _instead(service: ServicePlan, why: Served) -> RouteTarget | None:
    overflow = service.waiting.overflow
    return {
        Served.FULL: overflow.full,
        Served.TIMED_OUT: overflow.timeout,
        Served.UNSTAFFED: overflow.unstaffed,
        Served.CLOSED: overflow.closed,
    }[why]

"""What agents and supervisors ask for, done by AMI: dial, transfer, consult, listen, hang up.

A command is checked against what is, then carried out by one or two actions; the picture follows
from the events. Nothing is done twice: a refusal leaves everything as it was.
"""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent, CallState
from callcenter.core.clock import Clock
from callcenter.core.ids import new_id
from callcenter.core.numbers import WITHHELD, BadNumber, Number, NumberKind, parse_number
from callcenter.people.service import SeatPlan
from callcenter.routing.service import ServicePlan
from callcenter.telephony.agent_leg import ANSWER_BY_ITSELF, AgentLegs, RungLegs
from callcenter.telephony.agents import Agents
from callcenter.telephony.ami import ActionFields, AmiClient, AmiError, AmiRefused
from callcenter.telephony.live import (
    RING_SECONDS,
    Consult,
    DeskState,
    Direction,
    LiveCall,
    Party,
    Target,
    TargetKind,
    Transfer,
)
from callcenter.telephony.nails import is_nail
from callcenter.telephony.switchboard import Switchboard

log = structlog.get_logger()

OWN_SECONDS = 15
"""That an agent's own phone is rung, which answers by itself."""

TALKING = (AgentState.TALKING, AgentState.HOLD)


class Refused(Exception):
    """A command that is not carried out; code as in docs/events.md §4."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True)
class DialRequest:
    number: str
    display_number: str
    call_id: UUID | None = None
    customer_id: UUID | None = None
    attempt_id: UUID | None = None
    ring_seconds: int = RING_SECONDS


class Control:
    def __init__(
        self,
        clock: Clock,
        ami: AmiClient,
        agents: Agents,
        switchboard: Switchboard,
        legs: AgentLegs | None = None,
    ) -> None:
        self._clock = clock
        self._ami = ami
        self._agents = agents
        self._board = switchboard
        self._legs: AgentLegs = legs or RungLegs()
        self._rejoining: set[UUID] = set()

    # -- dial -------------------------------------------------------------------------------

    async def dial(self, agent_id: UUID, request: DialRequest) -> UUID:
        """Ring the agent's own phone, which answers by itself, then the customer; the call's id.

        The id is the channel's id as well: Asterisk itself refuses to dial the same one twice.
        """
        seat = self._ready_phone(agent_id)
        number = self.dialable(seat.enterprise_id, request.number)
        call_id = request.attempt_id or request.call_id or new_id()
        if call_id in self._board.calls:
            return call_id
        if not self._agents.fire(agent_id, AgentEvent.DIAL, call_id=call_id):
            raise Refused("illegal-state", state=self._agents.status(agent_id).state.value)
        call = LiveCall(
            id=call_id,
            enterprise_id=seat.enterprise_id,
            direction=Direction.OUTBOUND,
            started_at=self._clock.now(),
            customer=number,
            agent_id=agent_id,
            attempt_id=request.attempt_id,
            customer_id=request.customer_id,
            dialled=number.national,
            display_number=request.display_number,
            ring_seconds=request.ring_seconds,
            access_number=request.display_number,
        )
        await self.place(seat, call, "command")
        if request.attempt_id is not None:
            data = {"attempt_id": str(request.attempt_id)}
            self._board.chronicle.call(
                call, FactType.ATTEMPT_DIALLED, call.started_at, (), data,
                agent_id=agent_id, source="command",
            )  # fmt: skip
        return call_id

    async def join(self, agent_id: UUID, conference_id: UUID) -> UUID:
        """Ring the agent's own phone, which answers by itself, and put it into a conference room."""
        seat = self._ready_phone(agent_id)
        room = self._agents.directory.conference(conference_id, seat.enterprise_id)
        if room is None:
            raise Refused("target-unavailable")
        call_id = new_id()
        if not self._agents.fire(agent_id, AgentEvent.DIAL, call_id=call_id):
            raise Refused("illegal-state", state=self._agents.status(agent_id).state.value)
        call = LiveCall(
            id=call_id,
            enterprise_id=seat.enterprise_id,
            direction=Direction.INTERNAL,
            started_at=self._clock.now(),
            customer=WITHHELD,
            caller_name=room.name,
            agent_id=agent_id,
            conference_id=room.id,
        )
        await self.place(seat, call, "command")
        return call_id

    async def place(self, seat: SeatPlan, call: LiveCall, source: str) -> None:
        """A call of an agent who is reserved for it. Raises Refused; the call is over then."""
        self._board.begin(call, source)
        self._board.step(call, CallEvent.DIAL)
        self._board.show(call, seat.user_id, DeskState.DIALLING)
        try:
            await self._legs.free(seat)
            await self._ami.call(_ring_own(seat, call, str(call.id), "agent-out"))
        except AmiError as error:
            call.result = "failed"
            self._board.end(call, self._clock.now())
            raise Refused("telephony-unavailable") from error

    def dialable(self, enterprise_id: UUID, raw: str) -> Number:
        """A number that may be called from this enterprise. Raises Refused."""
        if not self._agents.directory.option(enterprise_id, "outbound"):
            raise Refused("number-not-allowed", reason="outbound")
        try:
            number = parse_number(raw)
        except BadNumber as error:
            raise Refused("number-not-allowed", number=raw) from error
        if number.kind is NumberKind.WITHHELD:
            raise Refused("number-not-allowed", number=raw)
        return number

    def _ready_phone(self, agent_id: UUID) -> SeatPlan:
        if self._agents.status(agent_id).state is AgentState.OFFLINE:
            raise Refused("agent-not-signed-in")
        return self._phone(agent_id)

    def _phone(self, user_id: UUID) -> SeatPlan:
        """Who listens needs a phone, and need not take calls."""
        seat = self._agents.seat(user_id)
        if seat is None or not self._agents.is_registered(seat):
            raise Refused("phone-not-registered")
        if not self._ami.connected:
            raise Refused("telephony-unavailable")
        return seat

    # -- transfer and consult ---------------------------------------------------------------

    async def transfer(self, agent_id: UUID, call_id: UUID, target: Target) -> None:
        """Blind: the customer goes to the target, the agent is free; not taken, it comes back."""
        call = self._own_talk(agent_id, call_id)
        self._check_target(call, agent_id, target)
        customer, _ = self._channels(call, agent_id)
        call.transfer, call.moving = Transfer(agent_id, target), True
        self._board.step(call, CallEvent.TRANSFER)
        try:
            await self._ami.call(_redirect(customer, "transfer"))
        except AmiError as error:
            call.transfer, call.moving = None, False
            call.state = CallState.CONNECTED
            raise Refused("telephony-unavailable") from error
        data = {"to_kind": target.kind.value, "to_value": target.value, "form": "blind"}
        call.transfers_made += 1
        self._board.chronicle.call(
            call, FactType.CALL_TRANSFERRED, self._clock.now(), (call.transfers_made,), data,
            agent_id=agent_id, source="command",
        )  # fmt: skip

    async def consult(self, agent_id: UUID, call_id: UUID, target: Target) -> None:
        """The customer is held with music; the agent's channel rings the colleague."""
        call = self._own_talk(agent_id, call_id)
        if call.consult is not None:
            raise Refused("illegal-state", state=call.state.value)
        if target.kind in (TargetKind.SURVEY, TargetKind.VOICEMAIL):
            raise Refused("target-unavailable")
        self._check_target(call, agent_id, target)
        customer, agent = self._channels(call, agent_id)
        call.consult, call.moving = Consult(agent_id, target), True
        action = _redirect(customer, "held") | {
            "ExtraChannel": agent,
            "ExtraContext": "consult",
            "ExtraExten": "s",
            "ExtraPriority": "1",
        }
        self._agents.fire(agent_id, AgentEvent.CONSULT)
        self._board.step(call, CallEvent.CONSULT)
        try:
            await self._ami.call(action)
        except AmiError as error:
            call.consult, call.moving = None, False
            self._agents.fire(agent_id, AgentEvent.CONSULT_ENDED)
            self._board.step(call, CallEvent.RETURN)
            raise Refused("telephony-unavailable") from error
        self._board.show(call, agent_id, DeskState.CONSULTING)
        self._board.consult_step(call, call.consult, "started", self._clock.now())

    async def consult_complete(self, agent_id: UUID, call_id: UUID) -> None:
        """Customer and colleague are joined; the agent is out, with the work order to finish."""
        call, consult = self._own_consult(agent_id, call_id)
        if not consult.answered:
            raise Refused("target-unavailable")
        customer, agent = self._channels(call, agent_id)
        colleague = self._colleague_channel(call, consult)
        consult.closing = call.moving = True
        try:
            await self._then_leave(agent)
            await self._bridge(customer, colleague)
        except AmiError as error:
            consult.closing = call.moving = False
            raise Refused("telephony-unavailable") from error
        call.transfers_made += 1
        data = {
            "to_kind": consult.target.kind.value,
            "to_value": consult.target.value,
            "form": "consult",
        }
        self._board.chronicle.call(
            call, FactType.CALL_TRANSFERRED, self._clock.now(), (call.transfers_made,), data,
            agent_id=agent_id, source="command",
        )  # fmt: skip

    async def consult_cancel(self, agent_id: UUID, call_id: UUID) -> None:
        """Back to the customer; the colleague, ringing or talking, is let go."""
        call, consult = self._own_consult(agent_id, call_id)
        consult.closing = True
        await self.return_customer(call, "cancelled")

    async def return_customer(self, call: LiveCall, step: str) -> None:
        """The held customer and the agent are joined; without an agent the customer is served."""
        consult = call.consult
        if consult is not None and step == "refused":
            self._board.consult_step(call, consult, "refused", self._clock.now())
        agent_id = consult.agent_id if consult else call.agent_id
        call.moving = True
        try:
            customer, agent = self._channels(call, agent_id)
            await self._then_leave(agent)
            await self._bridge(customer, agent)
        except (AmiError, Refused) as error:
            log.warning("consult.no_return", call_id=str(call.id), reason=repr(error))
            await self.serve_again(call)

    async def serve_again(self, call: LiveCall) -> None:
        """Nobody is left with the customer, who does not stay behind with the music."""
        call.moving = False
        self._board.drop_consult(call)
        try:
            await self._ami.call(_redirect(self._channel(call.customer_leg), "waiting"))
        except (AmiError, Refused) as error:
            log.info("consult.customer_gone", call_id=str(call.id), reason=repr(error))

    async def rejoin(self, agent_id: UUID, call_id: UUID) -> None:
        """The agent's page was loaded anew, and its phone knows of no call: the customer, whose

        line stood all the while, is joined with the phone that is rung now and answers by itself.
        """
        call = self._own_talk(agent_id, call_id)
        seat = self._phone(agent_id)
        customer, before = self._channels(call, agent_id)
        call.moving = True
        self._rejoining.add(call_id)
        try:
            now = await self._ring_anew(seat, call)
            try:
                await self._then_leave(customer)
                await self._bridge(customer, now)
            except AmiError:
                await self._end(now)
                raise
            # Dial ends the old phone by itself; a nailed line would wait on, with nobody there.
            await self._end(before)
        except AmiError as error:
            raise Refused("telephony-unavailable") from error
        finally:
            call.moving = False
            self._rejoining.discard(call_id)

    async def _ring_anew(self, seat: SeatPlan, call: LiveCall) -> str:
        """The channel of the phone that has answered."""
        channel_id = str(new_id())
        self._board.expect(call, channel_id)
        rung = _ring_own(seat, call, channel_id, "rejoin")
        answer = await self._ami.follow(rung, "OriginateResponse", OWN_SECONDS + 1)
        if answer.get("Response") != "Success":
            raise Refused("phone-not-registered")
        return answer.get("Channel")

    async def desert(self, agent_id: UUID) -> None:
        """The agent's page is gone for good, and with it the phone: the customer is served again."""
        status, seat = self._agents.status(agent_id), self._agents.seat(agent_id)
        call = self._board.calls.get(status.call_id) if status.call_id else None
        if seat is None or call is None or self._agents.is_registered(seat):
            return
        if status.state in TALKING and not call.moving:
            log.info("call.deserted", call_id=str(call.id), agent=seat.employee_code)
            await self.serve_again(call)

    async def hang_up(self, agent_id: UUID, call_id: UUID) -> None:
        """End the agent's leg; on a nailed line, which stays up, the customer's."""
        call = self._own_call(agent_id, call_id)
        customer = self._board.tracker.legs.get(call.customer_leg)
        if customer is not None and call_id in self._rejoining:
            # Otherwise the phone that is being rung would bring the talk back.
            call.first_left = Party.AGENT
            await self._end(customer.channel)
            return
        for leg, owner in list(self._board.agents_of(call)):
            if owner != agent_id:
                continue
            together = customer is not None and leg.bridge_id == customer.bridge_id != ""
            ends = customer if customer and together and is_nail(leg.uniqueid) else leg
            if ends is customer:
                call.first_left = Party.AGENT
            await self._end(ends.channel)

    async def _end(self, channel: str) -> None:
        """Hang it up, if it is still there."""
        with suppress(AmiRefused):
            await self._ami.call({"Action": "Hangup", "Channel": channel, "Cause": "16"})

    # -- supervision ------------------------------------------------------------------------

    async def listen(self, supervisor_id: UUID, agent_id: UUID) -> str:
        """Ring the supervisor's phone into ChanSpy on the customer's channel; the listening's id.

        On the customer's channel listening follows the call through transfers.
        """
        seat = self._phone(supervisor_id)
        call = self._board.calls.get(self._agents.status(agent_id).call_id or new_id())
        if call is None or call.enterprise_id != seat.enterprise_id:
            raise Refused("unknown-call")
        customer = self._channel(call.customer_leg)
        channel_id = str(new_id())
        self._board.supervising.add(channel_id)
        try:
            await self._legs.free(seat)
            await self._ami.call(
                {
                    "Action": "Originate",
                    "Channel": f"PJSIP/{seat.endpoint}",
                    "ChannelId": channel_id,
                    "Context": "listen",
                    "Exten": "s",
                    "Priority": "1",
                    "Timeout": "15000",
                    "Async": "true",
                    "Variable": [
                        ANSWER_BY_ITSELF,
                        f"CC_SPY={customer}",
                        f"__CC_ENT={seat.enterprise_id}",
                    ],
                }
            )
        except AmiError as error:
            self._board.supervising.discard(channel_id)
            raise Refused("telephony-unavailable") from error
        return channel_id

    async def stop_listening(self, enterprise_id: UUID, listening_id: str) -> None:
        leg = self._board.tracker.legs.get(listening_id)
        listens = leg is not None and leg.uniqueid in self._board.supervising
        if leg is not None and listens and leg.enterprise == str(enterprise_id):
            await self._end(leg.channel)

    # -- checks -----------------------------------------------------------------------------

    def _own_call(self, agent_id: UUID, call_id: UUID) -> LiveCall:
        call = self._board.calls.get(call_id)
        seat = self._agents.seat(agent_id)
        if call is None or seat is None or call.enterprise_id != seat.enterprise_id:
            raise Refused("unknown-call")
        if self._agents.status(agent_id).call_id != call_id:
            raise Refused("not-your-call")
        return call

    def _own_talk(self, agent_id: UUID, call_id: UUID) -> LiveCall:
        call = self._own_call(agent_id, call_id)
        state = self._agents.status(agent_id).state
        if state not in TALKING or call.moving:
            raise Refused("illegal-state", state=state.value)
        return call

    def _own_consult(self, agent_id: UUID, call_id: UUID) -> tuple[LiveCall, Consult]:
        call = self._own_call(agent_id, call_id)
        if call.consult is None or call.consult.agent_id != agent_id or call.consult.closing:
            raise Refused("illegal-state", state=call.state.value)
        return call, call.consult

    def _check_target(self, call: LiveCall, agent_id: UUID, target: Target) -> None:
        directory = self._agents.directory
        if target.kind is TargetKind.SEAT:
            seat = directory.seats.get(UUID(target.value))
            if seat is None or seat.enterprise_id != call.enterprise_id:
                raise Refused("target-unavailable")
            state = self._agents.status(seat.user_id).state
            free = (AgentState.READY, AgentState.NOT_READY, AgentState.WRAP_UP)
            if seat.user_id == agent_id or state not in free:
                raise Refused("target-unavailable", state=state.value)
            if not self._agents.is_registered(seat):
                raise Refused("target-unavailable", state="phone-not-registered")
        elif target.kind is TargetKind.SURVEY:
            service = directory.service(call.service_id)
            if service is None or not service.waiting.survey.asks or call.surveyed:
                raise Refused("target-unavailable")
        elif target.kind in (TargetKind.SERVICE, TargetKind.VOICEMAIL):
            owner: ServicePlan | SeatPlan | None = directory.service(UUID(target.value))
            if target.kind is TargetKind.VOICEMAIL:
                owner = owner or directory.seats.get(UUID(target.value))
            if owner is None or owner.enterprise_id != call.enterprise_id:
                raise Refused("target-unavailable")
        else:
            self.dialable(call.enterprise_id, target.value)

    def _channels(self, call: LiveCall, agent_id: UUID | None) -> tuple[str, str]:
        for leg, owner in self._board.agents_of(call):
            if owner == agent_id:
                return self._channel(call.customer_leg), leg.channel
        raise Refused("unknown-call")

    def _channel(self, uniqueid: str) -> str:
        leg = self._board.tracker.legs.get(uniqueid)
        if leg is None:
            raise Refused("unknown-call")
        return leg.channel

    def _colleague_channel(self, call: LiveCall, consult: Consult) -> str:
        _, agent = self._channels(call, consult.agent_id)
        for leg in self._board.tracker.of_call(call.id):
            if leg.channel != agent and leg.uniqueid != call.customer_leg:
                return leg.channel
        raise Refused("target-unavailable")

    async def _then_leave(self, channel: str) -> None:
        """After the Bridge to come the dialplan reads this; no session of ours need be alive."""
        lines = {line.channel for line in self._board.tracker.nails.lines.values()}
        after = "nail" if channel in lines else "hangup"
        variable = {"Channel": channel, "Variable": "CC_NEXT", "Value": after}
        await self._ami.call({"Action": "Setvar"} | variable)

    async def _bridge(self, first: str, second: str) -> None:
        await self._ami.call(
            {"Action": "Bridge", "Channel1": first, "Channel2": second, "Tone": "no"}
        )


def _ring_own(seat: SeatPlan, call: LiveCall, channel_id: str, context: str) -> ActionFields:
    """Ring the agent's phone, which answers by itself, into one of our contexts."""
    shown = call.customer.national
    return {
        "Action": "Originate",
        "Channel": f"PJSIP/{seat.endpoint}",
        "ChannelId": channel_id,
        "Context": context,
        "Exten": "s",
        "Priority": "1",
        "Timeout": str(OWN_SECONDS * 1000),
        "CallerID": f'"{shown}" <{shown}>',
        "Async": "true",
        "Variable": [
            ANSWER_BY_ITSELF,
            f"__CC_CALL_ID={call.id}",
            f"__CC_ENT={call.enterprise_id}",
        ],
    }


def _redirect(channel: str, context: str) -> dict[str, str]:
    return {
        "Action": "Redirect",
        "Channel": channel,
        "Context": context,
        "Exten": "s",
        "Priority": "1",
    }

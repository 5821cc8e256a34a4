"""The calls of this node: what legs mean for calls, and what calls mean for agents.

Two kinds of news meet here: what Asterisk says of channels (through the tracker), and what our own
AGI sessions and commands decided. Either may come first, and either may be missing.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent, CallState, LegState
from callcenter.core.clock import Clock
from callcenter.core.numbers import WITHHELD, BadNumber, Number, parse_number
from callcenter.people.service import LegForm, SeatPlan
from callcenter.telephony.agents import Agents
from callcenter.telephony.chronicle import Chronicle
from callcenter.telephony.legs import Leg, LegChange, LegChangeKind
from callcenter.telephony.live import Consult, DeskState, Direction, LiveCall, Party, desk_call
from callcenter.telephony.outlet import Facts, Rooms, agent_room, callers_room
from callcenter.telephony.tracker import Tracker

log = structlog.get_logger()

LONGEST_NAME = 80

# Q.850 causes of a party that never answered → the result of the call.
RESULTS = {
    17: "busy",
    1: "unallocated",
    18: "no_answer",
    19: "no_answer",
    20: "no_answer",
    21: "rejected",
    28: "unallocated",
}
# Where the cause is only "normal clearing": who gave up, the dialling or the one who dialled.
DIAL_RESULTS = {"NOANSWER": "no_answer", "CANCEL": "cancelled"}

RUNG = (AgentState.RESERVED, AgentState.RINGING)
IN_TALK = (AgentState.TALKING, AgentState.HOLD, AgentState.CONSULTING)


@dataclass(frozen=True, slots=True)
class Joined:
    """A customer and an agent share a bridge for the first time."""

    call: LiveCall
    seat: SeatPlan
    customer_leg: Leg
    agent_leg: Leg


class Switchboard:
    """
    on_joined   called when a conversation begins: recording starts there
    on_ended    called after a call's last leg is gone
    on_deserted  called when the agent has left a held customer and no session of ours knows
    on_refused  called when a phone that one of our sessions rings is gone without a talk
    on_bridged  called with a call, a bridge and the moment when one of its legs has joined it
    on_supervised_ended  called with the channel of one of `supervising` that is gone
    """

    def __init__(
        self, clock: Clock, facts: Facts, rooms: Rooms, agents: Agents, tracker: Tracker
    ) -> None:
        self._clock = clock
        self._rooms = rooms
        self._agents = agents
        self.tracker = tracker
        self.chronicle = Chronicle(facts)
        self.calls: dict[UUID, LiveCall] = {}
        self._before_call: dict[UUID, list[LegChange]] = {}
        self._told: set[tuple[UUID, str]] = set()
        self.supervising: set[str] = set()
        self.illegal_edges = 0
        self.on_joined: Callable[[Joined], None] = lambda _joined: None
        self.on_ended: Callable[[LiveCall], None] = lambda _call: None
        self.on_deserted: Callable[[LiveCall], None] = lambda _call: None
        self.on_refused: Callable[[LiveCall, SeatPlan, Leg], None] = lambda *_: None
        self.on_bridged: Callable[[LiveCall, str, datetime], None] = lambda *_: None
        self.on_supervised_ended: Callable[[str], None] = lambda _uniqueid: None

    # -- what we decide ---------------------------------------------------------------------

    def begin(self, call: LiveCall, source: str = "agi") -> LiveCall:
        """Register a call; leg changes that came before it are told now, in their order."""
        if known := self.calls.get(call.id):
            return known
        self.calls[call.id] = call
        self.chronicle.started(call, source)
        for change in self._before_call.pop(call.id, []):
            self._leg_changed(call, change)
        return call

    def expect(self, call: LiveCall, uniqueid: str) -> None:
        """A leg that we ask for in another's place: its joining begins no new conversation."""
        self.tracker.ordered[uniqueid] = call.id
        self._told.add((call.id, uniqueid))

    def step(self, call: LiveCall, event: CallEvent) -> bool:
        if call.step(event):
            return True
        self.illegal_edges += 1
        log.info("call.illegal_edge", call_id=str(call.id), state=call.state.value,
                 call_event=event.value)  # fmt: skip
        return False

    def tell_offer(self, call: LiveCall, seat: SeatPlan, form: LegForm) -> None:
        """One more agent is offered the call."""
        call.offers += 1
        call.offered_at = self._clock.now()
        data = {
            "service_id": str(call.service_id) if call.service_id else None,
            "form": form.value,
            "offer": call.offers,
        }
        self.chronicle.call(
            call, FactType.CALL_OFFERED, call.offered_at, (call.offers,), data,
            agent_id=seat.user_id,
        )  # fmt: skip

    def show(self, call: LiveCall, agent_id: UUID, state: DeskState) -> None:
        """Put the call on an agent's desk, or change what it shows there."""
        call.agents[agent_id] = state
        seat = self._agents.seat(agent_id)
        if seat is None:
            return
        service = self._agents.directory.service(call.service_id)
        view = desk_call(
            call,
            agent_id,
            sees_numbers=seat.sees_numbers,
            service_name=service.name if service else "",
            survey=service is not None and service.waiting.survey.asks,
        )
        # Before the view that makes the page ask who it is: the ledger comes half a second later.
        whole = {"number": str(call.customer)}
        self._rooms.set(callers_room(agent_id), f"call:{call.id}", whole)
        self._rooms.set(agent_room(agent_id), f"call:{call.id}", view)

    def show_all(self, call: LiveCall) -> None:
        for agent_id, state in call.agents.items():
            self.show(call, agent_id, DeskState(state))

    def clear(self, call_id: UUID, agent_id: UUID) -> None:
        """The contact is over for this agent: wrap-up ended, or it never came to a talk."""
        if call := self.calls.get(call_id):
            call.agents.pop(agent_id, None)
        self._rooms.set(agent_room(agent_id), f"call:{call_id}", None)
        self._rooms.set(callers_room(agent_id), f"call:{call_id}", None)

    # -- what Asterisk says -----------------------------------------------------------------

    def leg_changed(self, change: LegChange, source: str = "ami") -> None:
        leg = change.leg
        if leg.uniqueid in self.supervising:
            if change.kind is LegChangeKind.ENDED:
                self.supervising.discard(leg.uniqueid)
                self.on_supervised_ended(leg.uniqueid)
            return
        call = self.calls.get(leg.call_id)
        if call is None:
            call = self._unknown(change)
        if call is not None:
            self._leg_changed(call, change, source)

    def _unknown(self, change: LegChange) -> LiveCall | None:
        """Kept until an AGI session says what the call is; if none ever did, told at its end."""
        leg = change.leg
        self._before_call.setdefault(leg.call_id, []).append(change)
        if change.kind is not LegChangeKind.ENDED and change.kind is not LegChangeKind.JOINED:
            return None
        first = self._before_call[leg.call_id][0].leg
        # A phone's own call is none: an echo test, or a listening that is older than we are.
        own = self._agents.directory.is_phone(first.endpoint)
        if own or not leg.enterprise:
            if change.kind is LegChangeKind.ENDED and not self.tracker.of_call(leg.call_id):
                del self._before_call[leg.call_id]  # or refused at the door: no enterprise's call
            return None
        self._before_call[leg.call_id].pop()
        return self.begin(self._guess(first), "ami")

    def _guess(self, first: Leg) -> LiveCall:
        """A call that our own sessions never saw: the control plane was away when it came."""
        return LiveCall(
            id=first.call_id,
            enterprise_id=UUID(first.enterprise),
            direction=Direction.INBOUND,
            started_at=first.started_at,
            customer=read_number(first.number),
            caller_name=read_name(first.name),
            access_number=first.exten,
            language=self._agents.directory.language(first.exten),
            customer_leg=first.uniqueid,
        )

    def party(self, call: LiveCall, leg: Leg) -> tuple[Party, SeatPlan | None]:
        seat = self._agents.directory.seat_of_endpoint(leg.endpoint)
        if seat is not None and seat.enterprise_id == call.enterprise_id:
            return Party.AGENT, seat
        if leg.uniqueid == call.customer_leg or not call.customer_leg:
            return Party.CUSTOMER, None
        return Party.EXTERNAL, None

    def agents_of(self, call: LiveCall) -> Iterator[tuple[Leg, UUID]]:
        """The call's living legs that are phones of its enterprise's seats, with whose they are."""
        for leg in self.tracker.of_call(call.id):
            _, seat = self.party(call, leg)
            if seat is not None:
                yield leg, seat.user_id

    def _leg_changed(self, call: LiveCall, change: LegChange, source: str = "ami") -> None:
        party, seat = self.party(call, change.leg)
        if party is Party.CUSTOMER and not call.customer_leg:
            call.customer_leg = change.leg.uniqueid
        agent_id = seat.user_id if seat else None
        self.chronicle.leg(call, change, party.value, agent_id, source)
        if change.kind is LegChangeKind.JOINED:
            self._joined(call, change)
            self.on_bridged(call, change.bridge_id, change.at)
        elif change.kind is LegChangeKind.LEFT:
            self._left_bridge(call, party, change.bridge_id)
        elif change.kind is LegChangeKind.HELD and seat:
            self._agents.fire(seat.user_id, AgentEvent.HOLD)
            self.show(call, seat.user_id, DeskState.HELD)
        elif change.kind is LegChangeKind.RESUMED and seat:
            self._agents.fire(seat.user_id, AgentEvent.RESUME)
            self.show(call, seat.user_id, DeskState.CONNECTED)
        elif change.kind is LegChangeKind.ENDED:
            self._leg_ended(call, change, party, seat, source)

    def _left_bridge(self, call: LiveCall, party: Party, bridge_id: str) -> None:
        # Who hangs up leaves the bridge first; the order of the legs' ends is Dial's own. The agent
        # who consulted leaves the colleague's bridge after the customer has been given away.
        customer = self.tracker.legs.get(call.customer_leg)
        theirs = customer is not None and bridge_id in (customer.bridge_id, customer.left_bridge_id)
        connected = call.state is CallState.CONNECTED and not call.moving
        if call.first_left is None and connected and theirs:
            call.first_left = party

    def _joined(self, call: LiveCall, change: LegChange) -> None:
        legs = [leg for leg in self.tracker.in_bridge(change.bridge_id) if leg.call_id == call.id]
        agents = [(leg, seat) for leg in legs if (seat := self.party(call, leg)[1])]
        customer = next((leg for leg in legs if leg.uniqueid == call.customer_leg), None)
        if customer is not None:
            for leg, seat in agents:
                self._talking(call, seat, customer, leg, change.at)
        elif (len(agents) == 2 and call.consult is not None) or (
            agents and call.consult is not None and len(legs) == 2
        ):
            self._consult_talking(call, change.at)

    def _talking(
        self, call: LiveCall, seat: SeatPlan, customer: Leg, leg: Leg, at: datetime
    ) -> None:
        state = self._agents.status(seat.user_id).state
        if state is AgentState.RINGING:
            self._agents.fire(seat.user_id, AgentEvent.ANSWER)
        elif state is AgentState.RESERVED:
            self._agents.fire(seat.user_id, AgentEvent.CONNECT)
        elif state is AgentState.CONSULTING:
            self._agents.fire(seat.user_id, AgentEvent.CONSULT_ENDED)
        elif state is AgentState.HOLD and leg.state is LegState.JOINED:
            self._agents.fire(seat.user_id, AgentEvent.RESUME)
        first = call.connected_at is None
        call.connected_at = call.connected_at or at
        call.agent_id = seat.user_id
        call.moving, call.first_left = False, None
        call.asked = None if call.asked == seat.user_id else call.asked
        if call.consult is not None:
            self._consult_over(call, seat)
        call.transfer = None
        if call.state is CallState.OFFERED:
            self._release_others(call, seat)
        if call.state is not CallState.CONNECTED:
            self.step(call, CallEvent.CONNECT)
        if (call.id, leg.uniqueid) not in self._told:
            self._told.add((call.id, leg.uniqueid))
            waited = _waited(call, at)
            call.waited_seconds = waited if first else call.waited_seconds
            self.chronicle.connected(call, seat.user_id, leg.uniqueid, at, waited)
            self.dequeued(call, "connected", at)
        self.show(call, seat.user_id, DeskState.CONNECTED)
        self.on_joined(Joined(call, seat, customer, leg))

    def _release_others(self, call: LiveCall, seat: SeatPlan) -> None:
        """Somebody else was quicker: the call was offered to several."""
        for agent_id in call.watched - {seat.user_id}:
            status = self._agents.status(agent_id)
            if status.call_id == call.id and status.state in RUNG:
                self._agents.fire(agent_id, AgentEvent.RELEASE)
                self.clear(call.id, agent_id)

    def dequeued(self, call: LiveCall, reason: str, at: datetime) -> None:
        """The call is in no queue any more; says nothing when it was in none."""
        if not call.in_queue:
            return
        call.in_queue = False
        data = {"service_id": str(call.service_id), "reason": reason}
        name = (call.queue_number,)
        self.chronicle.call(call, FactType.CALL_DEQUEUED, at, name, data, agent_id=call.agent_id)

    def settle(self, call: LiveCall, how: str) -> None:
        """The caller chose something else while waiting (`callback`, `voicemail`), and is done."""
        call.settled = how
        self.dequeued(call, how, self._clock.now())

    def _consult_talking(self, call: LiveCall, at: datetime) -> None:
        consult = call.consult
        if consult is None or consult.answered:
            return
        consult.answered = True
        if consult.colleague_id is not None:
            status = self._agents.status(consult.colleague_id)
            if status.state is AgentState.RINGING:
                self._agents.fire(consult.colleague_id, AgentEvent.ANSWER)
            self.show(call, consult.colleague_id, DeskState.CONSULTING)
        self.consult_step(call, consult, "answered", at)
        self.show(call, consult.agent_id, DeskState.CONSULTING)

    def _consult_over(self, call: LiveCall, seat: SeatPlan) -> None:
        """The customer is with someone again: with the agent (returned) or the colleague."""
        consult = call.consult
        if consult is None:
            return
        call.consult = None
        if seat.user_id != consult.agent_id:
            self.consult_step(call, consult, "completed", self._clock.now())
            return
        call.asked = consult.colleague_id
        if not consult.refused:
            self.consult_step(call, consult, "cancelled", self._clock.now())

    def drop_consult(self, call: LiveCall) -> None:
        """The customer is served anew: whom the agent had asked has nothing to do with it."""
        consult, call.consult = call.consult, None
        if consult is None:
            return
        call.asked = consult.colleague_id
        if not consult.refused:
            self.consult_step(call, consult, "cancelled", self._clock.now())

    def is_held(self, call: LiveCall) -> bool:
        """Whether the customer hears music while the agent is with somebody else."""
        customer = self.tracker.legs.get(call.customer_leg)
        if customer is None or customer.bridge_id or call.moving:
            return False
        return call.consult is not None or customer.context == "held"

    def consult_step(self, call: LiveCall, consult: Consult, step: str, at: datetime) -> None:
        consult.refused = step == "refused"
        data = {
            "target_kind": consult.target.kind.value,
            "target_value": consult.target.value,
            "step": step,
        }
        self.chronicle.call(
            call,
            FactType.CALL_CONSULT,
            at,
            (step, int(at.timestamp() * 1_000_000)),
            data,
            agent_id=consult.agent_id,
            source="command",
        )

    # -- ends -------------------------------------------------------------------------------

    def _leg_ended(
        self, call: LiveCall, change: LegChange, party: Party, seat: SeatPlan | None, source: str
    ) -> None:
        if party is not Party.AGENT and call.connected_at is None:
            leg = change.leg
            call.result = RESULTS.get(leg.cause) or DIAL_RESULTS.get(leg.dial_status, "")
            call.cause = leg.cause
        if party is Party.EXTERNAL and change.leg.joins:
            call.forwarded = True
        if seat is not None:
            if seat.user_id in call.watched and not change.leg.joins:
                self.on_refused(call, seat, change.leg)
            self.agent_left(call, seat)
            self._see_to_held(call, seat)
        if not self.tracker.of_call(call.id):
            self.end(call, change.at, estimated=source == "reconcile")

    def _see_to_held(self, call: LiveCall, seat: SeatPlan) -> None:
        consult = call.consult
        if consult is None or consult.agent_id != seat.user_id or consult.closing:
            return
        if seat.user_id not in call.watched and self.is_held(call):
            call.moving = True
            self.on_deserted(call)

    def agent_left(self, call: LiveCall, seat: SeatPlan) -> None:
        """The agent's phone has no more to do with the call; a page loaded anew has another one."""
        if any(owner == seat.user_id for _, owner in self.agents_of(call)):
            return
        status = self._agents.status(seat.user_id)
        if status.call_id != call.id:
            return
        if status.state in RUNG and seat.user_id not in call.watched:
            # Nobody of us saw why: an offer that we did not watch costs the agent nothing.
            self._agents.fire(seat.user_id, AgentEvent.RELEASE)
            self.clear(call.id, seat.user_id)
        if status.state not in IN_TALK:
            return
        asked = call.consult.colleague_id if call.consult else call.asked
        if asked == seat.user_id:
            # Was asked, and the call stayed with the other: nothing to wrap up.
            self._agents.fire(seat.user_id, AgentEvent.RELEASE)
            self.clear(call.id, seat.user_id)
            return
        service = self._agents.directory.service(call.service_id)
        until = self._agents.wrap_up_until(
            seat.user_id, service.wrap_up_seconds if service else None
        )
        self._agents.fire(seat.user_id, AgentEvent.HANG_UP, wrap_up_until=until)
        if until is None:
            self.clear(call.id, seat.user_id)
        else:
            self.show(call, seat.user_id, DeskState.ENDED)

    def end(self, call: LiveCall, at: datetime, *, estimated: bool = False) -> None:
        """The last leg is gone."""
        if call.state is CallState.ENDED:
            return
        call.result = self._result(call)
        ended_by = {Party.AGENT: "agent", Party.CUSTOMER: "customer", Party.EXTERNAL: "customer"}
        by = ended_by.get(call.first_left, "system") if call.first_left else "customer"
        self.step(call, CallEvent.END)
        call.ended_at = at
        self.dequeued(call, call.settled or ("offer" if call.forwarded else "abandoned"), at)
        self.chronicle.ended(call, at, by, estimated=estimated)
        for agent_id in list(call.agents):
            self._over_for(call, agent_id)
        self.on_ended(call)
        if not call.agents:
            self.calls.pop(call.id, None)
        self._told = {told for told in self._told if told[0] != call.id}

    def _over_for(self, call: LiveCall, agent_id: UUID) -> None:
        status = self._agents.status(agent_id)
        if status.call_id == call.id and status.state in RUNG:
            self._agents.fire(agent_id, AgentEvent.RELEASE)
            status = self._agents.status(agent_id)
        if status.state is AgentState.WRAP_UP and status.call_id == call.id:
            self.show(call, agent_id, DeskState.ENDED)
        else:
            self.clear(call.id, agent_id)

    def _result(self, call: LiveCall) -> str:
        if call.connected_at is not None or call.forwarded:
            return "answered"
        if call.direction is Direction.OUTBOUND:
            return call.result or "failed"
        if call.settled:
            return call.settled
        if call.queued_at is not None or call.turned_away:
            return "abandoned"
        return "ivr_only" if call.state is CallState.IN_IVR else call.result or "abandoned"

    def wrapped_up(self, agent_id: UUID, call_id: UUID) -> None:
        """Wrap-up is over: the contact leaves the desk, and the call the memory."""
        self.clear(call_id, agent_id)
        call = self.calls.get(call_id)
        if call is not None and call.state is CallState.ENDED and not call.agents:
            del self.calls[call_id]


def _waited(call: LiveCall, at: datetime) -> float | None:
    if not call.in_queue or call.queued_at is None:
        return None
    return round((at - call.queued_at).total_seconds(), 3)


def read_name(raw: str) -> str:
    """A caller's name as it can be shown: no quoting, no control characters, not endless."""
    if raw.strip("<>") == "unknown":
        return ""
    unquoted = re.sub(r"\\(.)", r"\1", raw)
    printable = "".join(c if c.isprintable() else " " for c in unquoted)
    return " ".join(printable.split())[:LONGEST_NAME]


def read_number(raw: str, area_code: str = "") -> Number:
    """A caller's number; what cannot be read is treated as withheld, never as an error."""
    try:
        return parse_number(raw, area_code)
    except BadNumber:
        return WITHHELD

"""A call as it is now, and what an agent's desk shows of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from callcenter.calls.states import CALL_EDGES, CallEvent, CallState
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.numbers import Number

RING_SECONDS = 60
"""How long somebody outside is rung where nobody said otherwise."""


class Direction(StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class Party(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    EXTERNAL = "external"
    SUPERVISOR = "supervisor"


class TargetKind(StrEnum):
    SEAT = "seat"
    SERVICE = "service"
    NUMBER = "number"
    ROUTING = "routing"
    """A routing service: flows alone lead there."""
    SURVEY = "survey"
    """The questions of the call's service: agents alone lead there, when the talk is over."""
    VOICEMAIL = "voicemail"
    """Of a service or a seat."""
    EXTENSION = "extension"
    """Its phone, whoever sits there: flows and rules alone lead there."""
    CONFERENCE = "conference"
    """A room of the enterprise."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an agent or a flow sends a call. value: an id, or the number as dialled.

    at_once: calls that may be with the number; 0: no limit, as for agents.
    """

    kind: TargetKind
    value: str
    at_once: int = 0


@dataclass(slots=True)
class Consult:
    agent_id: UUID
    target: Target
    colleague_id: UUID | None = None
    answered: bool = False
    # The agent's AGI session has ended the colleague's leg itself: no second return to the caller.
    closing: bool = False
    refused: bool = False


@dataclass(slots=True)
class Transfer:
    from_agent_id: UUID
    target: Target


@dataclass(slots=True)
class LiveCall:
    """
    language        in which the caller is spoken to: the access number's, or as chosen in a flow
    language_chosen  it is a flow's: the caller chose it there, or was spoken to in it
    priority        with which the call entered the queue that it is in, or was in last
    in_queue        from entering a queue until an agent talks, the caller leaves, or it overflows
    waited_seconds  in the queue up to the first agent; None for who never queued or never got one
    forwarded  somebody outside, or others in a conference, have talked with the caller
    outside  the number outside that the call is led to, in its one spelling
    conference_id  the room that the call is in, or goes to
    callback_note  what was said when it was asked for, for the agent
    settled  what a waiting caller chose instead and got: `callback` or `voicemail`
    surveyed  the caller was asked how satisfied; talk_ended_at: when that began
    turned_away  a service did not take the caller, nor did anybody else
    routes  decisions of routing services so far
    moving  a Redirect or Bridge of ours is under way, so a session that ends is no hang-up
    asked   a colleague who was consulted and did not get the call: has nothing to wrap up
    recorded_in  the bridge whose two sides are being recorded
    watched  agents whose phone one of our sessions attends to: what its end means, that decides
    """

    id: UUID
    enterprise_id: UUID
    direction: Direction
    started_at: datetime
    customer: Number
    access_number: str = ""
    caller_name: str = ""
    language: str = DEFAULT_LOCALE
    language_chosen: bool = False
    state: CallState = CallState.NEW
    service_id: UUID | None = None
    agent_id: UUID | None = None
    customer_leg: str = ""
    queued_at: datetime | None = None
    priority: int | None = None
    offered_at: datetime | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    waited_seconds: float | None = None
    queue_number: int = 0
    in_queue: bool = False
    offers: int = 0
    transfers_made: int = 0
    attempt_id: UUID | None = None
    callback_id: UUID | None = None
    callback_note: str = ""
    customer_id: UUID | None = None
    dialled: str = ""
    display_number: str = ""
    ring_seconds: int = RING_SECONDS
    recording: str = ""
    recorded_in: str = ""
    moving: bool = False
    routes: int = 0
    forwarded: bool = False
    outside: str = ""
    conference_id: UUID | None = None
    settled: str = ""
    turned_away: bool = False
    surveyed: bool = False
    talk_ended_at: datetime | None = None
    consult: Consult | None = None
    asked: UUID | None = None
    watched: set[UUID] = field(default_factory=set)
    transfer: Transfer | None = None
    first_left: Party | None = None
    result: str = ""
    cause: int = 0
    agents: dict[UUID, str] = field(default_factory=dict)
    """Agents who see the call on their desk → what it is for them."""

    def may(self, event: CallEvent) -> bool:
        return (self.state, event) in CALL_EDGES

    def step(self, event: CallEvent) -> bool:
        """Follow the table; False, and nothing changed, where it has no such edge."""
        target = CALL_EDGES.get((self.state, event))
        if target is None:
            return False
        self.state = target
        return True


class DeskState(StrEnum):
    OFFERED = "offered"
    DIALLING = "dialling"
    CONNECTED = "connected"
    HELD = "held"
    CONSULTING = "consulting"
    ENDED = "ended"


def desk_call(
    call: LiveCall, agent_id: UUID, *, sees_numbers: bool, service_name: str, survey: bool = False
) -> Any:
    """The DeskCall of the API and of docs/events.md; the number leaves here masked, unless the role may see it."""
    number = call.customer.show() if sees_numbers else call.customer.mask()
    consult = call.consult
    return {
        "id": str(call.id),
        "direction": call.direction.value,
        "state": call.agents.get(agent_id, DeskState.ENDED),
        "number": number,
        "number_kind": call.customer.kind.value,
        "caller_name": call.caller_name,
        "location": call.customer.location(),
        "service": {"id": str(call.service_id), "name": service_name} if call.service_id else None,
        "survey": survey and not call.surveyed,
        "access_number": call.access_number,
        "offered_at": _iso(call.offered_at or call.started_at),
        "answered_at": _iso(call.connected_at),
        "ended_at": _iso(call.ended_at),
        "waited_seconds": call.waited_seconds,
        "customer_id": str(call.customer_id) if call.customer_id else None,
        "attempt_id": str(call.attempt_id) if call.attempt_id else None,
        "callback": call.callback_id is not None,
        "callback_note": call.callback_note,
        "consult": {
            "agent_id": str(consult.agent_id),
            "target": {"kind": consult.target.kind.value, "value": consult.target.value},
            "state": "talking" if consult.answered else "ringing",
        }
        if consult
        else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None

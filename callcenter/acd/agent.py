"""The agent's states as a table; `docs/state-tables.md` is its prose.

`after` is where the agent goes when the contact under way is over. While a contact is under way,
a wish for another state only changes `after`; a contact is never broken by a button.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class AgentState(StrEnum):
    OFFLINE = "offline"
    NOT_READY = "not_ready"
    READY = "ready"
    RESERVED = "reserved"
    RINGING = "ringing"
    TALKING = "talking"
    HOLD = "hold"
    CONSULTING = "consulting"
    WRAP_UP = "wrap_up"


class AgentEvent(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    SET_READY = "set_ready"
    SET_NOT_READY = "set_not_ready"
    RESERVE = "reserve"
    SUMMON = "summon"
    DIAL = "dial"
    RING = "ring"
    ANSWER = "answer"
    CONNECT = "connect"
    RELEASE = "release"
    MISS = "miss"
    HOLD = "hold"
    RESUME = "resume"
    CONSULT = "consult"
    CONSULT_ENDED = "consult_ended"
    HANG_UP = "hang_up"
    FINISH = "finish"
    TIMEOUT = "timeout"
    PRESENCE_LOST = "presence_lost"
    PHONE_LOST = "phone_lost"


class To(StrEnum):
    """Edges that do not lead to one fixed state."""

    AFTER = "after"
    WRAP_UP_OR_AFTER = "wrap_up_or_after"
    WISH = "wish"


class IllegalEdge(Exception):
    """The event does not exist in this state. Nothing changed."""

    def __init__(self, state: AgentState, event: AgentEvent) -> None:
        super().__init__(f"{event} in {state}")
        self.state = state
        self.event = event


_S, _E = AgentState, AgentEvent
_WISHES = (_E.SET_READY, _E.SET_NOT_READY, _E.SIGN_OUT, _E.PRESENCE_LOST, _E.PHONE_LOST)
WISHED = {
    _E.SET_READY: _S.READY,
    _E.SET_NOT_READY: _S.NOT_READY,
    _E.SIGN_OUT: _S.OFFLINE,
    _E.PRESENCE_LOST: _S.NOT_READY,
    _E.PHONE_LOST: _S.NOT_READY,
}
_LOST = (_E.PRESENCE_LOST, _E.PHONE_LOST)
IN_CONTACT = (_S.RESERVED, _S.RINGING, _S.TALKING, _S.HOLD, _S.CONSULTING)

EDGES: dict[tuple[AgentState, AgentEvent], AgentState | To] = {
    (_S.OFFLINE, _E.SIGN_IN): _S.NOT_READY,
    (_S.NOT_READY, _E.SET_READY): _S.READY,
    (_S.NOT_READY, _E.SET_NOT_READY): _S.NOT_READY,
    (_S.NOT_READY, _E.DIAL): _S.RESERVED,
    (_S.NOT_READY, _E.SUMMON): _S.RESERVED,
    (_S.NOT_READY, _E.SIGN_OUT): _S.OFFLINE,
    (_S.NOT_READY, _E.PRESENCE_LOST): _S.NOT_READY,
    (_S.NOT_READY, _E.PHONE_LOST): _S.NOT_READY,
    (_S.READY, _E.SET_NOT_READY): _S.NOT_READY,
    (_S.READY, _E.RESERVE): _S.RESERVED,
    (_S.READY, _E.SUMMON): _S.RESERVED,
    (_S.READY, _E.DIAL): _S.RESERVED,
    (_S.READY, _E.SIGN_OUT): _S.OFFLINE,
    (_S.READY, _E.PRESENCE_LOST): _S.NOT_READY,
    (_S.READY, _E.PHONE_LOST): _S.NOT_READY,
    (_S.RESERVED, _E.RING): _S.RINGING,
    (_S.RESERVED, _E.CONNECT): _S.TALKING,
    (_S.RESERVED, _E.RELEASE): To.AFTER,
    (_S.RESERVED, _E.MISS): To.AFTER,
    (_S.RINGING, _E.ANSWER): _S.TALKING,
    (_S.RINGING, _E.RELEASE): To.AFTER,
    (_S.RINGING, _E.MISS): To.AFTER,
    (_S.TALKING, _E.HOLD): _S.HOLD,
    (_S.TALKING, _E.CONSULT): _S.CONSULTING,
    (_S.TALKING, _E.HANG_UP): To.WRAP_UP_OR_AFTER,
    (_S.TALKING, _E.RELEASE): To.AFTER,
    (_S.HOLD, _E.RESUME): _S.TALKING,
    (_S.HOLD, _E.CONSULT): _S.CONSULTING,
    (_S.HOLD, _E.HANG_UP): To.WRAP_UP_OR_AFTER,
    (_S.HOLD, _E.RELEASE): To.AFTER,
    (_S.CONSULTING, _E.CONSULT_ENDED): _S.TALKING,
    (_S.CONSULTING, _E.HANG_UP): To.WRAP_UP_OR_AFTER,
    (_S.WRAP_UP, _E.FINISH): To.AFTER,
    (_S.WRAP_UP, _E.TIMEOUT): To.AFTER,
    (_S.WRAP_UP, _E.DIAL): _S.RESERVED,
    (_S.WRAP_UP, _E.SUMMON): _S.RESERVED,
    **{(state, wish): To.WISH for state in (*IN_CONTACT, _S.WRAP_UP) for wish in _WISHES},
}


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """What the agent does, since when, and what follows.

    idle_since orders ready agents: the end of the last contact, or the moment of becoming ready.
    reason_id belongs to not_ready, and after_reason_id to a not_ready that is to follow.
    """

    agent_id: UUID
    state: AgentState
    since: datetime
    idle_since: datetime
    reason_id: UUID | None = None
    call_id: UUID | None = None
    after: AgentState = AgentState.READY
    after_reason_id: UUID | None = None
    wrap_up_until: datetime | None = None

    @classmethod
    def offline(cls, agent_id: UUID, now: datetime) -> "AgentStatus":
        return cls(agent_id, AgentState.OFFLINE, now, now)

    @property
    def in_contact(self) -> bool:
        return self.state in IN_CONTACT

    @property
    def takes_calls(self) -> bool:
        """Now, or as soon as the phone is free again."""
        return self.state is AgentState.READY or (
            self.in_contact and self.after is AgentState.READY
        )

    @property
    def comes_back(self) -> bool:
        """Takes calls now, or when what is under way, wrap-up included, is over."""
        return self.takes_calls or (
            self.state is AgentState.WRAP_UP and self.after is AgentState.READY
        )


def apply(
    status: AgentStatus,
    event: AgentEvent,
    now: datetime,
    *,
    call_id: UUID | None = None,
    reason_id: UUID | None = None,
    wrap_up_until: datetime | None = None,
    missed_to: AgentState = AgentState.NOT_READY,
) -> AgentStatus:
    """The status after `event`; raises IllegalEdge when the table has no such edge.

    call_id        the contact, with RESERVE, SUMMON and DIAL
    wrap_up_until  with HANG_UP: None means no wrap-up
    missed_to      with MISS: where the service's policy sends the agent
    """
    target = EDGES.get((status.state, event))
    if target is None:
        raise IllegalEdge(status.state, event)
    if event in _LOST and (status.state is _S.NOT_READY or status.after is not _S.READY):
        # Takes no further call anyway: a pause keeps its reason, a sign-out stays one.
        return status
    if target is To.WISH:
        return replace(status, after=WISHED[event], after_reason_id=reason_id)
    if target is To.WRAP_UP_OR_AFTER and wrap_up_until is not None:
        return replace(
            status,
            state=AgentState.WRAP_UP,
            since=now,
            idle_since=now,
            wrap_up_until=wrap_up_until,
        )
    if event is AgentEvent.MISS and status.after is AgentState.READY:
        status = replace(status, after=missed_to, after_reason_id=reason_id)
    if isinstance(target, To):
        if target is To.WRAP_UP_OR_AFTER:
            status = replace(status, idle_since=now)
        return _leave_contact(status, now)
    if target is AgentState.RESERVED:
        return _enter_contact(status, now, call_id)
    return replace(
        status,
        state=target,
        since=now,
        idle_since=now if target is AgentState.READY else status.idle_since,
        reason_id=reason_id,
    )


def _enter_contact(status: AgentStatus, now: datetime, call_id: UUID | None) -> AgentStatus:
    # Who was not ready, or still wrapping up, goes back there when the contact comes to nothing.
    after = status.after if status.state is AgentState.WRAP_UP else status.state
    reason = status.after_reason_id if status.state is AgentState.WRAP_UP else status.reason_id
    return replace(
        status,
        state=AgentState.RESERVED,
        since=now,
        call_id=call_id,
        after=after,
        after_reason_id=reason,
        reason_id=None,
        wrap_up_until=None,
    )


def _leave_contact(status: AgentStatus, now: datetime) -> AgentStatus:
    return AgentStatus(
        agent_id=status.agent_id,
        state=status.after,
        since=now,
        # An offer that came to nothing does not cost the agent the place in the order.
        idle_since=status.idle_since,
        reason_id=status.after_reason_id if status.after is AgentState.NOT_READY else None,
    )

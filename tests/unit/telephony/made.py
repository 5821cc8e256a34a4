"""Facts as the bridge makes them, by hypothesis and by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from callcenter.acd.agent import AgentState
from callcenter.calls.events import Fact, FactType
from callcenter.core.ids import fact_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOME, SERVICE = UUID(int=1), UUID(int=11)
CALLS = [UUID(int=n) for n in (100, 101, 102)]
AGENTS = [UUID(int=n) for n in (8001, 8002)]
LEGS = ["1.0", "1.1", "1.2"]


def fact(
    type_: FactType,
    seconds: float = 0,
    *,
    call: UUID | None = CALLS[0],
    agent: UUID | None = None,
    enterprise: UUID = HOME,
    **data: Any,
) -> Fact:
    at = NOW + timedelta(seconds=seconds)
    identity = fact_id(type_, call, agent, at, *data.values())
    return Fact(identity, type_, at, enterprise, call, agent, data)


def started(call: UUID = CALLS[0], seconds: float = 0, direction: str = "inbound") -> Fact:
    return fact(
        FactType.CALL_STARTED, seconds, call=call, direction=direction,
        customer="e164:+8613800000001", caller_name="张三 😀", language="en", access_number="02160000001",
        dialled="", display_number="", uniqueid="1.0", attempt_id=None, customer_id=None,
    )  # fmt: skip


def queued(call: UUID = CALLS[0], seconds: float = 0) -> Fact:
    at = (NOW + timedelta(seconds=seconds)).isoformat()
    return fact(
        FactType.CALL_QUEUED, seconds, call=call, service_id=str(SERVICE), priority=5, queued_at=at,
        language="en", language_chosen=True,
    )  # fmt: skip


def dequeued(reason: str, seconds: float = 0, call: UUID = CALLS[0]) -> Fact:
    return fact(FactType.CALL_DEQUEUED, seconds, call=call, service_id=str(SERVICE), reason=reason)


def connected(agent: UUID, seconds: float = 0, call: UUID = CALLS[0], service: bool = True) -> Fact:
    return fact(
        FactType.CALL_CONNECTED, seconds, call=call, agent=agent,
        service_id=str(SERVICE) if service else None, waited_seconds=1.5, uniqueid="1.1",
    )  # fmt: skip


def ended(call: UUID = CALLS[0], seconds: float = 0) -> Fact:
    return fact(
        FactType.CALL_ENDED, seconds, call=call, result="answered", ended_by="agent",
        estimated=False,
    )  # fmt: skip


def consult(step: str, agent: UUID, seconds: float = 0, call: UUID = CALLS[0]) -> Fact:
    """AGENTS[1] is asked."""
    return fact(
        FactType.CALL_CONSULT, seconds, call=call, agent=agent, target_kind="seat",
        target_value=str(AGENTS[1]), step=step,
    )  # fmt: skip


def transferred(form: str, agent: UUID, seconds: float = 0, call: UUID = CALLS[0]) -> Fact:
    return fact(
        FactType.CALL_TRANSFERRED, seconds, call=call, agent=agent, to_kind="seat",
        to_value=str(AGENTS[1]), form=form,
    )  # fmt: skip


def leg_started(leg: str = "1.0", call: UUID = CALLS[0], seconds: float = 0) -> Fact:
    return fact(
        FactType.LEG_STARTED, seconds, call=call, uniqueid=leg, channel=f"PJSIP/demo-{leg}",
        party="customer", number="13800000001",
    )  # fmt: skip


def leg(type_: FactType, uniqueid: str = "1.0", seconds: float = 0, **data: Any) -> Fact:
    return fact(type_, seconds, uniqueid=uniqueid, **data)


def leg_ended(uniqueid: str = "1.0", seconds: float = 0) -> Fact:
    return leg(FactType.LEG_ENDED, uniqueid, seconds, cause=16, estimated=False)


def state(agent: UUID, now: AgentState, seconds: float = 0, call: UUID | None = None) -> Fact:
    since = (NOW + timedelta(seconds=seconds)).isoformat()
    return fact(
        FactType.AGENT_STATE, seconds, call=call, agent=agent, state=now.value, reason_id=None,
        since=since, idle_since=since, after="ready", wrap_up_until=None, estimated=False,
    )  # fmt: skip


def wish(agent: UUID, after: str, seconds: float = 0, reason: UUID | None = None) -> Fact:
    return fact(
        FactType.AGENT_WISH, seconds, agent=agent, after=after,
        after_reason_id=str(reason) if reason else None, wrap_up_until=None,
    )  # fmt: skip


_calls, _agents, _legs = map(st.sampled_from, (CALLS, AGENTS, LEGS))
_moments = st.integers(0, 3600)
facts = st.one_of(
    st.builds(started, _calls, _moments),
    st.builds(queued, _calls, _moments),
    st.builds(dequeued, st.sampled_from(["connected", "abandoned"]), _moments, _calls),
    st.builds(connected, _agents, _moments, _calls),
    st.builds(ended, _calls, _moments),
    st.builds(
        consult, st.sampled_from(["started", "answered", "refused", "cancelled", "completed"]),
        _agents, _moments, _calls,
    ),
    st.builds(transferred, st.sampled_from(["blind", "consult"]), _agents, _moments, _calls),
    st.builds(leg_started, _legs, _calls, _moments),
    st.builds(
        leg, st.sampled_from([FactType.LEG_JOINED, FactType.LEG_LEFT]), _legs, _moments,
        bridge_id=st.sampled_from(["a", "b"]),
    ),
    st.builds(
        leg, st.sampled_from([FactType.LEG_ANSWERED, FactType.LEG_HELD, FactType.LEG_RESUMED]),
        _legs, _moments,
    ),
    st.builds(leg_ended, _legs, _moments),
    st.builds(wish, _agents, st.sampled_from(["ready", "offline"]), _moments),
    st.builds(state, _agents, st.sampled_from(AgentState), _moments, st.none() | _calls),
)  # fmt: skip
histories = st.lists(facts, max_size=40)

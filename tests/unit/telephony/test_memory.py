"""What is open, folded from facts, written down and read back."""

import json

import pytest
from hypothesis import given

from callcenter.acd.agent import AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallState, LegState
from callcenter.telephony.memory import Memory
from tests.unit.telephony.made import (
    AGENTS,
    CALLS,
    SERVICE,
    connected,
    dequeued,
    ended,
    histories,
    leg,
    leg_ended,
    leg_started,
    queued,
    started,
    state,
)

J = FactType.LEG_JOINED


def remember(*facts) -> Memory:
    memory = Memory()
    for fact in facts:
        memory.fold(fact)
    return memory


def reread(memory: Memory) -> Memory:
    return Memory(json.loads(json.dumps(memory.dump())))


def living(memory: Memory):
    return list(memory.live_calls()), list(memory.live_legs()), list(memory.statuses())


@given(histories)
def test_what_is_written_down_and_read_back_is_the_same(history) -> None:
    memory = remember(*history)
    assert living(reread(memory)) == living(memory)
    assert reread(memory).dump() == memory.dump()


@given(histories, histories)
def test_it_does_not_matter_where_the_checkpoint_was(before, after) -> None:
    straight = remember(*before, *after)
    restarted = reread(remember(*before))
    for fact in after:
        restarted.fold(fact)
    assert restarted.dump() == straight.dump()


@given(histories)
def test_what_is_over_leaves_nothing_behind(history) -> None:
    memory = remember(*history, *(ended(call, 4000) for call in CALLS))
    assert memory.calls == {}
    assert {row["call_id"] for row in memory.legs.values()} <= set()


def test_a_waiting_caller_waits_on_with_the_old_time() -> None:
    (call,) = remember(started(), queued(seconds=3)).live_calls()
    assert (call.state, call.service_id, call.queue_number) == (CallState.QUEUED, SERVICE, 1)
    assert call.in_queue
    assert call.queued_at.second == 3


def test_a_talk_is_a_talk_again() -> None:
    memory = remember(started(), queued(), connected(AGENTS[0], 5), dequeued("connected", 5))
    (call,) = memory.live_calls()
    assert (call.state, call.agent_id, call.in_queue) == (CallState.CONNECTED, AGENTS[0], False)
    assert call.waited_seconds == 1.5


def test_the_first_connection_is_when_it_began() -> None:
    (call,) = remember(started(), connected(AGENTS[0], 5), connected(AGENTS[1], 60)).live_calls()
    assert (call.connected_at.second, call.agent_id) == (5, AGENTS[1])


def test_who_was_being_dialled_still_is() -> None:
    (call,) = remember(started(direction="outbound")).live_calls()
    assert call.state is CallState.DIALLING


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], LegState.STARTED),
        ([leg(FactType.LEG_ANSWERED)], LegState.UP),
        ([leg(FactType.LEG_ANSWERED), leg(J, bridge_id="b")], LegState.JOINED),
        ([leg(J, bridge_id="b")], LegState.STARTED),
        (
            [leg(FactType.LEG_ANSWERED), leg(J, bridge_id="b"), leg(FactType.LEG_HELD)],
            LegState.HELD,
        ),
        (
            [
                leg(FactType.LEG_ANSWERED),
                leg(J, bridge_id="b"),
                leg(FactType.LEG_HELD),
                leg(FactType.LEG_RESUMED),
            ],
            LegState.JOINED,
        ),
    ],
)
def test_a_leg_stands_where_it_stood(history, expected) -> None:
    (restored,) = remember(started(), leg_started(), *history).live_legs()
    assert restored.state is expected


def test_a_leg_that_left_its_bridge_is_in_none() -> None:
    memory = remember(
        started(), leg_started(), leg(FactType.LEG_ANSWERED), leg(J, bridge_id="a"),
        leg(FactType.LEG_LEFT, bridge_id="a"), leg(J, bridge_id="b", seconds=2),
        leg(FactType.LEG_LEFT, seconds=3, bridge_id="b"),
    )  # fmt: skip
    (restored,) = memory.live_legs()
    assert (restored.bridge_id, restored.left_bridge_id, restored.joins) == ("", "b", 2)
    assert restored.state is LegState.UP


def test_ended_legs_are_remembered_by_name_and_not_for_ever() -> None:
    memory = remember(started(), leg_started(), leg_ended())
    assert memory.legs == {}
    assert list(reread(memory).ended) == ["1.0"]
    for number in range(3_000):
        memory.fold(leg_ended(f"2.{number}"))
    assert len(memory.ended) == 2_000
    assert "1.0" not in memory.ended


def test_an_agent_is_in_the_last_state() -> None:
    memory = remember(
        state(AGENTS[0], AgentState.READY), state(AGENTS[0], AgentState.RINGING, 5, CALLS[0])
    )
    (status,) = memory.statuses()
    assert (status.state, status.call_id) == (AgentState.RINGING, CALLS[0])

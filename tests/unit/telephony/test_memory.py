"""What is open, folded from facts, written down and read back."""

import json

import pytest
from hypothesis import given

from callcenter.acd.agent import AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallState, LegState
from callcenter.telephony.live import Consult, Target, TargetKind, Transfer
from callcenter.telephony.memory import Memory
from tests.unit.telephony.made import (
    AGENTS,
    CALLS,
    SERVICE,
    connected,
    consult,
    dequeued,
    ended,
    histories,
    leg,
    leg_ended,
    leg_started,
    queued,
    started,
    state,
    transferred,
    wish,
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
    for agent in AGENTS:  # who wraps up keeps the call on the desk until then
        memory.fold(state(agent, AgentState.READY, 4001))
    assert memory.calls == {}
    assert {row["call_id"] for row in memory.legs.values()} <= set()


def test_a_waiting_caller_waits_on_with_the_old_time() -> None:
    (call,) = remember(started(), queued(seconds=3)).live_calls()
    assert (call.state, call.service_id, call.queue_number) == (CallState.QUEUED, SERVICE, 1)
    assert call.in_queue
    assert call.queued_at.second == 3
    assert (call.language, call.language_chosen) == ("en", True)


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


def consulted(*steps: str) -> Memory:
    """AGENTS[0] asks AGENTS[1] about the caller."""
    return remember(
        started(), connected(AGENTS[0], 5), state(AGENTS[0], AgentState.CONSULTING, 6, CALLS[0]),
        *(consult(step, AGENTS[0], 7 + n) for n, step in enumerate(steps)),
    )  # fmt: skip


def test_a_consultation_is_known_with_whom_and_how_far() -> None:
    (call,) = reread(consulted("started", "answered")).live_calls()
    target = Target(TargetKind.SEAT, str(AGENTS[1]))
    assert call.consult == Consult(AGENTS[0], target, colleague_id=AGENTS[1], answered=True)
    assert call.state is CallState.CONSULTING


def test_a_consultation_that_is_being_completed_is_not_begun_anew() -> None:
    memory = consulted("started", "answered")
    memory.fold(transferred("consult", AGENTS[0], 9))
    (call,) = reread(memory).live_calls()
    assert (call.consult.closing, call.transfer, call.transfers_made) == (True, None, 1)


@pytest.mark.parametrize("step", ["completed", "cancelled"])
def test_a_consultation_that_is_over_is_forgotten(step) -> None:
    (call,) = consulted("started", "answered", step).live_calls()
    assert (call.consult, call.state) == (None, CallState.CONNECTED)


def test_after_a_refusal_the_customer_is_held_until_the_agent_talks_again() -> None:
    memory = consulted("started", "refused")
    (call,) = reread(memory).live_calls()
    assert call.consult.refused
    memory.fold(state(AGENTS[0], AgentState.TALKING, 9, CALLS[0]))
    (call,) = memory.live_calls()
    assert call.consult is None


def test_a_transfer_is_known_until_somebody_has_taken_the_call() -> None:
    memory = remember(started(), connected(AGENTS[0], 5), transferred("blind", AGENTS[0], 9))
    (call,) = reread(memory).live_calls()
    assert call.transfer == Transfer(AGENTS[0], Target(TargetKind.SEAT, str(AGENTS[1])))
    assert call.state is CallState.TRANSFERRING
    memory.fold(connected(AGENTS[1], 12))
    (call,) = memory.live_calls()
    assert (call.transfer, call.state) == (None, CallState.CONNECTED)


def test_an_ended_call_stays_on_the_desk_of_who_wraps_it_up() -> None:
    memory = remember(
        started(), connected(AGENTS[0], 5), state(AGENTS[0], AgentState.WRAP_UP, 9, CALLS[0]),
        ended(seconds=9),
    )  # fmt: skip
    (call,) = reread(memory).live_calls()
    assert (call.state, call.result, call.ended_at.second) == (CallState.ENDED, "answered", 9)
    memory.fold(state(AGENTS[0], AgentState.READY, 30))
    assert memory.calls == {}


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


def test_what_an_agent_wished_in_the_middle_of_a_talk_follows_it() -> None:
    memory = remember(
        state(AGENTS[0], AgentState.TALKING, 5, CALLS[0]), wish(AGENTS[0], "not_ready", 7, SERVICE)
    )
    (status,) = reread(memory).statuses()
    assert (status.state, status.after) == (AgentState.TALKING, AgentState.NOT_READY)
    assert status.after_reason_id == SERVICE
    assert status.since.second == 5

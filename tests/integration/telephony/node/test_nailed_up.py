"""Agents whose phone stays on the line: joined at once, a leg of each call once, found again."""

from itertools import pairwise

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.models import CallLeg
from callcenter.telephony.live import Target, TargetKind
from callcenter.telephony.nails import nail_id
from deploy.lab.call import LabCall
from deploy.lab.script import Speak
from tests.support.centre import NUMBER, Centre, until

pytestmark = pytest.mark.integration
CALLER, ANOTHER = "13800000001", "13800000002"


async def line_of(centre: Centre, seat: str = "8001") -> LabCall:
    """The seat is ready and its phone on the line."""
    await centre.nail_up(seat)
    await centre.sign_in(seat)
    phone = await centre.network.rings(centre.phone(seat))
    assert "answer-after=0" in await phone.header("Call-Info")
    await phone.answer()
    await line_waits(centre, seat)
    return phone


async def line_waits(centre: Centre, seat: str = "8001") -> None:
    lines = centre.node.tracker.nails.lines
    nail = nail_id(centre.agents[seat])
    await until(lambda: nail in lines and lines[nail].waiting, "the line waits", lambda: lines)


async def talk(centre: Centre, number: str = CALLER) -> LabCall:
    caller = await centre.network.call(NUMBER, number, script=[Speak("你好")])
    await centre.has_state("8001", AgentState.TALKING)
    return caller


def agent_legs(centre: Centre) -> list[CallLeg]:
    return [leg for leg in centre.legs() if leg.party == "agent"]


async def test_callers_are_joined_in_turn_without_a_ring_and_each_call_has_its_leg_once(
    centre: Centre,
) -> None:
    phone = await line_of(centre)
    for number in (CALLER, ANOTHER):
        await centre.has_state("8001", AgentState.READY)
        caller = await talk(centre, number)
        await caller.hang_up()
        await centre.has_state("8001", AgentState.WRAP_UP)
    await centre.ended_call(2)
    await until(lambda: len(agent_legs(centre)) == 2, "two legs", lambda: agent_legs(centre))
    assert not phone.ended.is_set()
    calls = centre.calls()
    assert [call.result for call in calls] == ["answered", "answered"]
    assert [call.ended_by for call in calls] == ["customer", "customer"]
    assert [leg.call_id for leg in agent_legs(centre)] == [call.id for call in calls]
    assert all(leg.state == "ended" and leg.joined_seconds > 0 for leg in centre.legs())
    await until(lambda: "ready" in centre.states("8001")[-1], "told", lambda: centre.states("8001"))
    of_a_call = ["reserved", "talking", "wrap_up", "ready"]
    assert centre.states("8001") == ["not_ready", "ready", *of_a_call, *of_a_call]
    print_joining(centre)


def print_joining(centre: Centre) -> None:
    """From the match to both in one bridge; told, not asserted: the machine may be busy."""
    facts = [f for f in centre.facts() if f.type in ("call.offered", "leg.joined")]
    for offered, *joins in zip(facts, facts[1:], facts[2:], strict=False):
        if offered.type == "call.offered":
            assert offered.data["form"] == "nailed_up"
            milliseconds = (max(j.at for j in joins) - offered.at).total_seconds() * 1000
            print(f"match to both in the bridge: {milliseconds:.1f} ms")  # noqa: T201 (a figure to read)


async def test_hanging_up_by_command_ends_the_customer_and_keeps_the_line(centre: Centre) -> None:
    phone = await line_of(centre)
    caller = await talk(centre)
    (call_id,) = centre.node.board.calls
    await centre.node.control.hang_up(centre.agents["8001"], call_id)
    await caller.ended.wait()
    await centre.has_state("8001", AgentState.WRAP_UP)
    assert (await centre.ended_call()).ended_by == "agent"
    assert not phone.ended.is_set()
    await line_waits(centre)


async def test_a_phone_that_leaves_the_line_is_called_anew_when_the_agent_is_ready_again(
    centre: Centre,
) -> None:
    phone = await line_of(centre)
    caller = await talk(centre)
    await phone.hang_up()
    await caller.ended.wait()
    await centre.has_state("8001", AgentState.WRAP_UP)
    assert (await centre.ended_call()).ended_by == "agent"
    again = await centre.network.rings(centre.phone("8001"))
    await again.answer()
    await line_waits(centre)
    await talk(centre, ANOTHER)


async def test_a_line_that_dies_between_calls_makes_the_agent_not_ready(centre: Centre) -> None:
    phone = await line_of(centre)
    await phone.hang_up()
    await centre.has_state("8001", AgentState.NOT_READY)


async def test_a_phone_that_refuses_the_line_is_offered_no_call(centre: Centre) -> None:
    await centre.nail_up("8001")
    await centre.sign_in("8001")
    phone = await centre.network.rings(centre.phone("8001"))
    assert centre.node.matcher.ready_in(centre.service) == 0
    await phone.hang_up(17)
    await centre.has_state("8001", AgentState.NOT_READY)


async def test_signing_out_lets_the_line_go(centre: Centre) -> None:
    phone = await line_of(centre)
    centre.node.agents.fire(centre.agents["8001"], AgentEvent.SIGN_OUT)
    await phone.ended.wait()
    assert centre.state("8001") is AgentState.OFFLINE


@pytest.mark.parametrize("end", ["complete", "cancel"])
async def test_a_consultation_from_the_line(centre: Centre, end: str) -> None:
    phone = await line_of(centre)
    caller = await talk(centre)
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    control, agent = centre.node.control, centre.agents["8001"]
    await control.consult(agent, call_id, Target(TargetKind.SEAT, str(centre.agents["8002"])))
    colleague = await centre.network.rings(centre.phone("8002"))
    await centre.has_state("8001", AgentState.CONSULTING)
    await colleague.answer()
    await centre.has_state("8002", AgentState.TALKING)
    if end == "complete":
        await control.consult_complete(agent, call_id)
        await centre.has_state("8001", AgentState.WRAP_UP)
        assert centre.state("8002") is AgentState.TALKING
    else:
        await control.consult_cancel(agent, call_id)
        await centre.has_state("8001", AgentState.TALKING)
        await centre.has_state("8002", AgentState.READY)
    assert not caller.ended.is_set()
    await caller.hang_up()
    call = await centre.ended_call()
    assert call.agent_id == (centre.agents["8002"] if end == "complete" else agent)
    assert not phone.ended.is_set()
    await line_waits(centre)
    await until(lambda: all(leg.state == "ended" for leg in centre.legs()), "all legs ended")
    assert {leg.call_id for leg in centre.legs()} == {call.id}
    assert len(agent_legs(centre)) == 2


async def test_a_transfer_from_the_line_rings_the_colleague_in_the_same_call(
    centre: Centre,
) -> None:
    await line_of(centre)
    caller = await talk(centre)
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    target = Target(TargetKind.SEAT, str(centre.agents["8002"]))
    await centre.node.control.transfer(centre.agents["8001"], call_id, target)
    colleague = await centre.network.rings(centre.phone("8002"))
    await centre.has_state("8001", AgentState.WRAP_UP)
    # The line serves the next caller, while the first one's channel still bears its Linkedid.
    await centre.has_state("8001", AgentState.READY)
    second = await talk(centre, ANOTHER)
    await colleague.answer()
    await centre.has_state("8002", AgentState.TALKING)
    assert centre.node.agents.status(centre.agents["8002"]).call_id == call_id
    await caller.hang_up()
    assert (await centre.ended_call()).agent_id == centre.agents["8002"]
    await second.hang_up()
    await centre.ended_call(2)


async def test_a_new_process_finds_the_talk_and_the_line_and_invents_nothing(
    centre: Centre,
) -> None:
    phone = await line_of(centre)
    caller = await talk(centre)
    (call_id,) = centre.node.board.calls
    await until(lambda: len(agent_legs(centre)) == 1, "the leg is in the ledger")
    await centre.replace_node()
    assert list(centre.node.board.calls) == [call_id]
    assert centre.state("8001") is AgentState.TALKING
    assert centre.node.drift == 0
    await caller.hang_up()
    await centre.has_state("8001", AgentState.WRAP_UP)
    await centre.has_state("8001", AgentState.READY)
    second = await talk(centre, ANOTHER)
    await second.hang_up()
    await centre.ended_call(2)
    await until(lambda: all(leg.state == "ended" for leg in centre.legs()), "all legs ended")
    assert len(centre.legs()) == 4
    assert not phone.ended.is_set()


async def test_a_talk_that_ended_while_nobody_looked_is_told_from_cel(centre: Centre) -> None:
    phone = await line_of(centre)
    caller = await talk(centre)
    await until(lambda: len(agent_legs(centre)) == 1, "the leg is in the ledger")
    await centre.stop_node()
    await caller.hang_up()
    await caller.ended.wait()
    await centre.begin_anew()
    call = await centre.ended_call()
    (leg,) = agent_legs(centre)
    assert not leg.estimated
    assert (leg.ended_at, call.result) == (call.ended_at, "answered") or leg.ended_at
    await line_waits(centre)
    assert not phone.ended.is_set()
    facts = [fact.at for fact in centre.facts() if fact.type == "call.ended"]
    assert all(earlier <= later for earlier, later in pairwise(facts))

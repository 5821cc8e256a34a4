"""A node that comes back finds rings, consultations and transfers as Asterisk has them by then."""

from contextlib import suppress

import pytest

from callcenter.acd.agent import AgentState
from callcenter.telephony.live import Target, TargetKind
from callcenter.telephony.session import SessionGone
from deploy.lab.call import LabCall
from tests.support.centre import NUMBER, Centre, until

pytestmark = pytest.mark.integration
S = AgentState


async def talk(centre: Centre) -> tuple[LabCall, LabCall]:
    """8001 talks with a caller; the two phones."""
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, "13800000001")
    agent = await centre.network.rings(centre.phone("8001"))
    await agent.answer()
    await centre.has_state("8001", S.TALKING)
    return caller, agent


def seat(centre: Centre, code: str) -> Target:
    return Target(TargetKind.SEAT, str(centre.agents[code]))


async def consult(centre: Centre, *, answered: bool) -> tuple[LabCall, LabCall, LabCall]:
    """8001 asks 8002 about the caller, who is held."""
    caller, agent = await talk(centre)
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    await centre.node.control.consult(centre.agents["8001"], call_id, seat(centre, "8002"))
    colleague = await centre.network.rings(centre.phone("8002"))
    if answered:
        await colleague.answer()
        await centre.has_state("8002", S.TALKING)
    return caller, agent, colleague


async def goes_on(centre: Centre) -> None:
    """The new node's picture has the caller's call, and agents are on the phone as they were."""
    assert centre.state("8001") is S.CONSULTING
    (call,) = centre.node.board.calls.values()
    assert call.consult is not None


async def test_a_consultation_goes_on_and_can_be_completed(centre: Centre) -> None:
    caller, _, _ = await consult(centre, answered=True)
    await centre.replace_node()
    await goes_on(centre)
    (call_id,) = centre.node.board.calls
    await centre.node.control.consult_complete(centre.agents["8001"], call_id)
    await centre.has_state("8001", S.WRAP_UP)
    call = centre.node.board.calls[call_id]
    await until(lambda: call.agent_id == centre.agents["8002"], "the colleague has the call")
    assert centre.state("8002") is S.TALKING
    await caller.hang_up()
    ended = await centre.ended_call()
    assert (ended.transfers, ended.agent_id) == (1, centre.agents["8002"])


async def test_a_colleague_who_was_rung_meanwhile_answers_and_the_customer_comes_back(
    centre: Centre,
) -> None:
    caller, _, colleague = await consult(centre, answered=False)
    await centre.replace_node()
    await goes_on(centre)
    assert centre.state("8002") is S.RINGING
    await colleague.answer()
    await centre.has_state("8002", S.TALKING)
    (call_id,) = centre.node.board.calls
    await centre.node.control.consult_cancel(centre.agents["8001"], call_id)
    await centre.has_state("8001", S.TALKING)
    await centre.has_state("8002", S.READY)
    assert not caller.ended.is_set()
    await caller.hang_up()
    assert (await centre.ended_call()).agent_id == centre.agents["8001"]


@pytest.mark.parametrize("answered", [True, False], ids=["talking", "ringing"])
async def test_a_colleague_who_left_meanwhile_brings_the_customer_back(
    centre: Centre, answered: bool
) -> None:
    caller, agent, colleague = await consult(centre, answered=answered)
    await centre.stop_node()
    await colleague.hang_up(17)
    await colleague.ended.wait()
    await centre.begin_anew()
    if not answered:  # as asked for: the colleague is rung again, and refuses
        await (await centre.network.rings(centre.phone("8002"))).hang_up(17)
    await centre.has_state("8001", S.TALKING)
    await centre.has_state("8002", S.READY)
    assert not caller.ended.is_set()
    assert not agent.ended.is_set()
    await agent.hang_up()
    await caller.ended.wait()
    assert (await centre.ended_call()).ended_by == "agent"


@pytest.mark.parametrize("when", ["meanwhile", "afterwards"])
async def test_an_agent_who_hung_up_leaves_nobody_with_the_music(centre: Centre, when: str) -> None:
    caller, agent, colleague = await consult(centre, answered=True)
    await centre.stop_node()
    if when == "meanwhile":
        await agent.hang_up()
        await colleague.ended.wait()
    await centre.begin_anew()
    if when == "afterwards":
        await goes_on(centre)
        await agent.hang_up()
    await centre.has_state("8001", S.WRAP_UP)
    again = await centre.network.rings(centre.phone("8002"))
    await again.answer()
    await centre.has_state("8002", S.TALKING)
    await caller.hang_up()
    assert (await centre.ended_call()).agent_id == centre.agents["8002"]


async def test_a_transfer_under_way_goes_on_to_its_target(centre: Centre) -> None:
    caller, _ = await talk(centre)
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    await centre.node.control.transfer(centre.agents["8001"], call_id, seat(centre, "8002"))
    colleague = await centre.network.rings(centre.phone("8002"))
    await centre.stop_node()
    await colleague.hang_up(17)
    await centre.begin_anew()
    again = await centre.network.rings(centre.phone("8002"))
    await again.answer()
    await centre.has_state("8002", S.TALKING)
    assert not caller.ended.is_set()
    await caller.hang_up()
    call = await centre.ended_call()
    assert (call.transfers, call.agent_id) == (1, centre.agents["8002"])


@pytest.mark.parametrize("meanwhile", ["answers", "refuses", "rings on"])
async def test_an_agent_who_was_rung_is_where_the_phone_is(centre: Centre, meanwhile: str) -> None:
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, "13800000001")
    ringing = await centre.network.rings(centre.phone("8001"))
    await centre.stop_node()
    if meanwhile == "answers":
        await ringing.answer()
    elif meanwhile == "refuses":
        await ringing.hang_up(17)
    await centre.begin_anew()
    if meanwhile == "rings on":
        assert centre.state("8001") is S.RINGING
    if meanwhile != "answers":
        # Nobody watched the first ringing, so it was no missed call: rung again, at the old place.
        ringing = await centre.network.rings(centre.phone("8001"))
        with suppress(SessionGone):
            await ringing.answer()
    await centre.has_state("8001", S.TALKING)
    await caller.hang_up()
    call = await centre.ended_call()
    assert call.result == "answered"
    queued = [fact for fact in centre.facts() if fact.type == "call.queued"]
    assert len(queued) == 1

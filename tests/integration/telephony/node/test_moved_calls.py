"""Transfers, consultations, calls out, listening: by command, on real channels."""

import asyncio
from contextlib import suppress

import pytest

from callcenter.acd.agent import AgentState
from callcenter.telephony import control
from callcenter.telephony.control import DialRequest, Refused
from callcenter.telephony.live import Target, TargetKind
from callcenter.telephony.session import SessionGone
from deploy.lab.call import LabCall
from deploy.lab.script import Speak
from tests.support.centre import NUMBER, Centre, until

pytestmark = pytest.mark.integration
CALLER = "13800000001"


async def talk(centre: Centre) -> tuple[LabCall, LabCall]:
    """8001 talks with a caller; the two phones."""
    caller = await centre.network.call(NUMBER, CALLER, script=[Speak("你好")])
    agent = await centre.network.rings(centre.phone("8001"))
    await agent.answer()
    await centre.has_state("8001", AgentState.TALKING)
    return caller, agent


def seat(centre: Centre, code: str) -> Target:
    return Target(TargetKind.SEAT, str(centre.agents[code]))


async def test_a_blind_transfer_leaves_the_customer_with_the_colleague(centre: Centre) -> None:
    await centre.sign_in("8001")
    caller, _ = await talk(centre)
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    await centre.node.control.transfer(centre.agents["8001"], call_id, seat(centre, "8002"))
    colleague = await centre.network.rings(centre.phone("8002"))
    await colleague.answer()
    await centre.has_state("8002", AgentState.TALKING)
    await centre.has_state("8001", AgentState.WRAP_UP)
    await caller.hang_up()
    call = await centre.ended_call()
    assert (call.transfers, call.agent_id, call.result) == (1, centre.agents["8002"], "answered")


async def test_a_transfer_that_nobody_takes_comes_back(centre: Centre) -> None:
    await centre.sign_in("8001")
    caller, _ = await talk(centre)
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    await centre.node.control.transfer(centre.agents["8001"], call_id, seat(centre, "8002"))
    colleague = await centre.network.rings(centre.phone("8002"))
    await colleague.hang_up(17)
    again = await centre.network.rings(centre.phone("8001"))
    await again.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await caller.hang_up()
    assert (await centre.ended_call()).agent_id == centre.agents["8001"]


async def test_who_is_given_to_voicemail_leaves_a_message_and_the_agent_is_free(
    centre: Centre,
) -> None:
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, CALLER, script=[Speak("请给我回电话。")] * 12)
    agent = await centre.network.rings(centre.phone("8001"))
    await agent.answer()
    await centre.has_state("8001", AgentState.TALKING)
    (call_id,) = centre.node.board.calls
    box = Target(TargetKind.VOICEMAIL, str(centre.service))
    await centre.node.control.transfer(centre.agents["8001"], call_id, box)
    await centre.has_state("8001", AgentState.WRAP_UP)
    kept = centre.settings.paths.recordings / "voicemail"
    await until(lambda: any(one.stat().st_size > 30_000 for one in kept.rglob("*.wav")), "spoken")
    await caller.hang_up()
    call = await centre.ended_call()
    assert (call.result, call.agent_id, call.transfers) == ("answered", centre.agents["8001"], 1)
    (left,) = [fact for fact in centre.facts() if fact.type == "voicemail.left"]
    assert (left.call_id, left.data["target_id"]) == (call.id, str(centre.service))
    assert call.ended_at
    assert call.connected_at
    whole = (call.ended_at - call.connected_at).total_seconds()
    assert call.talk_seconds < whole - left.data["seconds"]
    assert centre.node.board.illegal_edges == 0


async def test_a_consultation_is_completed_and_the_record_goes_over(centre: Centre) -> None:
    await centre.sign_in("8001")
    caller, _ = await talk(centre)
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    control, agent = centre.node.control, centre.agents["8001"]
    await control.consult(agent, call_id, seat(centre, "8002"))
    colleague = await centre.network.rings(centre.phone("8002"))
    await centre.has_state("8001", AgentState.CONSULTING)
    await colleague.answer()
    await centre.has_state("8002", AgentState.TALKING)
    await control.consult_complete(agent, call_id)
    await centre.has_state("8001", AgentState.WRAP_UP)
    call = centre.node.board.calls[call_id]
    await until(lambda: call.agent_id == centre.agents["8002"], "the colleague has the call")
    assert centre.state("8002") is AgentState.TALKING
    assert not caller.ended.is_set()
    await caller.hang_up()
    ended = await centre.ended_call()
    assert (ended.transfers, ended.agent_id) == (1, centre.agents["8002"])


async def test_a_consultation_is_cancelled_and_the_customer_is_back(centre: Centre) -> None:
    await centre.sign_in("8001")
    caller, _ = await talk(centre)
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    control, agent = centre.node.control, centre.agents["8001"]
    await control.consult(agent, call_id, seat(centre, "8002"))
    colleague = await centre.network.rings(centre.phone("8002"))
    await colleague.answer()
    await centre.has_state("8002", AgentState.TALKING)
    await control.consult_cancel(agent, call_id)
    await centre.has_state("8001", AgentState.TALKING)
    await centre.has_state("8002", AgentState.READY)
    assert not caller.ended.is_set()
    await caller.hang_up()
    assert (await centre.ended_call()).agent_id == agent


async def test_a_refused_consultation_brings_the_customer_back_by_itself(centre: Centre) -> None:
    await centre.sign_in("8001")
    caller, _ = await talk(centre)
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    await centre.node.control.consult(centre.agents["8001"], call_id, seat(centre, "8002"))
    colleague = await centre.network.rings(centre.phone("8002"))
    await colleague.hang_up(17)
    await centre.has_state("8001", AgentState.TALKING)
    await caller.hang_up()
    await centre.ended_call()
    facts = [f.data["step"] for f in centre.facts() if f.type == "call.consult"]
    assert facts[:2] == ["started", "refused"]


async def test_an_agents_new_phone_takes_the_place_of_the_one_that_is_gone(centre: Centre) -> None:
    await centre.sign_in("8001")
    caller, before = await talk(centre)
    (call_id,) = centre.node.board.calls
    rejoining = asyncio.create_task(centre.node.control.rejoin(centre.agents["8001"], call_id))
    again = await centre.network.rings(centre.phone("8001"))
    await again.answer()
    await rejoining
    await before.ended.wait()
    assert centre.state("8001") is AgentState.TALKING
    assert not caller.ended.is_set()
    await again.hang_up()
    await caller.ended.wait()
    call = await centre.ended_call()
    assert (call.ended_by, call.agent_id) == ("agent", centre.agents["8001"])
    connected = [fact for fact in centre.facts() if fact.type == "call.connected"]
    assert len(connected) == 1
    assert len({leg.call_id for leg in centre.legs()}) == 1


async def test_who_hangs_up_while_the_new_phone_rings_does_not_get_the_talk_back(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "OWN_SECONDS", 3)
    await centre.sign_in("8001")
    caller, before = await talk(centre)
    (call_id,) = centre.node.board.calls
    agent = centre.agents["8001"]
    rejoining = asyncio.create_task(centre.node.control.rejoin(agent, call_id))
    again = await centre.network.rings(centre.phone("8001"))
    await centre.node.control.hang_up(agent, call_id)
    await caller.ended.wait()
    await before.ended.wait()
    await again.ended.wait()
    with pytest.raises(Refused):
        await rejoining
    call = await centre.ended_call()
    assert (call.ended_by, call.agent_id) == ("agent", agent)
    await centre.has_state("8001", AgentState.WRAP_UP)


async def test_the_customer_of_an_agent_whose_page_is_gone_is_served_by_another(
    centre: Centre,
) -> None:
    await centre.sign_in("8001")
    caller, before = await talk(centre)
    await centre.sign_in("8002")
    centre.node.agents.phone(centre.phone("8001"), registered=False)
    await centre.node.control.desert(centre.agents["8001"])
    again = await centre.network.rings(centre.phone("8002"))
    await again.answer()
    await centre.has_state("8002", AgentState.TALKING)
    await centre.has_state("8001", AgentState.WRAP_UP)
    await before.ended.wait()
    await caller.hang_up()
    assert (await centre.ended_call()).agent_id == centre.agents["8002"]


async def test_a_call_out_rings_the_agent_first_and_then_the_customer(centre: Centre) -> None:
    await centre.sign_in("8001")
    request = DialRequest(number="13900000060", display_number=NUMBER)
    await centre.node.control.dial(centre.agents["8001"], request)
    agent = await centre.network.rings(centre.phone("8001"))
    assert centre.state("8001") is AgentState.RESERVED
    await agent.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await agent.hang_up()
    call = await centre.ended_call()
    assert (call.direction, call.result, call.ended_by) == ("outbound", "answered", "agent")
    assert call.customer_number == "e164:+8613900000060"


@pytest.mark.parametrize(
    ("number", "result"), [("13900000020", "busy"), ("13900000030", "unallocated")]
)
async def test_a_call_out_that_fails_says_why_and_frees_the_agent(
    centre: Centre, number: str, result: str
) -> None:
    await centre.sign_in("8001")
    await centre.node.control.dial(centre.agents["8001"], DialRequest(number, NUMBER))
    agent = await centre.network.rings(centre.phone("8001"))
    with suppress(SessionGone):  # it may be over before the phone has done with answering
        await agent.answer()
    await centre.has_state("8001", AgentState.READY)
    assert (await centre.ended_call()).result == result

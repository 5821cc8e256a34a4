"""A caller, the queue, an agent's phone, the ledger: on a real Asterisk."""

import pytest

from callcenter.acd.agent import AgentState
from deploy.lab.script import Speak
from tests.support.centre import NUMBER, Centre, until

pytestmark = pytest.mark.integration
CALLER = "13800000001"


async def test_a_caller_reaches_the_ready_agent_and_the_ledger_tells_it_once(
    centre: Centre,
) -> None:
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, CALLER, "张三", [Speak("你好")])
    ringing = await centre.network.rings(centre.phone("8001"))
    await centre.has_state("8001", AgentState.RINGING)
    await ringing.answer()
    await centre.has_state("8001", AgentState.TALKING)

    await caller.hang_up()
    await centre.has_state("8001", AgentState.WRAP_UP)
    await centre.has_state("8001", AgentState.READY)

    call = await centre.ended_call()
    assert (call.result, call.ended_by, call.direction) == ("answered", "customer", "inbound")
    assert (call.agent_id, call.service_id) == (centre.agents["8001"], centre.service)
    assert call.customer_number == f"e164:+86{CALLER}"
    assert {leg.party for leg in centre.legs()} == {"customer", "agent"}
    assert all(leg.state == "ended" for leg in centre.legs())
    states = ["not_ready", "ready", "reserved", "ringing", "talking", "wrap_up", "ready"]
    await until(lambda: centre.states("8001") == states, "told", lambda: centre.states("8001"))


async def test_who_does_not_answer_is_not_rung_again_and_the_next_agent_gets_the_caller(
    centre: Centre,
) -> None:
    await centre.sign_in("8001", "8002")
    await centre.network.call(NUMBER, CALLER)
    await centre.network.rings(centre.phone("8001"))
    await centre.has_state("8001", AgentState.NOT_READY)
    second = await centre.network.rings(centre.phone("8002"))
    await second.answer()
    await centre.has_state("8002", AgentState.TALKING)
    await second.hang_up()
    call = await centre.ended_call()
    assert (call.offers, call.agent_id, call.ended_by) == (2, centre.agents["8002"], "agent")


async def test_a_caller_who_hangs_up_while_it_rings_sets_the_agent_free(centre: Centre) -> None:
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, CALLER)
    await centre.network.rings(centre.phone("8001"))
    await centre.has_state("8001", AgentState.RINGING)
    await caller.hang_up()
    await centre.has_state("8001", AgentState.READY)
    assert (await centre.ended_call()).result == "abandoned"


async def test_a_caller_waits_until_somebody_is_ready(centre: Centre) -> None:
    caller = await centre.network.call(NUMBER, CALLER)
    waiting = centre.node.matcher.waiting_in
    await until(lambda: len(waiting(centre.service)) == 1, "one waits")
    await centre.sign_in("8003")
    ringing = await centre.network.rings(centre.phone("8003"))
    await ringing.answer()
    await centre.has_state("8003", AgentState.TALKING)
    await caller.hang_up()
    call = await centre.ended_call()
    assert call.waited_seconds is not None
    assert call.waited_seconds > 0

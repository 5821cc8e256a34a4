"""A supervisor hears both sides of a talk, goes with it to a colleague, and is heard by nobody."""

import time
from dataclasses import dataclass

import numpy as np
import pytest

from callcenter.acd.agent import AgentState
from callcenter.telephony.live import Target, TargetKind
from deploy.lab.call import LabCall
from tests.support.centre import NUMBER, Centre, until
from tests.support.sound import SILENT, SPOKEN, Moments, level, read_channels

pytestmark = pytest.mark.integration
SAYS = "您好，我想问一下。"
SUPERVISOR = "8003"


@dataclass
class Ear:
    """What came to a phone, from the moment it was picked up."""

    call: LabCall
    since: float

    @classmethod
    async def picks_up(cls, centre: Centre, seat: str) -> "Ear":
        phone = await centre.network.rings(centre.phone(seat))
        await phone.answer()
        return cls(phone, time.time())

    async def heard(self, moments: Moments, what: str) -> float:
        samples: np.ndarray = read_channels(await self.call.sound())[0]
        return level(moments.cut(samples, self.since, what))


async def test_both_sides_are_heard_the_listener_is_not_and_follows_a_transfer(
    centre: Centre,
) -> None:
    await centre.sign_in("8001")
    caller = Ear(await centre.network.call(NUMBER, "13800000001"), 0)
    agent = await Ear.picks_up(centre, "8001")
    await centre.has_state("8001", AgentState.TALKING)
    caller.since = time.time()
    first = await centre.node.control.listen(centre.agents[SUPERVISOR], centre.agents["8001"])
    supervisor = await Ear.picks_up(centre, SUPERVISOR)
    spied = await centre.node.ami.list({"Action": "CoreShowChannels"})
    assert [each.get("Application") for each in spied].count("ChanSpy") == 1

    moments = Moments()
    await moments.during("caller", caller.call.speak(SAYS))
    await moments.during("agent", agent.call.speak(SAYS))
    await moments.during("supervisor", supervisor.call.speak(SAYS))
    await centre.sign_in("8002")
    (call_id,) = centre.node.board.calls
    target = Target(TargetKind.SEAT, str(centre.agents["8002"]))
    await centre.node.control.transfer(centre.agents["8001"], call_id, target)
    colleague = await Ear.picks_up(centre, "8002")
    await centre.has_state("8002", AgentState.TALKING)
    await moments.during("colleague", colleague.call.speak(SAYS))
    assert not supervisor.call.ended.is_set()
    await centre.node.control.stop_listening(centre.enterprise, first)
    await supervisor.call.ended.wait()
    assert not caller.call.ended.is_set()
    await caller.call.hang_up()
    await centre.ended_call()

    for who in ("caller", "agent", "colleague"):
        assert await supervisor.heard(moments, who) > SPOKEN, who
    assert await caller.heard(moments, "agent") > SPOKEN
    assert await agent.heard(moments, "caller") > SPOKEN
    for ear in (caller, agent):
        assert await ear.heard(moments, "supervisor") < SILENT


async def test_listening_is_nobodys_call_and_no_leg_of_the_one_it_hears(centre: Centre) -> None:
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, "13800000001")
    await Ear.picks_up(centre, "8001")
    await centre.has_state("8001", AgentState.TALKING)
    await centre.node.control.listen(centre.agents[SUPERVISOR], centre.agents["8001"])
    supervisor = await Ear.picks_up(centre, SUPERVISOR)
    await caller.hang_up()
    await supervisor.call.ended.wait()
    await centre.ended_call()
    await until(lambda: not centre.node.tracker.legs, "all channels are gone")
    assert len(centre.calls()) == 1
    assert sorted(leg.party for leg in centre.legs()) == ["agent", "customer"]
    assert centre.states(SUPERVISOR) == []

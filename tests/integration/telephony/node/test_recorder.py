"""Every agent of a call that is handed on is heard on its recording, and no consultation is."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from callcenter.acd.agent import AgentState
from callcenter.calls.models import Recording
from callcenter.calls.sound import lay, read_samples
from callcenter.calls.tasks import RecordingStore
from callcenter.core.clock import SystemClock
from callcenter.telephony.live import Target, TargetKind
from deploy.lab.call import LabCall
from tests.support.centre import NUMBER, Centre
from tests.support.sound import SPOKEN, Moments, level, share_of_music

pytestmark = pytest.mark.integration
SAYS = "您好，请您稍等一下。"


@dataclass
class Handed:
    """A call that goes from one agent to the next."""

    centre: Centre
    moments: Moments = field(default_factory=Moments)

    async def begin(self, seat: str) -> LabCall:
        self.caller = await self.centre.network.call(NUMBER, "13800000001")
        phone = await self.picks_up(seat)
        (self.call_id,) = self.centre.node.board.calls
        return phone

    async def picks_up(self, seat: str) -> LabCall:
        phone = await self.centre.network.rings(self.centre.phone(seat))
        await phone.answer()
        await self.centre.has_state(seat, AgentState.TALKING)
        return phone

    async def hand_on(self, giver: str, taker: str) -> LabCall:
        await self.centre.node.control.transfer(
            self.centre.agents[giver], self.call_id, self.target(taker)
        )
        return await self.picks_up(taker)

    def target(self, seat: str) -> Target:
        return Target(TargetKind.SEAT, str(self.centre.agents[seat]))

    async def says(self, what: str, phone: LabCall) -> None:
        await self.moments.during(what, phone.speak(SAYS))

    async def end(self) -> None:
        await self.caller.hang_up()
        await self.centre.ended_call()

    def heard(self, what: str) -> np.ndarray:
        """On the agents' side, as the worker puts it together."""
        (fact,) = (fact for fact in self.centre.facts() if fact.type == "recording.started")
        recording = Recording(
            call_id=self.call_id, enterprise_id=fact.enterprise_id, started_at=fact.at
        )
        store = RecordingStore(self.centre.settings.paths.recordings, SystemClock())
        side = read_samples(store.sources(recording)[0])
        samples = lay(side, fact.at, store.takes(recording))
        return self.moments.cut(samples, fact.at.timestamp(), what)


async def test_every_agent_of_a_call_is_heard(centre: Centre) -> None:
    await centre.sign_in("8001", "8002")
    handed = Handed(centre)
    phone = await handed.begin("8001")
    await handed.says("0", phone)
    # Asterisk itself loses about half of the later ones: four, so that a hit is no luck.
    for turn, (giver, taker) in enumerate([("8001", "8002"), ("8002", "8001")] * 2, 1):
        phone = await handed.hand_on(giver, taker)
        await handed.says(str(turn), phone)
    await handed.end()
    assert all(level(handed.heard(str(turn))) > SPOKEN for turn in range(5))


async def test_what_a_later_agent_asks_a_colleague_is_not_recorded(centre: Centre) -> None:
    await centre.sign_in("8001", "8002")
    handed, control = Handed(centre), centre.node.control
    await handed.begin("8001")
    phone = await handed.hand_on("8001", "8002")
    await centre.sign_in("8003")
    await control.consult(centre.agents["8002"], handed.call_id, handed.target("8003"))
    await handed.picks_up("8003")
    await handed.says("to the colleague", phone)
    await control.consult_cancel(centre.agents["8002"], handed.call_id)
    await centre.has_state("8002", AgentState.TALKING)
    await handed.says("to the customer", phone)
    await handed.end()
    assert share_of_music(handed.heard("to the colleague")) > 0.9
    spoken = handed.heard("to the customer")
    assert level(spoken) > SPOKEN
    assert share_of_music(spoken) < 0.5

"""Redirect, Bridge, recording and listening, as the control plane uses them."""

import asyncio
import time
from pathlib import Path

import pytest

from callcenter.telephony.agi import AgiSession
from callcenter.telephony.session import DialOutcome, SessionGone
from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Speak
from tests.integration.telephony.conftest import AGENTS, NUMBER, Product

pytestmark = pytest.mark.integration


class Talk:
    """A caller who talks with the first agent, both channels known, the recording going on."""

    def __init__(self, product: Product, network: PublicNetwork) -> None:
        self.product, self.network = product, network
        self.outcomes: asyncio.Queue[DialOutcome] = asyncio.Queue()
        self.customer = self.agent_channel = ""
        self.recording = product.model.folders.home / "recordings" / "talk.wav"

    async def begin(self) -> "Talk":
        self.product.scripts["inbound"] = self._inbound
        self.caller = await self.network.call(
            NUMBER, "13800000001", script=[Speak("喂，你好。" * 20)]
        )
        self.agent = await self.network.rings(AGENTS[0])
        await self.agent.answer()
        event = await self.product.event("BridgeEnter", BridgeNumChannels="2")
        await self.product.event("DialEnd", DialStatus="ANSWER")
        dial = await self.product.event("DialBegin")
        self.agent_channel = dial.get("DestChannel")
        assert event.variables()["CC_CALL_ID"] == CALL_ID
        await self.product.ami.call(
            {"Action": "MixMonitor", "Channel": self.customer, "File": str(self.recording)}
        )
        return self

    async def _inbound(self, session: AgiSession) -> None:
        self.customer = session.channel
        await session.set_variable("__CC_CALL_ID", CALL_ID)
        self.outcomes.put_nowait(await session.dial(f"PJSIP/{AGENTS[0]}", 20, "b(auto-answer^s^1)"))
        await session.leave("hangup")

    async def redirect(self, context: str, extra: str = "") -> None:
        action = {
            "Action": "Redirect",
            "Channel": self.customer,
            "Context": context,
            "Exten": "s",
            "Priority": "1",
        }
        if extra:
            action |= {
                "ExtraChannel": self.agent_channel,
                "ExtraContext": extra,
                "ExtraExten": "s",
                "ExtraPriority": "1",
            }
        await self.product.ami.call(action)

    async def bridge(self, other: str) -> None:
        action = {"Action": "Bridge", "Channel1": self.customer, "Channel2": other, "Tone": "no"}
        await self.product.ami.call(action)

    async def channels(self) -> set[str]:
        listed = await self.product.ami.list({"Action": "CoreShowChannels"})
        return {event.get("Channel") for event in listed}


CALL_ID = "0192bbbb-0000-7000-8000-000000000001"


@pytest.fixture
async def talk(product: Product, network: PublicNetwork) -> Talk:
    return await Talk(product, network).begin()


async def test_dial_tells_how_it_went(product: Product, network: PublicNetwork) -> None:
    outcomes: asyncio.Queue[tuple[str, DialOutcome]] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        for number in ("13900000020", "13900000030", "13900000040", "13900000070", "13900000099"):
            outcomes.put_nowait((number, await session.dial(f"PJSIP/{number}@demo", 2)))

    product.scripts["inbound"] = inbound
    await network.call(NUMBER, "13800000001")
    found = {}
    for _ in range(4):
        number, outcome = await asyncio.wait_for(outcomes.get(), 10)
        found[number[-2:]] = (outcome.status, outcome.cause)
    assert found["20"] == ("BUSY", 17)
    assert found["30"][1] == 1
    assert found["40"][0] == "NOANSWER"
    assert found["70"][1] == 21


async def test_redirect_reaches_its_next_session_within_50_ms(talk: Talk) -> None:
    arrived: asyncio.Queue[tuple[float, str]] = asyncio.Queue()

    async def transfer(session: AgiSession) -> None:
        arrived.put_nowait((time.perf_counter(), session.call_id))
        await session.gone.wait()

    talk.product.scripts["transfer"] = transfer
    asked = time.perf_counter()
    await talk.redirect("transfer")
    at, call_id = await asyncio.wait_for(arrived.get(), 5)
    assert call_id == CALL_ID
    assert at - asked < 0.05
    await asyncio.wait_for(talk.agent.ended.wait(), 5)
    assert not talk.caller.ended.is_set()


@pytest.mark.parametrize("end", ["complete", "cancel"])
async def test_a_consultation(talk: Talk, end: str) -> None:
    after = asyncio.Event()

    async def consult(session: AgiSession) -> None:
        await session.set_variable("CC_NEXT", "hangup")
        try:
            await session.dial(f"PJSIP/{AGENTS[1]}", 20)
        except SessionGone:
            return

    async def after_bridge(session: AgiSession) -> None:
        after.set()
        await session.leave("hangup")

    talk.product.scripts |= {"consult": consult, "after": after_bridge}
    await talk.redirect("held", "consult")
    colleague = await talk.network.rings(AGENTS[1])
    await colleague.answer()
    begin = await talk.product.event("DialBegin", Channel=talk.agent_channel)
    await talk.product.event("DialEnd", Channel=talk.agent_channel, DialStatus="ANSWER")
    await talk.product.event("BridgeEnter", Channel=begin.get("DestChannel"))

    stays, leaves = (colleague, talk.agent) if end == "complete" else (talk.agent, colleague)
    asked = time.perf_counter()
    await talk.bridge(begin.get("DestChannel") if end == "complete" else talk.agent_channel)
    assert time.perf_counter() - asked < 0.05
    await asyncio.wait_for(leaves.ended.wait(), 5)
    assert not stays.ended.is_set()
    assert not talk.caller.ended.is_set()
    await _goes_on(talk.recording)
    await stays.hang_up()
    await asyncio.wait_for(after.wait(), 5)
    await asyncio.wait_for(talk.caller.ended.wait(), 5)


async def test_a_talk_goes_on_when_the_control_plane_dies_and_ends_with_it(talk: Talk) -> None:
    await talk.product.stop_agi()
    await _goes_on(talk.recording)
    assert len(await talk.channels()) == 2
    await talk.agent.hang_up()
    await asyncio.wait_for(talk.caller.ended.wait(), 5)


async def test_the_agents_phone_is_told_which_call_rings(talk: Talk) -> None:
    assert await talk.agent.header("X-Call-Id") == CALL_ID
    assert "answer-after=0" in await talk.agent.header("Call-Info")


async def test_a_caller_who_hangs_up_in_the_talk_ends_it(talk: Talk) -> None:
    await talk.caller.hang_up()
    await asyncio.wait_for(talk.agent.ended.wait(), 5)
    await talk.product.event("Hangup", Channel=talk.customer, Cause="16")


async def test_a_supervisor_listens_whispers_and_barges(talk: Talk) -> None:
    await talk.product.ami.call(
        {
            "Action": "Originate",
            "Channel": f"PJSIP/{AGENTS[1]}",
            "ChannelId": "0192cccc-0000-7000-8000-000000000001",
            "Context": "listen",
            "Exten": "s",
            "Priority": "1",
            "Async": "true",
            "Variable": [f"CC_SPY={talk.customer}"],
        }
    )
    supervisor = await talk.network.rings(AGENTS[1])
    await supervisor.answer()
    spying = await talk.product.event("ChanSpyStart", SpyeeChannel=talk.customer)
    await talk.product.ami.call(
        {
            "Action": "PlayDTMF",
            "Channel": spying.get("SpyerChannel"),
            "Digit": "6",
            "Receive": "true",
        }
    )
    await talk.agent.hang_up()
    await asyncio.wait_for(supervisor.ended.wait(), 5)


async def _goes_on(recording: Path) -> None:
    """Wait until half a second more has been recorded."""
    before = _size(recording)
    async with asyncio.timeout(10):
        while _size(recording) < before + 8000:  # noqa: ASYNC110 (files tell nobody)
            await asyncio.sleep(0.05)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0

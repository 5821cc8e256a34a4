"""sipp's callers and agents against the generated files: the tool that benchmarks stand on."""

import asyncio
from pathlib import Path

import pytest

from callcenter.telephony.agi import AgiSession
from deploy.lab.network_files import Phone
from deploy.lab.sip import AnsweringAgent, Load, callers, raw_alaw, register
from deploy.lab.speech import speech
from tests.integration.telephony.conftest import AGENTS, NUMBER, SECRET, Product
from tests.support.ports import free_port

pytestmark = pytest.mark.integration


async def test_callers_with_sound_reach_a_registered_agent(
    product: Product, tmp_path: Path
) -> None:
    answered: asyncio.Queue[bool] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        outcome = await session.dial(f"PJSIP/{AGENTS[0]}", 10)
        answered.put_nowait(outcome.answered)
        await session.leave("hangup")

    product.scripts["inbound"] = inbound
    target = (product.model.ports.host, product.model.ports.sip)
    agent_port, caller_port = product.model.trunks[0].port, free_port()
    wav = await asyncio.to_thread(speech, tmp_path / "speech", "喂，您好。")
    await register([Phone(AGENTS[0], SECRET)], agent_port, target, tmp_path / "register")
    async with AnsweringAgent(agent_port, target, tmp_path / "agent"):
        load = Load(NUMBER, rate=5, calls=10, hold=1, speech=raw_alaw(wav))
        result = await callers(load, caller_port, target, tmp_path / "callers")
    assert (result.calls, result.successful, result.failed) == (10, 10, 0)
    assert result.retransmissions == 0
    assert len(result.response_times_ms) >= 10

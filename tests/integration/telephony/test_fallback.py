"""The control plane is away: callers wait, ask again, and are served by Asterisk's own queue."""

import asyncio
import time
from pathlib import Path

import pytest

from callcenter.telephony.agi import AgiSession
from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Speak
from tests.integration.telephony.conftest import AGENTS, ENTERPRISE, NUMBER, Product

pytestmark = pytest.mark.integration


@pytest.fixture
async def ready_agent(product: Product, network: PublicNetwork) -> str:
    """An agent whom the control plane had mirrored into the fallback queue as ready."""
    add = {"Action": "QueueAdd", "Queue": "s-1", "Interface": f"PJSIP/{AGENTS[0]}"}
    await product.ami.call(add)
    return AGENTS[0]


async def test_refusing_for_five_seconds_leads_to_the_queue_and_a_recording(
    product: Product, network: PublicNetwork, ready_agent: str
) -> None:
    await product.stop_agi()
    began = time.monotonic()
    call = await network.call(NUMBER, "13800000001", script=[Speak("喂，你好。" * 3)])
    ring = await network.rings(ready_agent, within=15)
    assert 4 < time.monotonic() - began < 9
    await ring.answer()
    await product.event("BridgeEnter", BridgeNumChannels="2")
    await call.hang_up()
    await asyncio.wait_for(ring.ended.wait(), 5)
    uniqueid = (await product.event("Newchannel", Exten=NUMBER)).get("Uniqueid")
    raw = product.model.folders.recordings / "incoming" / ENTERPRISE / uniqueid
    assert {file.name for file in await _files(raw, 2)} == {"customer.wav", "agent.wav"}


@pytest.mark.parametrize("death", ["killed", "frozen, then killed"])
async def test_a_caller_of_a_dying_control_plane_is_served_by_the_next_one(
    product: Product, network: PublicNetwork, death: str
) -> None:
    sessions: asyncio.Queue[AgiSession] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        sessions.put_nowait(session)
        await session.answer()
        await session.music(True)
        await session.gone.wait()

    product.scripts["inbound"] = inbound
    if death == "killed":
        call = await network.call(NUMBER, "13800000001")
        await asyncio.wait_for(sessions.get(), 10)
        await asyncio.wait_for(call.answered.wait(), 5)
        await product.stop_agi()
    else:
        await product.stop_agi()
        frozen = Frozen()
        await frozen.start(product.model.ports.agi)
        call = await network.call(NUMBER, "13800000001")
        await asyncio.wait_for(frozen.asked.wait(), 10)
        frozen.kill()
    await asyncio.wait_for(call.answered.wait(), 5)
    await product.start_agi()
    session = await asyncio.wait_for(sessions.get(), 5)
    assert session.variables["agi_extension"] == NUMBER
    assert not call.ended.is_set()


async def test_the_waiting_go_to_the_queue_of_their_service_and_are_taken_back_from_it(
    product: Product, network: PublicNetwork
) -> None:
    """The number's own is s-1; they had been led to s-2."""
    sessions: asyncio.Queue[AgiSession] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        await session.set_variable("CC_QUEUE", "s-2")
        sessions.put_nowait(session)
        await session.gone.wait()

    product.scripts["inbound"] = inbound
    await network.call(NUMBER, "13800000001")
    await asyncio.wait_for(sessions.get(), 10)
    await product.stop_agi()
    joined = await product.event("QueueCallerJoin", within=15)
    assert joined.get("Queue") == "s-2"
    await product.start_agi()
    await product.ami.call(
        {
            "Action": "Redirect",
            "Channel": joined.get("Channel"),
            "Context": "waiting",
            "Exten": "s",
            "Priority": "1",
        }
    )
    session = await asyncio.wait_for(sessions.get(), 5)
    assert session.variables["agi_extension"] == NUMBER
    assert session.uniqueid == joined.get("Uniqueid")


async def _files(folder: Path, count: int) -> list[Path]:
    """Wait for that many files: MixMonitor closes them after the hang-up."""
    async with asyncio.timeout(5):
        while len(_listed(folder)) < count:  # noqa: ASYNC110 (files tell nobody)
            await asyncio.sleep(0.05)
    return _listed(folder)


def _listed(folder: Path) -> list[Path]:
    return list(folder.glob("*.wav"))


class Frozen:
    """A control plane that accepts and says nothing, until it is killed."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self._writers: list[asyncio.StreamWriter] = []

    async def start(self, port: int) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)

    async def _accept(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self.asked.set()

    def kill(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

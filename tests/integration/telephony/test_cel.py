"""The same real calls, told by AMI and read from CEL, leave the same facts."""

import asyncio
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from callcenter.telephony.agi import AgiSession
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.cel import CelGap
from callcenter.telephony.legs import LegChange
from callcenter.telephony.nails import is_nail, nail_id
from callcenter.telephony.session import SessionGone
from callcenter.telephony.tracker import TRACKED, Tracker
from deploy.lab.publicnet import PublicNetwork
from tests.integration.telephony.conftest import AGENTS, ENTERPRISE, NUMBER, Product
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

CALL = "0192dddd-0000-7000-8000-000000000001"


class Recorded:
    """What AMI told since the fixture began, and what CEL wrote meanwhile."""

    def __init__(self, product: Product, folder: Path) -> None:
        self.product = product
        self.cel = product.model.folders.home / "log" / "cel-custom" / "cel.csv"
        self.gap = CelGap(self.cel, folder / "cel.json", {"100001": ENTERPRISE}.get)

    @property
    def events(self) -> list[AmiEvent]:
        return [event for event in self.product.events if event.name in TRACKED]

    async def over(self) -> None:
        """Everybody has hung up, and CEL has the last row."""
        started = {e.get("Uniqueid") for e in self.events if e.name == "Newchannel"}
        async with asyncio.timeout(10):
            for uniqueid in started:
                await self.product.event("Hangup", Uniqueid=uniqueid)
        await asyncio.to_thread(
            wait_until, lambda: self.cel.read_text().count('"HANGUP"') == len(started)
        )

    def by_ami(self) -> list[tuple[object, ...]]:
        tracker = Tracker()
        changes = (change for event in self.events for change in tracker.handle(event))
        return sorted(_named(change) for change in changes if change.kind not in UNTOLD)

    async def by_cel(self) -> list[tuple[object, ...]]:
        tracker = Tracker()
        told = [_named(change) async for change in self.gap.changes(tracker)]
        return sorted(told)


UNTOLD = ("ringing", "held", "resumed")


def _named(change: LegChange) -> tuple[object, ...]:
    leg = change.leg
    return (leg.uniqueid, change.kind, change.bridge_id, change.joins, leg.call_id, leg.cause)


@pytest.fixture
async def recorded(product: Product, network: PublicNetwork, tmp_path: Path) -> Recorded:
    return Recorded(product, tmp_path)


@pytest.fixture
async def talk(recorded: Recorded, network: PublicNetwork) -> "Talk":
    talk = Talk(recorded.product, network)
    await talk.begin()
    return talk


class Talk:
    """A caller and the first agent in conversation."""

    def __init__(self, product: Product, network: PublicNetwork) -> None:
        self.product, self.network = product, network
        self.customer = self.agent_channel = ""

    async def begin(self) -> None:
        self.product.scripts["inbound"] = self._inbound
        self.caller = await self.network.call(NUMBER, "13800000001", "张三 & 李四")
        self.agent = await self.network.rings(AGENTS[0])
        await self.agent.answer()
        await self.product.event("BridgeEnter", BridgeNumChannels="2")
        self.agent_channel = (await self.product.event("DialBegin")).get("DestChannel")

    async def _inbound(self, session: AgiSession) -> None:
        self.customer = session.channel
        await session.dial(f"PJSIP/{AGENTS[0]}", 20)
        await session.leave("hangup")

    async def redirect(self, context: str, **extra: str) -> None:
        action = {"Action": "Redirect", "Channel": self.customer, "Context": context}
        await self.product.ami.call(action | {"Exten": "s", "Priority": "1"} | extra)


async def test_a_call_that_was_answered(recorded: Recorded, talk: Talk) -> None:
    await talk.caller.hang_up()
    await recorded.over()
    assert await recorded.by_cel() == recorded.by_ami()


async def test_a_caller_who_gave_up(recorded: Recorded, network: PublicNetwork) -> None:
    async def inbound(session: AgiSession) -> None:
        await session.answer()
        await session.music(True)
        await session.gone.wait()

    recorded.product.scripts["inbound"] = inbound
    call = await network.call(NUMBER, "13800000001")
    await asyncio.wait_for(call.answered.wait(), 10)
    await call.hang_up()
    await recorded.over()
    assert await recorded.by_cel() == recorded.by_ami()


async def test_a_consultation_that_is_completed(recorded: Recorded, talk: Talk) -> None:
    async def consult(session: AgiSession) -> None:
        await session.set_variable("CC_NEXT", "hangup")
        try:
            await session.dial(f"PJSIP/{AGENTS[1]}", 20)
        except SessionGone:
            return

    async def after(session: AgiSession) -> None:
        await session.leave("hangup")

    product = talk.product
    product.scripts |= {"consult": consult, "after": after}
    await talk.redirect(
        "held", ExtraChannel=talk.agent_channel, ExtraContext="consult", ExtraExten="s",
        ExtraPriority="1",
    )  # fmt: skip
    colleague = await talk.network.rings(AGENTS[1])
    await colleague.answer()
    begin = await product.event("DialBegin", Channel=talk.agent_channel)
    await product.event("BridgeEnter", Channel=begin.get("DestChannel"))
    await product.ami.call(
        {
            "Action": "Bridge",
            "Channel1": talk.customer,
            "Channel2": begin.get("DestChannel"),
            "Tone": "no",
        }
    )
    await asyncio.wait_for(talk.agent.ended.wait(), 5)
    await colleague.hang_up()
    await recorded.over()
    assert await recorded.by_cel() == recorded.by_ami()


async def test_a_blind_transfer(recorded: Recorded, talk: Talk) -> None:
    async def transfer(session: AgiSession) -> None:
        await session.dial(f"PJSIP/{AGENTS[1]}", 20)
        await session.leave("hangup")

    talk.product.scripts["transfer"] = transfer
    await talk.redirect("transfer")
    colleague = await talk.network.rings(AGENTS[1])
    await colleague.answer()
    begin = await talk.product.event("DialBegin", DialString=AGENTS[1])
    await talk.product.event("BridgeEnter", Channel=begin.get("DestChannel"))
    await colleague.hang_up()
    await recorded.over()
    assert await recorded.by_cel() == recorded.by_ami()


async def test_two_callers_in_turn_on_a_nailed_line(
    recorded: Recorded, network: PublicNetwork
) -> None:
    sessions: asyncio.Queue[AgiSession] = asyncio.Queue()

    async def inbound(session: AgiSession) -> None:
        await session.answer()
        await session.set_variable("CC_NEXT", "hangup")
        sessions.put_nowait(session)
        await session.gone.wait()

    product, line = recorded.product, nail_id(UUID(CALL))
    product.scripts["inbound"] = inbound
    await product.ami.call(
        {
            "Action": "Originate",
            "Channel": f"PJSIP/{AGENTS[0]}",
            "ChannelId": line,
            "Context": "nail",
            "Exten": "s",
            "Priority": "1",
            "Async": "true",
            "Variable": [f"__CC_ENT={ENTERPRISE}"],
        }
    )
    agent = await network.rings(AGENTS[0])
    await agent.answer()
    nail = (await product.event("BridgeEnter", Uniqueid=line)).get("Channel")
    for number in ("13800000001", "13800000002"):
        caller = await network.call(NUMBER, number)
        session = await asyncio.wait_for(sessions.get(), 10)
        await product.ami.call(
            {"Action": "Bridge", "Channel1": nail, "Channel2": session.channel, "Tone": "no"}
        )
        await product.event("BridgeEnter", Uniqueid=session.uniqueid)
        await caller.hang_up()
        await product.event("Hangup", Uniqueid=session.uniqueid)
    await agent.hang_up()
    await recorded.over()
    by_ami = recorded.by_ami()
    assert await recorded.by_cel() == by_ami
    started = [leg for leg, kind, *_ in by_ami if kind == "started"]
    assert sum(is_nail(str(leg)) for leg in started) == 2
    assert len(started) == len(set(started)) == 4


@pytest.mark.parametrize(
    "number", ["13900000020", "13900000030", "13900000040", "13900000070", "13900000010"]
)
async def test_a_call_out(recorded: Recorded, network: PublicNetwork, number: str) -> None:
    """Busy, unallocated, not answered, rejected, answered."""

    async def outbound(session: AgiSession) -> None:
        await session.set_variable("__CC_CALL_ID", CALL)
        await session.dial(f"PJSIP/{number}@demo", 5)
        await session.leave("hangup")

    product = recorded.product
    product.scripts["outbound"] = outbound
    await product.ami.call(
        {
            "Action": "Originate",
            "Channel": f"PJSIP/{AGENTS[0]}",
            "ChannelId": CALL,
            "Context": "agent-out",
            "Exten": "s",
            "Priority": "1",
            "Async": "true",
            "Variable": [f"__CC_CALL_ID={CALL}", f"__CC_ENT={ENTERPRISE}"],
        }
    )
    agent = await network.rings(AGENTS[0])
    with suppress(SessionGone):  # over before the phone could say that it had answered
        await agent.answer()
    if number.endswith("10"):
        await product.event("BridgeEnter", BridgeNumChannels="2")
        await agent.hang_up()
    await recorded.over()
    assert await recorded.by_cel() == recorded.by_ami()
    assert {named[4] for named in recorded.by_ami()} == {UUID(CALL)}

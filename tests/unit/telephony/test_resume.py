"""Held customers, as a node finds them that was away, and what it still knows of callers."""

import asyncio
import json

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.states import CallEvent
from callcenter.telephony.control import Control
from callcenter.telephony.live import Consult, LiveCall, Target, TargetKind
from callcenter.telephony.memory import Memory
from callcenter.telephony.resume import Resumption
from tests.fakes.asterisk import Asterisk
from tests.fakes.caller import Caller
from tests.fakes.switchboard import ANNA, BEN, CUSTOMER_LEG, SERVICE, TRUNK, World, service

ANNA_LEG, BEN_LEG = "1795480688.1", "1795480689.2"


class Return:
    """Anna talked with a customer, who stands in [held] now; nobody of us was there meanwhile."""

    def __init__(self) -> None:
        self.world = world = World(service(wrap_up_seconds=30))
        self.asterisk = Asterisk()
        control = Control(world.clock, self.asterisk, world.agents, world.board)
        self.resumption = Resumption(world.board, control)
        world.ready(ANNA, BEN)
        world.channel(CUSTOMER_LEG, TRUNK)
        self.call = world.inbound()
        self.call.service_id = SERVICE
        world.board.step(self.call, CallEvent.QUEUE)
        world.agents.fire(ANNA, AgentEvent.RESERVE, call_id=self.call.id)
        world.phone_of(ANNA, ANNA_LEG)
        world.up(CUSTOMER_LEG, ANNA_LEG)
        world.join("b1", ANNA_LEG, CUSTOMER_LEG)

    def hold(self) -> LiveCall:
        self.world.leave("b1", ANNA_LEG, CUSTOMER_LEG)
        self.world.tracker.legs[CUSTOMER_LEG].context = "held"
        return self.call

    def consult(self) -> None:
        target = Target(TargetKind.SEAT, str(BEN))
        self.call.consult = Consult(ANNA, target, colleague_id=BEN, answered=True)
        self.world.agents.fire(ANNA, AgentEvent.CONSULT)
        self.world.board.step(self.call, CallEvent.CONSULT)

    async def acts(self) -> list[str]:
        await self.resumption.run()
        return [a.get("Context", a["Action"]) for a in self.asterisk.actions]


@pytest.fixture
async def back() -> Return:
    return Return()


async def test_a_talk_is_left_alone(back) -> None:
    assert await back.acts() == []


async def test_a_consultation_that_goes_on_is_left_alone(back) -> None:
    back.consult()
    back.hold()
    back.world.phone_of(BEN, BEN_LEG)
    assert await back.acts() == []


async def test_without_the_agent_the_customer_is_served_again(back) -> None:
    back.consult()
    back.hold()
    del back.world.tracker.legs[ANNA_LEG]
    assert await back.acts() == ["waiting"]
    assert back.call.consult is None


async def test_a_customer_on_the_way_to_somebody_is_not_sent_twice(back) -> None:
    back.consult()
    back.hold().moving = True
    del back.world.tracker.legs[ANNA_LEG]
    assert await back.acts() == []


async def test_a_command_that_was_not_written_down_is_as_if_not_given(back) -> None:
    back.hold()
    assert await back.acts() == ["Setvar", "Bridge"]
    back.world.join("b2", CUSTOMER_LEG, ANNA_LEG)
    assert back.world.state(ANNA) is AgentState.TALKING


async def test_nor_is_a_customer_lost_whose_agent_is_gone_as_well(back) -> None:
    back.hold()
    del back.world.tracker.legs[ANNA_LEG]
    assert await back.acts() == ["waiting"]
    assert back.world.board.step(back.call, CallEvent.QUEUE)


def restored(world: World) -> LiveCall:
    """The one call, as the next node has it from the journal."""
    memory = Memory()
    for fact in world.facts.all:
        memory.fold(fact)
    (call,) = Memory(json.loads(json.dumps(memory.dump()))).live_calls()
    return call


async def test_the_language_that_a_caller_chose_outlives_the_node() -> None:
    world = World()
    call, caller = world.inbound(), Caller(CUSTOMER_LEG)
    assert restored(world).language == "zh-CN"
    call.language = "en"  # in a flow, before the queue
    waiting = asyncio.create_task(world.distribution.serve(caller, call, service()))
    await caller.hears("music default True")
    assert restored(world).language == "en"
    caller.hang_up()
    await waiting


async def test_a_caller_of_the_journal_of_an_older_version_has_the_first_language() -> None:
    world = World()
    world.inbound()
    for fact in world.facts.all:
        fact.data.pop("language", None)
    assert restored(world).language == "zh-CN"

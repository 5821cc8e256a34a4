"""Held customers, as a node finds them that was away."""

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.states import CallEvent
from callcenter.telephony.control import Control
from callcenter.telephony.live import Consult, LiveCall, Target, TargetKind
from callcenter.telephony.resume import Resumption
from tests.fakes.asterisk import Asterisk
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

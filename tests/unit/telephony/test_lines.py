"""Lines to nailed-up phones: when they are called, kept and let go, and how callers are joined."""

import asyncio
from dataclasses import replace

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.people.service import LegForm
from callcenter.telephony.control import Control, DialRequest
from callcenter.telephony.directory import Directory
from callcenter.telephony.distribution import Distribution, Served
from callcenter.telephony.lines import NailedLines
from callcenter.telephony.nails import WAITING, nail_id
from tests.fakes.asterisk import Asterisk
from tests.fakes.caller import Caller
from tests.fakes.switchboard import ANNA, CUSTOMER_LEG, SERVICE, World, event, service
from tests.unit.telephony.test_distribution import settle

S = AgentState
LINE, CHANNEL = nail_id(ANNA), "PJSIP/e100001-8001-00000001"


class Nailed:
    """Anna's phone is nailed up, Ben's is rung."""

    def __init__(self) -> None:
        self.world = world = World(service(wrap_up_seconds=0))
        self.asterisk = Asterisk()
        self.lines = NailedLines(self.asterisk, world.agents, world.tracker.nails)
        world.distribution = Distribution(
            world.clock, world.matcher, world.agents, world.board, self.lines
        )
        world.agents.reached = self.lines.stands
        world.agents.stirred = world.distribution.dispatch
        world.agents.changed = lambda seat, _before, after: self.lines.changed(seat, after)
        self.form(LegForm.NAILED_UP)

    def form(self, form: LegForm) -> None:
        directory = self.world.agents.directory
        anna = replace(directory.seats[ANNA], leg_form=form)
        self.world.agents.use(Directory({**directory.seats, ANNA: anna}, directory.plan))
        self.lines.compare()

    def ami(self, name: str, uniqueid: str = LINE, **headers: str) -> None:
        self.world.ami(name, uniqueid, **headers)
        self.lines.follow(event(name, uniqueid, self.world.clock.now(), **headers))

    def line_waits(self) -> None:
        self.world.channel(LINE, CHANNEL, LINE)
        self.ami("BridgeEnter", BridgeUniqueid="w", BridgeTechnology=WAITING)

    async def ready(self) -> None:
        self.world.ready(ANNA)
        await settle()
        self.line_waits()

    def of(self, name: str) -> list[dict[str, str]]:
        return [action for action in self.asterisk.actions if action["Action"] == name]


@pytest.fixture
async def nailed() -> Nailed:
    return Nailed()


async def test_who_becomes_ready_is_called_once_and_matched_when_the_line_stands(
    nailed: Nailed,
) -> None:
    nailed.world.ready(ANNA)
    await settle()
    (call,) = nailed.of("Originate")
    assert (call["ChannelId"], call["Context"]) == (LINE, "nail")
    assert nailed.world.matcher.ready_in(SERVICE) == 0
    nailed.line_waits()
    assert nailed.world.matcher.ready_in(SERVICE) == 1
    nailed.world.agents.fire(ANNA, AgentEvent.SET_NOT_READY)
    nailed.world.agents.fire(ANNA, AgentEvent.SET_READY)
    await settle()
    assert len(nailed.of("Originate")) == 1


async def test_a_caller_is_joined_to_the_line_without_a_ring(nailed: Nailed) -> None:
    await nailed.ready()
    caller = Caller(CUSTOMER_LEG)
    call = nailed.world.inbound()
    plan = nailed.world.agents.directory.service(SERVICE)
    assert await nailed.world.distribution.serve(caller, call, plan) is Served.CONNECTED
    (bridge,) = nailed.of("Bridge")
    assert (bridge["Channel1"], bridge["Channel2"]) == (CHANNEL, caller.channel)
    assert caller.set["CC_NEXT"] == "hangup"
    assert nailed.world.state(ANNA) is S.RESERVED
    (offered,) = [f for f in nailed.world.facts.all if f.type == "call.offered"]
    assert offered.data["form"] == "nailed_up"
    assert nailed.world.shown.desk(ANNA, call.id)["state"] == "offered"


async def test_a_line_that_cannot_be_joined_costs_the_caller_nothing(nailed: Nailed) -> None:
    await nailed.ready()
    nailed.asterisk.refuses = "Bridge"
    caller = Caller(CUSTOMER_LEG)
    call = nailed.world.inbound()
    plan = nailed.world.agents.directory.service(SERVICE)
    serving = asyncio.create_task(nailed.world.distribution.serve(caller, call, plan))
    await settle()
    assert nailed.world.state(ANNA) is S.NOT_READY
    assert caller.set["CC_NEXT"] == ""
    assert len(nailed.world.matcher.waiting_in(SERVICE)) == 1
    caller.hang_up()
    assert await serving is Served.GONE


async def test_a_phone_that_does_not_take_the_line_makes_its_agent_not_ready(
    nailed: Nailed,
) -> None:
    nailed.asterisk.fails = True
    nailed.world.ready(ANNA)
    await settle()
    assert nailed.world.state(ANNA) is S.NOT_READY


async def test_with_asterisk_away_nobody_is_blamed_and_the_line_is_called_later(
    nailed: Nailed,
) -> None:
    nailed.asterisk.down = True
    nailed.world.ready(ANNA)
    await settle()
    assert nailed.world.state(ANNA) is S.READY
    nailed.asterisk.down = False
    nailed.lines.compare()
    await settle()
    assert len(nailed.of("Originate")) == 1


async def test_a_line_that_dies_makes_its_agent_not_ready(nailed: Nailed) -> None:
    await nailed.ready()
    nailed.ami("Hangup", Cause="16")
    assert nailed.world.state(ANNA) is S.NOT_READY


@pytest.mark.parametrize("why", ["signed out", "rung from now on"])
async def test_a_line_that_is_not_wanted_is_let_go(nailed: Nailed, why: str) -> None:
    await nailed.ready()
    if why == "signed out":
        nailed.world.agents.fire(ANNA, AgentEvent.SIGN_OUT)
    else:
        nailed.form(LegForm.RUNG)
    await settle()
    assert [action["Channel"] for action in nailed.of("Hangup")] == [CHANNEL]


async def test_who_comes_back_before_the_old_line_is_gone_gets_a_new_one(nailed: Nailed) -> None:
    await nailed.ready()
    nailed.world.agents.fire(ANNA, AgentEvent.SIGN_OUT)
    await settle()
    nailed.world.ready(ANNA)
    nailed.ami("Hangup", Cause="16")
    await settle()
    assert len(nailed.of("Originate")) == 2
    assert nailed.world.state(ANNA) is S.READY


async def test_a_call_out_frees_the_phone_first(nailed: Nailed) -> None:
    await nailed.ready()
    world = nailed.world
    control = Control(world.clock, nailed.asterisk, world.agents, world.board, nailed.lines)
    dialling = asyncio.create_task(control.dial(ANNA, DialRequest("13900000010", "02160000001")))
    await settle()
    assert nailed.asterisk.names()[-1] == "Hangup"
    nailed.ami("Hangup", Cause="16")
    await dialling
    assert nailed.of("Originate")[-1]["Context"] == "agent-out"
    assert world.state(ANNA) is S.RESERVED


async def test_hanging_up_ends_the_customer_and_not_the_line(nailed: Nailed) -> None:
    await nailed.ready()
    world = nailed.world
    call = world.inbound()
    world.channel(CUSTOMER_LEG, "PJSIP/demo-00000000", CUSTOMER_LEG)
    world.up(CUSTOMER_LEG)
    world.agents.fire(ANNA, AgentEvent.RESERVE, call_id=call.id)
    world.join("b1", LINE, CUSTOMER_LEG)
    control = Control(world.clock, nailed.asterisk, world.agents, world.board, nailed.lines)
    await control.hang_up(ANNA, call.id)
    assert [action["Channel"] for action in nailed.of("Hangup")] == ["PJSIP/demo-00000000"]

"""An extension's phone is rung, whoever sits there, and also where nobody's seat is."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from callcenter.acd.agent import AgentState
from callcenter.calls.states import CallState
from callcenter.people.service import ExtensionPlan
from callcenter.telephony.directory import Directory
from callcenter.telephony.distribution import Rung
from callcenter.telephony.phones import Phones
from tests.fakes.caller import Caller
from tests.fakes.switchboard import ANNA, CUSTOMER_LEG, HOME, TRUNK, World

DOOR = ExtensionPlan(UUID(int=71), HOME, "100001", "8090", "e100001-8090", "s" * 24, "desk")
ANNAS = ExtensionPlan(UUID(int=72), HOME, "100001", "8001", "e100001-8001", "s" * 24, "desk", ANNA)


class Ringing:
    """A caller for whom a phone is rung."""

    def __init__(self, phone: ExtensionPlan, *, ready: bool = False) -> None:
        self.world = world = World()
        phones = {one.id: one for one in (DOOR, ANNAS)}
        world.agents.use(replace(world.agents.directory, extensions=phones))
        if ready:
            world.ready(ANNA)
        world.channel(CUSTOMER_LEG, TRUNK)
        self.call, self.caller = world.inbound(), Caller(CUSTOMER_LEG)
        self._phones = Phones(world.agents, world.board, world.distribution)
        self.task = asyncio.create_task(self._phones.extension(self.caller, self.call, phone, 25))

    async def over(self) -> Rung:
        return await asyncio.wait_for(self.task, 10)

    def ends(self) -> str:
        for leg in list(self.world.tracker.legs):
            self.world.hang_up(leg)
        return self.call.result


@pytest.mark.parametrize("phone", [DOOR, ANNAS], ids=["nobody's", "of who is signed out"])
async def test_a_phone_without_an_agent_is_rung_as_long_as_the_rule_says(phone) -> None:
    ringing = Ringing(phone)
    assert await ringing.caller.rings() == f"PJSIP/{phone.endpoint}"
    assert any(done.startswith(f"dial PJSIP/{phone.endpoint} 25") for done in ringing.caller.done)
    assert ringing.call.state is CallState.DIALLING
    ringing.caller.outcome("NOANSWER", 19)
    assert await ringing.over() is Rung.NO_ANSWER
    assert ringing.world.facts.names("call.") == ["call.started"]  # nobody has missed it


async def test_a_talk_at_nobodys_phone_was_answered_by_no_agent() -> None:
    ringing = Ringing(DOOR)
    await ringing.caller.rings()
    world = ringing.world
    world.channel("door.1", "PJSIP/e100001-8090-00000001")
    world.up(CUSTOMER_LEG, "door.1")
    world.join("b1", CUSTOMER_LEG, "door.1")
    ringing.caller.outcome("ANSWER")
    assert await ringing.over() is Rung.TALKED
    assert (ringing.ends(), ringing.call.agent_id) == ("answered", None)


async def test_whoever_picks_up_a_seats_phone_is_its_agent_in_the_ledger() -> None:
    ringing = Ringing(ANNAS)
    await ringing.caller.rings()
    world = ringing.world
    world.phone_of(ANNA, "anna.1")
    world.up(CUSTOMER_LEG, "anna.1")
    world.join("b1", CUSTOMER_LEG, "anna.1")
    assert world.state(ANNA) is AgentState.OFFLINE
    ringing.caller.outcome("ANSWER")
    await ringing.over()
    assert (ringing.ends(), ringing.call.agent_id) == ("answered", ANNA)
    assert world.board.illegal_edges == 0


async def test_an_agent_who_is_signed_in_is_offered_the_call() -> None:
    ringing = Ringing(ANNAS, ready=True)
    await ringing.caller.rings()
    assert ringing.world.state(ANNA) is AgentState.RINGING
    ringing.caller.outcome("NOANSWER", 19)
    assert await ringing.over() is Rung.NO_ANSWER
    assert ringing.world.facts.names("call.")[-2:] == ["call.offered", "call.missed"]


async def test_a_phone_that_is_in_use_is_not_rung() -> None:
    ringing = Ringing(DOOR)
    ringing.world.channel("other.1", "PJSIP/e100001-8090-00000001", "other.0")
    assert await ringing.over() is Rung.REJECTED
    assert ringing.caller.ringing.empty()


async def test_a_phone_of_nobodys_that_plays_with_itself_is_no_call() -> None:
    world = World()
    directory = world.agents.directory
    world.agents.use(Directory(directory.seats, directory.plan, extensions={DOOR.id: DOOR}))
    world.channel("echo.1", "PJSIP/e100001-8090-00000001", "echo.1")
    world.hang_up("echo.1")
    assert world.facts.all == []

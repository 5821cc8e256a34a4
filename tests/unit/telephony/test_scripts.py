"""An agent's session while a colleague is consulted."""

import asyncio
from uuid import UUID

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent, CallState
from callcenter.telephony.control import Control
from callcenter.telephony.live import Consult, LiveCall, Target, TargetKind
from callcenter.telephony.scripts import Scripts
from callcenter.telephony.session import SessionGone
from tests.fakes.asterisk import Asterisk
from tests.fakes.caller import Caller
from tests.fakes.switchboard import ANNA, BEN, CUSTOMER_LEG, SERVICE, TRUNK, World, service

S = AgentState
ANNA_LEG, BEN_LEG = "1795480688.1", "1795480689.2"


class Consultation:
    """The customer is held; Anna's channel rings Ben."""

    def __init__(self) -> None:
        self.world = World(service(wrap_up_seconds=30))
        self.asterisk = Asterisk()
        world = self.world
        control = Control(world.clock, self.asterisk, world.agents, world.board)
        self.scripts = Scripts(
            world.clock, world.agents, world.board, world.distribution, None, None, None,
            control.return_customer,
        )  # fmt: skip
        self.call = self._talk()
        self._begin_consulting()
        self.session = Caller(ANNA_LEG, str(self.call.id))
        self.task = asyncio.create_task(self.scripts.consult(self.session))

    def _talk(self) -> LiveCall:
        world = self.world
        world.ready(ANNA, BEN)
        world.channel(CUSTOMER_LEG, TRUNK)
        call = world.inbound()
        call.service_id = SERVICE
        world.board.step(call, CallEvent.QUEUE)
        world.agents.fire(ANNA, AgentEvent.RESERVE, call_id=call.id)
        world.phone_of(ANNA, ANNA_LEG)
        world.up(CUSTOMER_LEG, ANNA_LEG)
        world.join("b1", ANNA_LEG, CUSTOMER_LEG)
        return call

    def _begin_consulting(self) -> None:
        self.call.consult = Consult(ANNA, Target(TargetKind.SEAT, str(BEN)))
        self.world.agents.fire(ANNA, AgentEvent.CONSULT)
        self.world.board.step(self.call, CallEvent.CONSULT)
        self.world.leave("b1", ANNA_LEG, CUSTOMER_LEG)

    async def answered(self) -> None:
        await self.session.rings()
        self.world.phone_of(BEN, BEN_LEG)
        self.world.up(BEN_LEG)
        self.world.join("b2", BEN_LEG, ANNA_LEG)

    async def over(self) -> None:
        await asyncio.wait_for(self.task, 2)

    def steps(self) -> list[str]:
        return [fact.data["step"] for fact in self.world.facts.of(FactType.CALL_CONSULT)]

    def actions(self) -> list[tuple[str, str]]:
        return [(a["Action"], a.get("Context", "")) for a in self.asterisk.actions]


@pytest.fixture
async def consultation() -> Consultation:
    return Consultation()


def states(consultation: Consultation) -> tuple[AgentState, AgentState]:
    return consultation.world.state(ANNA), consultation.world.state(BEN)


@pytest.mark.parametrize("status", ["NOANSWER", "BUSY", "CHANUNAVAIL"])
async def test_a_colleague_who_does_not_take_it_brings_the_customer_back(
    consultation, status
) -> None:
    await consultation.session.rings()
    consultation.session.outcome(status)
    await consultation.over()
    assert consultation.actions() == [("Setvar", ""), ("Bridge", "")]
    assert consultation.steps() == ["refused"]
    assert states(consultation) == (S.CONSULTING, S.READY)
    consultation.world.join("b3", CUSTOMER_LEG, ANNA_LEG)
    assert consultation.world.state(ANNA) is S.TALKING
    assert consultation.steps() == ["refused"]


async def test_a_colleague_who_leaves_brings_the_customer_back(consultation) -> None:
    await consultation.answered()
    consultation.session.outcome("ANSWER")
    await consultation.over()
    assert consultation.actions() == [("Setvar", ""), ("Bridge", "")]


@pytest.mark.parametrize("answered", [True, False], ids=["talking", "ringing"])
@pytest.mark.parametrize("seen", [True, False], ids=["seen", "not yet seen"])
async def test_an_agent_who_hangs_up_does_not_leave_the_customer_with_the_music(
    consultation, answered, seen
) -> None:
    if answered:
        await consultation.answered()
    else:
        await consultation.session.rings()
    world = consultation.world
    if seen:
        world.hang_up(ANNA_LEG)
    else:
        consultation.asterisk.refuses = "Bridge"
    consultation.session.hang_up()
    with pytest.raises(SessionGone):
        await consultation.over()
    if answered:
        world.hang_up(BEN_LEG)
    if not seen:
        world.hang_up(ANNA_LEG)
    assert consultation.actions()[-1] == ("Redirect", "waiting")
    assert states(consultation) == (S.WRAP_UP, S.READY)
    assert consultation.call.consult is None
    assert world.board.step(consultation.call, CallEvent.QUEUE)
    assert consultation.call.state is CallState.QUEUED


async def test_when_the_customer_has_gone_nobody_is_served_again(consultation) -> None:
    await consultation.answered()
    consultation.world.hang_up(CUSTOMER_LEG, ANNA_LEG)
    consultation.session.hang_up()
    with pytest.raises(SessionGone):
        await consultation.over()
    assert consultation.actions() == []


async def again(consultation: Consultation, script: str) -> Caller:
    """The session died with its server; the dialplan asks the next one."""
    consultation.session.hang_up()
    consultation.call.moving = True  # that server was not there to see it
    with pytest.raises(SessionGone):
        await consultation.over()
    consultation.call.moving = False
    session = Caller(ANNA_LEG, str(consultation.call.id))
    await getattr(consultation.scripts, script)(session)
    return session


async def test_a_colleague_who_left_while_we_were_away_brings_the_customer_back(
    consultation,
) -> None:
    await consultation.answered()
    session = await again(consultation, "consult")
    assert consultation.actions() == [("Setvar", ""), ("Bridge", "")]
    assert session.set == {"CC_NEXT": "hangup"}
    assert consultation.steps() == ["answered"]  # and not refused, nor asked again


async def test_after_a_consultation_is_over_nobody_is_torn_out_of_the_talk(consultation) -> None:
    await consultation.answered()
    consultation.world.join("b3", CUSTOMER_LEG, ANNA_LEG)
    session = await again(consultation, "consult")
    assert consultation.actions() == []
    assert session.set == {"CC_NEXT": "hangup"}


async def test_a_customer_whose_transfer_is_forgotten_is_served_again(consultation) -> None:
    await consultation.session.rings()
    session = await again(consultation, "transfer")
    assert session.set == {"CC_NEXT": "waiting"}


async def test_a_call_that_nobody_knows_is_let_go(consultation) -> None:
    stranger = Caller("9.9", str(UUID(int=9)))
    consultation.session.hang_up()
    with pytest.raises(SessionGone):
        await consultation.over()
    world = consultation.world
    nothing = (None, None, None, None)
    scripts = Scripts(world.clock, world.agents, world.board, world.distribution, *nothing)
    await scripts.consult(stranger)
    assert stranger.set == {"CC_NEXT": "hangup"}

"""A phone is rung for something that is no call, and whoever asked hears once how it ended."""

from collections.abc import Coroutine
from typing import Any

import pytest

from callcenter.acd.agent import AgentEvent
from callcenter.core.ids import new_id
from callcenter.people.service import SeatPlan
from callcenter.telephony.agent_leg import RungLegs
from callcenter.telephony.control import Refused
from callcenter.telephony.errands import NO_ANSWER, Errand, Errands
from callcenter.telephony.session import Session
from tests.fakes.asterisk import Asterisk
from tests.fakes.session import ScriptedSession
from tests.fakes.switchboard import ANNA, HOME, World

LEG = new_id()


class House(RungLegs):
    """Anna's phone is there, and she is signed out."""

    def __init__(self) -> None:
        self.world, self.asterisk = World(), Asterisk()
        world = self.world
        world.agents.phone(world.agents.seat(ANNA).endpoint, registered=True)
        self._ringing: list[Coroutine[Any, Any, None]] = []
        self.errands = Errands(
            self.asterisk,  # type: ignore[arg-type]
            world.agents, world.board, self, self._ringing.append,
        )  # fmt: skip
        world.board.on_supervised_ended = self.errands.gone
        self.worked, self.over = 0, list[str]()
        self.meanwhile = lambda: None

    async def free(self, seat: SeatPlan) -> None:
        self.meanwhile()

    async def rings(self) -> None:
        async def work(_session: Session) -> None:
            self.worked += 1
            self.world.hang_up(str(LEG))

        errand = Errand(new_id(), HOME, "试呼", work, self.over.append)
        await self.errands.ring(errand, "8001", LEG)
        self.world.phone_of(ANNA, str(LEG), str(LEG))

    async def is_answered(self) -> None:
        await self._ringing.pop()

    async def comes_to_the_script(self) -> None:
        session = ScriptedSession()
        session.uniqueid = str(LEG)
        await self.errands.script(session)


async def test_who_picks_up_is_told_of_once_and_not_as_one_who_did_not() -> None:
    house = House()
    await house.rings()
    await house.is_answered()
    await house.comes_to_the_script()
    assert (house.worked, house.over) == (1, [""])


async def test_a_phone_that_is_gone_before_the_script_leaves_nothing_open() -> None:
    house = House()
    await house.rings()
    await house.is_answered()
    house.world.hang_up(str(LEG))
    assert house.over == [NO_ANSWER]
    await house.comes_to_the_script()
    assert (house.worked, house.over) == (0, [NO_ANSWER])
    await house.rings()
    await house.is_answered()


async def test_a_phone_that_is_not_answered_is_told_of_once() -> None:
    house = House()
    house.asterisk.fails = True
    await house.rings()
    house.world.hang_up(str(LEG))
    await house.is_answered()
    assert house.over == [NO_ANSWER]


async def test_a_phone_in_use_is_not_rung() -> None:
    house = House()
    house.world.phone_of(ANNA, "echo.1", "echo.1")
    with pytest.raises(Refused):
        await house.rings()
    house.world.hang_up("echo.1")
    await house.rings()
    with pytest.raises(Refused):
        await house.rings()
    await house.is_answered()


async def test_who_sets_ready_while_the_line_is_let_go_is_left_to_callers() -> None:
    house = House()
    agents = house.world.agents

    def sets_ready() -> None:
        agents.fire(ANNA, AgentEvent.SIGN_IN)
        agents.fire(ANNA, AgentEvent.SET_READY)

    house.meanwhile = sets_ready
    with pytest.raises(Refused):
        await house.rings()
    assert house.over == []

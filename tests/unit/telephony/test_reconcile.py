"""Our picture against a list of channels: what differs is repaired, and a second look finds nothing."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.live import DeskState, LiveCall
from callcenter.telephony.reconcile import Drift, Reconciler
from callcenter.telephony.tracker import LegChange
from tests.fakes.switchboard import ANNA, BEN, CUSTOMER_LEG, HOME, SERVICE, TRUNK, World, service

S = AgentState
ANNA_LEG = "1795480688.1"


class Manager:
    """Lists what stands in `channels`; `meanwhile` happens before the first answer is looked at."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.channels: dict[str, dict[str, str]] = {}
        self.meanwhile = lambda: None

    def stands(self, uniqueid: str, channel: str, bridge: str = "", state: str = "6") -> None:
        self.channels[uniqueid] = {
            "uniqueid": uniqueid, "linkedid": CUSTOMER_LEG, "channel": channel,
            "channelstate": state, "bridgeid": bridge, "context": "ask",
            "chanvariable": f"CC_ENT={HOME}",
            "timestamp": f"{self._world.clock.now().timestamp():.6f}",
        }  # fmt: skip

    async def list(self, action: dict[str, Any]) -> list[AmiEvent]:
        if action["Action"] == "PJSIPShowContacts":
            return [AmiEvent({"endpoint": f"e100001-{seat}"}) for seat in (8001, 8002)]
        return [AmiEvent(fields) for fields in self.channels.values()]

    async def caught_up(self) -> None:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()


class Reconciliation:
    def __init__(self) -> None:
        self.world = world = World(service(wrap_up_seconds=30))
        self.manager = Manager(world)
        self.reconciler = Reconciler(
            world.clock, self.manager, world.tracker, world.board, world.agents, self._nothing,
            self._last_proof,
        )  # fmt: skip
        world.ready(ANNA, BEN)
        world.channel(CUSTOMER_LEG, TRUNK)
        self.call = world.inbound()
        self.call.service_id = SERVICE
        world.board.step(self.call, CallEvent.QUEUE)
        world.up(CUSTOMER_LEG)

    async def _nothing(self) -> AsyncIterator[LegChange]:
        for change in ():
            yield change

    def _last_proof(self) -> datetime:
        return self.world.clock.now()

    def offer(self, *, phone: bool = True) -> LiveCall:
        world = self.world
        world.agents.fire(ANNA, AgentEvent.RESERVE, call_id=self.call.id)
        world.agents.fire(ANNA, AgentEvent.RING)
        world.board.show(self.call, ANNA, DeskState.OFFERED)
        if phone:
            world.phone_of(ANNA, ANNA_LEG)
        return self.call

    def talk(self) -> None:
        self.offer()
        self.world.up(ANNA_LEG)
        self.world.join("b1", ANNA_LEG, CUSTOMER_LEG)

    async def run(self) -> tuple[Drift, Drift]:
        self.world.clock.advance(1)
        return await self.reconciler.run()


@pytest.fixture
async def found() -> Reconciliation:
    return Reconciliation()


async def test_a_true_picture_has_no_drift(found) -> None:
    found.talk()
    found.manager.stands(CUSTOMER_LEG, TRUNK, "b1")
    found.manager.stands(ANNA_LEG, "PJSIP/e100001-8001-0000000a", "b1")
    first, second = await found.run()
    assert (first.total, second.total) == (0, 0)
    assert found.world.state(ANNA) is S.TALKING


async def test_an_agent_whose_phone_still_rings_is_left_ringing(found) -> None:
    found.offer()
    found.manager.stands(CUSTOMER_LEG, TRUNK)
    found.manager.stands(ANNA_LEG, "PJSIP/e100001-8001-0000000a", state="5")
    first, _ = await found.run()
    assert first.total == 0
    assert found.world.state(ANNA) is S.RINGING


async def test_an_agent_whom_nobody_rings_is_free_again(found) -> None:
    found.offer(phone=False)
    found.manager.stands(CUSTOMER_LEG, TRUNK)
    first, second = await found.run()
    assert (first.counts["agents"], second.total) == (1, 0)
    assert found.world.state(ANNA) is S.READY
    assert found.world.shown.desk(ANNA, found.call.id) is None


async def test_an_agent_whom_a_session_is_about_to_ring_is_left_alone(found) -> None:
    found.offer(phone=False).watched.add(ANNA)
    found.manager.stands(CUSTOMER_LEG, TRUNK)
    first, _ = await found.run()
    assert first.total == 0
    assert found.world.state(ANNA) is S.RINGING


async def test_an_agent_who_answered_unseen_talks(found) -> None:
    found.offer()
    found.manager.stands(CUSTOMER_LEG, TRUNK, "b1")
    found.manager.stands(ANNA_LEG, "PJSIP/e100001-8001-0000000a", "b1")
    first, second = await found.run()
    assert first.total > 0
    assert second.total == 0
    assert found.world.state(ANNA) is S.TALKING


async def test_an_agent_whose_phone_is_gone_wraps_up(found) -> None:
    found.talk()
    found.manager.stands(CUSTOMER_LEG, TRUNK)
    _, second = await found.run()
    assert second.total == 0
    assert found.world.state(ANNA) is S.WRAP_UP


async def test_what_ended_after_the_question_is_not_begun_anew(found) -> None:
    found.talk()
    found.manager.stands(CUSTOMER_LEG, TRUNK, "b1")
    found.manager.stands(ANNA_LEG, "PJSIP/e100001-8001-0000000a", "b1")

    def hang_up() -> None:
        found.world.hang_up(ANNA_LEG, CUSTOMER_LEG)
        found.manager.channels.clear()

    found.manager.meanwhile = hang_up
    first, _ = await found.run()
    assert (first.total, found.world.tracker.legs) == (0, {})
    assert len(found.world.facts.of(FactType.LEG_STARTED)) == 2


async def test_what_began_after_the_question_is_not_ended(found) -> None:
    found.manager.stands(CUSTOMER_LEG, TRUNK)

    def ring() -> None:
        found.offer()
        found.manager.stands(ANNA_LEG, "PJSIP/e100001-8001-0000000a", state="5")

    found.manager.meanwhile = ring
    first, _ = await found.run()
    assert first.total == 0
    assert ANNA_LEG in found.world.tracker.legs
    assert found.world.state(ANNA) is S.RINGING


async def test_a_leg_that_nobody_has_is_ended_as_estimated(found) -> None:
    found.world.clock.advance(timedelta(seconds=5).total_seconds())
    first, second = await found.run()
    assert (first.counts["legs"], second.total) == (1, 0)
    (ended,) = found.world.facts.of(FactType.CALL_ENDED)
    assert ended.data["estimated"] is True

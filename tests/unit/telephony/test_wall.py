"""The wall, and that rooms hold what the API describes: a page knows one shape of each thing."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from callcenter.acd.agent import AgentEvent
from callcenter.calls.states import CallEvent
from callcenter.telephony.live import DeskState
from callcenter.telephony.outlet import queues_room
from callcenter.telephony.wall import SOON, Wall
from tests.fakes.switchboard import ANNA, BEN, CUSTOMER_LEG, HOME, SERVICE, TRUNK, World, service
from tests.support.contract import description, differences

SHAPES = {
    "agent": "AgentStateShape",
    "phone": "PhoneShape",
    "call": "DeskCallShape",
    "seat": "WallSeatShape",
    "service": "WallQueueShape",
}


@pytest.fixture
async def world() -> World:
    """In a loop: wrap-up has a timer."""
    made = World(service(wrap_up_seconds=30))
    made.ready(ANNA, BEN)
    return made


def wall_of(world: World) -> Wall:
    return Wall(world.clock, world.shown, world.agents, world.matcher, world.board)


def ring(world: World) -> None:
    world.channel(CUSTOMER_LEG, TRUNK)
    call = world.inbound()
    call.service_id, call.queued_at = SERVICE, world.clock.now()
    world.board.step(call, CallEvent.QUEUE)
    world.agents.fire(ANNA, AgentEvent.RESERVE, call_id=call.id)
    world.agents.fire(ANNA, AgentEvent.RING)
    world.board.step(call, CallEvent.OFFER)
    world.board.show(call, ANNA, DeskState.OFFERED)


QUEUE = queues_room(HOME), f"service:{SERVICE}"


async def queue(world: World) -> Any:
    """A queue's picture is written a moment after it changed; timers go off in their order."""
    written = asyncio.Event()
    asyncio.get_running_loop().call_later(SOON, written.set)
    await written.wait()
    return world.shown.rooms[QUEUE]


async def test_what_is_in_a_room_is_what_the_api_describes(world: World) -> None:
    wall = wall_of(world)
    ring(world)
    wall.show_all()
    await queue(world)
    schemas = description()["components"]["schemas"]
    met = set()
    for (room, key), value in world.shown.rooms.items():
        if room.startswith("callers:"):
            continue  # no page sees it
        kind = key.partition(":")[0]
        met.add(kind)
        assert list(differences(schemas[SHAPES[kind]], value)) == [], (room, key)
    assert met == set(SHAPES)


async def test_a_service_that_is_gone_leaves_the_wall(world: World) -> None:
    wall = wall_of(world)
    wall.show_all()
    assert (await queue(world))["name"] == "售后"
    world.use(service(id=UUID(int=13)))
    wall.show_all()
    assert world.shown.rooms[QUEUE] is None

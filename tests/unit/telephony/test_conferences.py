"""Who comes into a conference room, and when a call in one was served."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest
from redis.exceptions import ConnectionError as RedisGone

from callcenter.acd.agent import AgentState
from callcenter.calls.events import FactType
from callcenter.core.numbers import WITHHELD, Number
from callcenter.routing.service import ConferencePlan
from callcenter.telephony.conferences import TRIES, Conferences
from callcenter.telephony.control import Control
from callcenter.telephony.live import LiveCall
from tests.fakes.asterisk import Asterisk
from tests.fakes.session import ScriptedSession
from tests.fakes.switchboard import ANNA, ELSEWHERE, HOME, TRUNK, World

ROOM = UUID(int=81)
PLAN = ConferencePlan(ROOM, HOME, "每周例会", "", 2, waits_for_agent=False)


class Wording:
    def phrase(self, _call, key):
        return [key]


class Guard:
    """Counts in memory, as Redis does."""

    def __init__(self) -> None:
        self.counted: Counter[tuple[Number, str]] = Counter()
        self.away = False

    async def count(self, call: LiveCall, secret: str, _most: int, _seconds: int) -> int:
        if self.away:
            raise RedisGone
        self.counted[call.customer, secret] += 1
        return self.counted[call.customer, secret]

    async def forget(self, call: LiveCall, secret: str) -> None:
        del self.counted[call.customer, secret]


class Building:
    def __init__(self, **changes: object) -> None:
        self.world = world = World()
        plan = replace(world.agents.directory.plan, conferences={ROOM: replace(PLAN, **changes)})
        world.agents.use(replace(world.agents.directory, plan=plan))
        self.guard = Guard()
        self.rooms = Conferences(world.clock, world.agents, world.board, Wording(), self.guard)
        world.board.on_bridged = self.rooms.joined
        self.inside = 0

    async def comes(self, *keys: str, inside: int = 1, leg: str = "1795480688.0"):
        """inside: who is in the room then, as Asterisk counts."""
        session = ScriptedSession(*keys)
        session._set[f"GROUP_COUNT({ROOM}@conference)"] = str(inside)
        call = self.world.inbound(leg)
        taken = await self.rooms.take(session, call, ROOM)
        return session, call, taken

    def steps(self) -> list[tuple[UUID | None, str]]:
        told = self.world.facts.of(FactType.CALL_CONFERENCE)
        return [(fact.call_id, fact.data["step"]) for fact in told]


async def test_a_caller_is_told_and_put_into_the_room() -> None:
    building = Building()
    session, call, taken = await building.comes()
    assert taken
    assert session.heard == ["conference.joining"]
    assert session._set["CC_NEXT"] == "conference"
    assert (session._set["CC_ROOM"], session._set["CC_ROLE"]) == (str(ROOM), "caller")
    assert building.steps() == [(call.id, "entered")]


async def test_where_an_agent_is_waited_for_that_is_said() -> None:
    session, _, _ = await Building(waits_for_agent=True).comes()
    assert session.heard == ["conference.waiting"]
    assert session._set["CC_ROLE"] == "guest"


async def test_the_last_place_is_given_and_no_more() -> None:
    building = Building()
    assert (await building.comes(inside=2))[2]
    session, _, taken = await building.comes(inside=3)
    assert not taken
    assert session._set["GROUP(conference)"] == ""
    assert "CC_NEXT" not in session._set  # the caller is led on


async def test_a_pin_lets_in_who_knows_it() -> None:
    building = Building(pin="2468")
    session, _, taken = await building.comes("1111#", "2468#")
    assert taken
    assert session.heard == ["conference.pin", "conference.wrong", "conference.joining"]
    assert not building.guard.counted


async def test_who_does_not_know_the_pin_is_let_go_and_not_led_on() -> None:
    building = Building(pin="2468")
    session, _, taken = await building.comes("1#", "2#", "3#", "2468#")
    assert taken
    assert session.heard[-1] == "conference.refused"
    assert session._set["CC_NEXT"] == "hangup"
    assert building.steps() == []


async def test_calling_again_gives_no_more_attempts() -> None:
    building = Building(pin="2468")
    for _ in range(2):
        session, _, _ = await building.comes(*["9#"] * TRIES)
    assert session.heard == ["conference.pin", "conference.refused"]
    right, _, _ = await building.comes("2468#")
    assert right.heard[-1] == "conference.refused"


async def test_where_attempts_cannot_be_counted_nobody_is_let_in() -> None:
    building = Building(pin="2468")
    building.guard.away = True
    session, _, _ = await building.comes("2468#")
    assert session.heard[-1] == "conference.refused"


async def test_another_enterprises_room_is_none() -> None:
    session, _, taken = await Building(enterprise_id=ELSEWHERE).comes()
    assert not taken
    assert session.heard == []


def enters(building: Building, leg: str) -> None:
    building.world.channel(leg, TRUNK, leg)
    building.world.up(leg)
    building.world.join("room", leg)


def result(building: Building, leg: str, call: LiveCall) -> str:
    building.world.hang_up(leg)
    return call.result


async def test_who_was_alone_in_the_room_was_served_by_a_machine() -> None:
    building = Building()
    _, call, _ = await building.comes(leg="1.0")
    enters(building, "1.0")
    assert result(building, "1.0", call) == "ivr_only"


async def test_who_met_somebody_was_answered() -> None:
    building = Building()
    calls = {leg: (await building.comes(leg=leg))[1] for leg in ("1.0", "2.0")}
    for leg in calls:
        enters(building, leg)
    assert {result(building, leg, call) for leg, call in calls.items()} == {"answered"}
    assert [step for _, step in building.steps()] == ["entered", "entered", "met", "met"]


async def test_callers_who_wait_for_an_agent_together_have_met_nobody() -> None:
    building = Building(waits_for_agent=True)
    calls = {leg: (await building.comes(leg=leg))[1] for leg in ("1.0", "2.0")}
    for leg in calls:
        enters(building, leg)
    assert {result(building, leg, call) for leg, call in calls.items()} == {"ivr_only"}


async def test_an_agent_goes_in_and_talks_until_the_phone_leaves() -> None:
    building = Building(waits_for_agent=True)
    world = building.world
    _, caller, _ = await building.comes(leg="1.0")
    enters(building, "1.0")
    world.ready(ANNA)
    control = Control(world.clock, Asterisk(), world.agents, world.board)
    call_id = await control.join(ANNA, ROOM)
    call = world.board.calls[call_id]
    assert (call.customer, call.caller_name) == (WITHHELD, "每周例会")
    session = ScriptedSession()
    session._set[f"GROUP_COUNT({ROOM}@conference)"] = "2"
    world.channel(
        str(call_id), "PJSIP/e100001-8001-0000000b", str(call_id),
        ChanVariable=f"CC_ENT={HOME},CC_CALL_ID={call_id}",
    )  # fmt: skip
    world.up(str(call_id))
    assert await building.rooms.join(session, call)
    assert session._set["CC_ROLE"] == "agent"
    assert world.state(ANNA) is AgentState.RESERVED
    world.join("room", str(call_id))
    assert world.state(ANNA) is AgentState.TALKING
    assert caller.forwarded
    world.hang_up(str(call_id))
    assert world.state(ANNA) is AgentState.READY
    assert (call.result, call.agent_id) == ("answered", ANNA)
    assert world.board.illegal_edges == 0


@pytest.mark.parametrize("inside", [3])
async def test_an_agent_finds_a_full_room_closed(inside: int) -> None:
    building = Building()
    session = ScriptedSession()
    session._set[f"GROUP_COUNT({ROOM}@conference)"] = str(inside)
    call = building.world.inbound()
    call.conference_id = ROOM
    assert not await building.rooms.join(session, call)

"""Callbacks in the queue: asked by key, kept in place, dialled by who is free, given up in the end."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from callcenter.acd.agent import AgentState
from callcenter.callbacks.line import CallbackPlan, Source
from callcenter.calls.events import FactType
from callcenter.calls.states import CallEvent
from callcenter.core.numbers import parse_number
from callcenter.telephony.callbacks import Callbacks
from callcenter.telephony.control import Control, Refused
from callcenter.telephony.directory import Directory
from callcenter.telephony.live import LiveCall, Party
from callcenter.telephony.memory import Memory
from tests.fakes.asterisk import Asterisk
from tests.fakes.session import ScriptedSession
from tests.fakes.switchboard import ANNA, BEN, ELSEWHERE, HOME, SERVICE, World, service

S = AgentState
CUSTOMER = parse_number("13800000001")


class Wording:
    def phrase(self, _call, key):
        return [key]

    def digits(self, _call, number):
        return [f"digits:{number}"]


class Line:
    """A queue with callbacks in it, and an Asterisk that takes what it is asked."""

    def __init__(self) -> None:
        self.world = World(service())
        self.asterisk = Asterisk()
        self.control = Control(self.world.clock, self.asterisk, self.world.agents, self.world.board)
        self.begun: list[asyncio.Task[None]] = []
        self.callbacks = self.make()
        self.world.board.on_ended = self.callbacks.over
        self.world.board.on_joined = lambda joined: self.callbacks.joined(joined.call)

    def make(self) -> Callbacks:
        world = self.world
        made = Callbacks(
            world.clock, world.agents, world.board, world.matcher, world.distribution,
            self.control, world.facts, Wording(),
        )  # fmt: skip
        made.spawn = self._spawn
        return made

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.begun.append(asyncio.create_task(work))

    def ask(self, number: str = "13800000001", **more: Any):
        plan = self.world.agents.directory.service(SERVICE)
        return self.callbacks.ask(plan, parse_number(number), Source.WEB, **more)

    def told(self, kind: FactType) -> list[dict[str, Any]]:
        return [dict(fact.data) for fact in self.world.facts.of(kind)]

    def reasons(self) -> list[str]:
        return [fact["reason"] for fact in self.told(FactType.CALLBACK_ENDED)]

    def outcomes(self) -> list[tuple[str, int]]:
        told = self.told(FactType.CALLBACK_ATTEMPTED)
        return [(fact["outcome"], fact["attempts"]) for fact in told]

    async def dialled(self) -> LiveCall:
        await asyncio.gather(*self.begun)
        call = next(c for c in self.world.board.calls.values() if c.callback_id and not c.ended_at)
        self.world.phone_of(call.agent_id, str(call.id), str(call.id))
        self.world.up(str(call.id))
        return call

    def rings_customer(self, call: LiveCall) -> str:
        leg = f"{call.id}-c"
        self.world.channel(
            leg, "PJSIP/demo-0000000c", ChanVariable=f"CC_ENT={HOME},CC_CALL_ID={call.id}"
        )
        self.world.tracker.legs[leg].call_id = call.id
        call.customer_leg = leg
        return leg

    def ends(self, call: LiveCall, result: str, first: Party | None = None) -> None:
        call.result, call.first_left = result, first
        self.world.board.end(call, self.world.clock.now())

    def plan(self, **changes: Any) -> None:
        directory = self.world.agents.directory
        plans = {SERVICE: CallbackPlan(**changes)}
        self.world.agents.use(Directory(directory.seats, directory.plan, {}, plans))


@pytest.fixture
async def line() -> Line:
    return Line()


def queued(line: Line, number: str = "13800000001") -> LiveCall:
    call = line.world.inbound(number=number)
    call.service_id, call.queued_at, call.in_queue = SERVICE, line.world.clock.now(), True
    line.world.board.step(call, CallEvent.QUEUE)
    return call


async def by_key(line: Line, call: LiveCall, *keys: str) -> tuple[bool, list[str]]:
    session = ScriptedSession(*keys)
    plan = line.world.agents.directory.service(SERVICE)
    return await line.callbacks.ask_caller(session, call, plan), session.heard


async def test_who_confirms_the_number_keeps_the_place_and_may_hang_up(line) -> None:
    call = queued(line)
    line.world.clock.advance(40)
    taken, heard = await by_key(line, call, "1")
    assert taken
    assert heard == [
        "callback.number", "digits:13800000001", "callback.confirm", "callback.taken",
    ]  # fmt: skip
    (asked,) = line.told(FactType.CALLBACK_ASKED)
    assert asked["queued_at"] == call.queued_at.isoformat().replace("+00:00", "Z")
    assert (asked["origin"], asked["number"]) == ("queue", str(CUSTOMER))
    assert (call.settled, call.in_queue) == ("callback", False)
    assert line.callbacks.waiting_in(SERVICE) == 1
    assert line.world.matcher.waiting_in(SERVICE) == []  # nobody is on the line


async def test_another_number_is_entered_read_back_and_confirmed(line) -> None:
    taken, heard = await by_key(line, queued(line), "2", "0216", "02161234567", "1")
    assert taken
    assert heard[3:5] == ["callback.enter", "callback.invalid"]
    assert "digits:02161234567" in heard
    assert line.told(FactType.CALLBACK_ASKED)[0]["number"] == "e164:+862161234567"


async def test_who_withholds_the_number_must_enter_one(line) -> None:
    taken, heard = await by_key(line, queued(line, "anonymous"), "13900000002", "1")
    assert taken
    assert heard[0] == "callback.enter"


@pytest.mark.parametrize("keys", [("",), ("5",), ("2", "1", "2", "3")])
async def test_who_does_not_confirm_waits_on(line, keys) -> None:
    call = queued(line)
    taken, _ = await by_key(line, call, *keys)
    assert (taken, call.in_queue, line.told(FactType.CALLBACK_ASKED)) == (False, True, [])


async def test_asked_again_the_same_one_is_kept_and_told_so(line) -> None:
    first, fresh = line.ask()
    again, anew = line.ask()
    assert (fresh, anew, again.id) == (True, False, first.id)
    _, heard = await by_key(line, queued(line), "1")
    assert heard[-1] == "callback.known"
    assert len(line.told(FactType.CALLBACK_ASKED)) == 1
    other, fresh = line.ask("13800000009")
    assert fresh
    assert other.id != first.id


async def test_the_agent_who_is_free_is_reserved_and_the_customer_dialled(line) -> None:
    one, _ = line.ask()
    line.world.ready(ANNA)
    call = await line.dialled()
    assert (call.callback_id, call.service_id, call.customer) == (one.id, SERVICE, CUSTOMER)
    assert line.world.state(ANNA) is S.RESERVED
    assert line.asterisk.names() == ["Originate"]
    desk = line.world.shown.desk(ANNA, call.id)
    assert (desk["state"], desk["callback"]) == ("dialling", True)
    assert desk["service"]["name"] == "售后"


async def test_a_callback_is_served_in_its_place_before_later_callers(line) -> None:
    line.ask()
    line.world.clock.advance(5)
    line.ask("13800000002")
    line.world.ready(ANNA)
    assert (await line.dialled()).customer == CUSTOMER
    assert line.world.state(BEN) is S.OFFLINE


async def test_a_talk_ends_it(line) -> None:
    line.ask()
    line.world.ready(ANNA)
    call = await line.dialled()
    customer = line.rings_customer(call)
    line.world.up(customer)
    line.world.join("b1", str(call.id), customer)
    assert line.outcomes() == [("answered", 1)]
    assert line.reasons() == ["done"]
    line.ends(call, "answered")
    assert len(line.outcomes()) == 1


async def test_not_answered_it_rests_and_is_given_up_after_its_attempts(line) -> None:
    line.plan(attempts=2, pause_seconds=60)
    line.ask()
    line.world.ready(ANNA)
    call = await line.dialled()
    line.rings_customer(call)
    line.ends(call, "no_answer")
    line.begun.clear()
    assert line.outcomes() == [("no_answer", 1)]
    line.world.clock.advance(59)
    line.callbacks.look()
    assert line.begun == []
    line.world.clock.advance(1)
    line.callbacks.look()
    again = await line.dialled()
    line.rings_customer(again)
    line.ends(again, "busy")
    assert line.outcomes()[1] == ("busy", 2)
    assert line.reasons() == ["exhausted"]
    assert line.callbacks.waiting_in(SERVICE) == 0


async def test_an_agent_who_hangs_up_costs_the_customer_no_attempt(line) -> None:
    line.ask()
    line.world.ready(ANNA)
    line.ends(await line.dialled(), "cancelled", Party.AGENT)
    line.begun.clear()
    assert line.outcomes() == [("agent_gone", 0)]
    line.callbacks.look()
    assert line.begun == []  # not the same agent again at once
    line.world.clock.advance(30)
    line.callbacks.look()
    assert (await line.dialled()).customer == CUSTOMER


async def test_a_phone_that_cannot_be_rung_leaves_agent_and_callback_as_they_were(line) -> None:
    line.asterisk.down = True
    line.ask()
    line.world.ready(ANNA)
    await asyncio.gather(*line.begun)
    assert line.world.state(ANNA) is S.READY
    assert line.outcomes() == [("agent_gone", 0)]
    assert line.callbacks.waiting_in(SERVICE) == 1


async def test_who_calls_in_and_is_connected_need_not_be_called_back(line) -> None:
    line.ask()
    line.ask("13800000002")
    call = line.world.inbound()
    line.callbacks.joined(call)
    assert line.reasons() == ["called_in"]
    assert line.callbacks.waiting_in(SERVICE) == 1


async def test_outside_its_hours_nobody_is_dialled_and_in_the_end_it_expires(line) -> None:
    line.world.clock.advance(11 * 3600)  # nine in the evening in Shanghai
    line.ask()
    line.world.ready(ANNA)
    line.callbacks.look()
    assert line.begun == []
    assert line.world.state(ANNA) is S.READY
    line.world.clock.advance(8 * 3600)
    line.callbacks.look()
    assert line.reasons() == ["expired"]


async def test_it_is_changed_and_cancelled_by_its_own_enterprise_alone(line) -> None:
    one, _ = line.ask()
    for act in (
        lambda: line.callbacks.cancel(one.id, ELSEWHERE, ANNA),
        lambda: line.callbacks.change(one.id, ELSEWHERE, {}),
    ):
        with pytest.raises(Refused):
            act()
    line.callbacks.change(one.id, HOME, {"number": "e164:+8613900000002"})
    line.world.ready(ANNA)
    assert (await line.dialled()).customer.national == "13900000002"
    with pytest.raises(Refused):
        line.callbacks.change(one.id, HOME, {"number": "e164:+8613900000003"})
    line.callbacks.cancel(one.id, HOME, ANNA)
    assert line.reasons() == ["cancelled"]


async def test_after_a_restart_it_has_its_place_its_attempts_and_its_pause(line) -> None:
    line.ask()
    line.world.ready(ANNA)
    call = await line.dialled()
    line.rings_customer(call)
    line.ends(call, "no_answer")
    memory = Memory()
    for fact in line.world.facts.all:
        memory.fold(fact)
    memory = Memory(memory.dump())
    line.world.distribution.others.clear()
    anew = line.make()
    line.begun.clear()
    anew.restore(memory.open_callbacks())
    anew.look()
    assert line.begun == []
    line.world.clock.advance(600)
    anew.look()
    again = await line.dialled()
    line.world.board.on_ended = anew.over
    line.rings_customer(again)
    line.ends(again, "busy")
    assert line.outcomes()[-1] == ("busy", 2)


async def test_who_asked_is_not_called_while_that_call_goes_on(line: Line) -> None:
    line.world.ready(ANNA)
    call = queued(line)
    line.ask(call_id=call.id)
    line.callbacks.look()
    assert line.begun == []
    line.world.board.end(call, line.world.clock.now())
    line.callbacks.look()
    assert len(line.begun) == 1
    await asyncio.gather(*line.begun)


async def test_the_priority_of_the_call_is_kept_with_its_place(line: Line) -> None:
    call = queued(line)
    call.priority = 8
    plan = line.world.agents.directory.service(SERVICE)
    assert await line.callbacks.ask_caller(ScriptedSession("1"), call, plan)
    (asked,) = line.told(FactType.CALLBACK_ASKED)
    assert asked["priority"] == 8


async def test_the_agent_sees_what_was_said_also_after_a_restart(line: Line) -> None:
    line.ask(note="价格页")
    memory = Memory()
    for fact in line.world.facts.all:
        memory.fold(fact)
    line.world.distribution.others.clear()
    anew = line.make()
    anew.restore(Memory(memory.dump()).open_callbacks())
    anew.look()
    line.world.ready(ANNA)
    call = await line.dialled()
    assert line.world.shown.desk(ANNA, call.id)["callback_note"] == "价格页"
    for fact in line.world.facts.all:
        memory.fold(fact)
    (after,) = memory.live_calls()
    assert after.callback_note == "价格页"


async def test_two_open_ones_never_come_to_have_one_number(line: Line) -> None:
    line.ask("13800000001")
    other, _ = line.ask("13800000002")
    with pytest.raises(Refused):
        line.callbacks.change(other.id, HOME, {"number": str(CUSTOMER)})

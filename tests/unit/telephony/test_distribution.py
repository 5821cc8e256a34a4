"""Callers waiting for agents, in the sessions of the callers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallState
from callcenter.telephony.distribution import Served
from callcenter.telephony.fallback import queue_name
from callcenter.telephony.session import Session
from tests.fakes.caller import Caller
from tests.fakes.switchboard import ANNA, BEN, SERVICE, World, service

S = AgentState


class Serving:
    """One caller in the queue."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.caller = Caller(f"1795480688.{number}")
        self.call = world.inbound(self.caller.uniqueid)
        self.task: asyncio.Task[Served] | None = None

    async def enter(self) -> None:
        session: Session = self.caller  # the fake has the protocol's methods, mypy and this say so
        plan = self.world.agents.directory.service(SERVICE)
        self.task = asyncio.create_task(self.world.distribution.serve(session, self.call, plan))
        await settle()

    async def over(self) -> Served:
        return await asyncio.wait_for(self.task, 2)

    def talks(self, agent) -> None:
        """What AMI says of a talk from this session."""
        if self.caller.uniqueid not in self.world.tracker.legs:
            self.world.channel(self.caller.uniqueid, "PJSIP/demo-00000000", self.caller.uniqueid)
            self.world.up(self.caller.uniqueid)
        leg = f"{self.caller.uniqueid}.{agent.int}"
        self.world.phone_of(agent, leg, self.caller.uniqueid)
        self.world.up(leg)
        self.world.join(f"bridge-{leg}", leg, self.caller.uniqueid)


async def settle() -> None:
    """Everything that can go on has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def enter(world: World) -> AsyncIterator[Callable]:
    entered: list[Serving] = []

    async def one() -> Serving:
        serving = Serving(world, len(entered))
        entered.append(serving)
        await serving.enter()
        world.clock.advance(1)
        return serving

    yield one
    for serving in entered:
        serving.caller.hang_up()
        await serving.task


async def test_a_caller_hears_music_until_an_agent_is_ready(world, enter) -> None:
    waiting = await enter()
    assert waiting.caller.done == ["answer", "music default True"]
    assert waiting.call.state is CallState.QUEUED
    world.ready(ANNA)
    assert await waiting.caller.rings() == "PJSIP/e100001-8001"
    assert world.state(ANNA) is S.RINGING
    assert waiting.call.state is CallState.OFFERED


async def test_whom_an_agent_serves_at_once_the_agent_answers(world, enter) -> None:
    """Nothing comes between the INVITE and the ringing, and the caller hears it ring."""
    world.ready(ANNA)
    waiting = await enter()
    await waiting.caller.rings()
    assert "answer" not in waiting.caller.done


async def test_who_must_wait_after_all_is_answered_then(world, enter) -> None:
    world.ready(ANNA)
    waiting = await enter()
    await waiting.caller.rings()
    waiting.caller.outcome("NOANSWER", 19)
    await waiting.caller.hears("music default True")
    assert waiting.caller.done[1:] == ["answer", "music default True"]


async def test_an_answered_caller_is_done_when_the_talk_is(world, enter) -> None:
    world.ready(ANNA)
    waiting = await enter()
    await waiting.caller.rings()
    waiting.talks(ANNA)
    assert world.state(ANNA) is S.TALKING
    waiting.caller.outcome("ANSWER")
    assert await waiting.over() is Served.CONNECTED
    assert world.facts.names("call.") == [
        "call.started", "call.queued", "call.offered", "call.connected", "call.dequeued",
    ]  # fmt: skip


async def test_callers_are_served_in_their_order(world, enter) -> None:
    first, second = await enter(), await enter()
    world.ready(ANNA)
    await first.caller.rings()
    assert second.caller.ringing.empty()
    world.ready(BEN)
    assert await second.caller.rings() == "PJSIP/e100001-8002"


async def test_two_callers_and_two_agents_pair_off_at_once(world, enter) -> None:
    world.ready(ANNA, BEN)
    first, second = await asyncio.gather(enter(), enter())
    assert {await first.caller.rings(), await second.caller.rings()} == {
        "PJSIP/e100001-8001", "PJSIP/e100001-8002",
    }  # fmt: skip


async def test_no_answer_rings_the_next_agent_in_the_same_session(world, enter) -> None:
    world.ready(ANNA, BEN)
    waiting = await enter()
    await waiting.caller.rings()
    waiting.caller.outcome("NOANSWER", 19)
    assert await waiting.caller.rings() == "PJSIP/e100001-8002"
    assert world.state(ANNA) is S.NOT_READY
    assert [f.data["reason"] for f in world.facts.of(FactType.CALL_MISSED)] == ["no_answer"]
    assert [f.data["offer"] for f in world.facts.of(FactType.CALL_OFFERED)] == [1, 2]


async def test_a_caller_nobody_answered_keeps_the_old_place(world, enter) -> None:
    first = await enter()
    world.ready(ANNA)
    await first.caller.rings()
    second = await enter()
    first.caller.outcome("NOANSWER", 19)
    await settle()
    assert [w.call_id for w in world.matcher.waiting_in(SERVICE)] == [first.call.id, second.call.id]
    assert len(world.facts.of(FactType.CALL_QUEUED)) == 2


@pytest.mark.parametrize(
    ("status", "cause", "reason"),
    [
        ("NOANSWER", 19, "no_answer"),
        ("BUSY", 17, "rejected"),
        ("NOANSWER", 21, "rejected"),
        ("CHANUNAVAIL", 0, "unreachable"),
        ("CONGESTION", 34, "unreachable"),
    ],
)
async def test_a_missed_call_says_why(world, enter, status, cause, reason) -> None:
    world.ready(ANNA)
    waiting = await enter()
    await waiting.caller.rings()
    waiting.caller.outcome(status, cause)
    await settle()
    assert [f.data["reason"] for f in world.facts.of(FactType.CALL_MISSED)] == [reason]


async def test_the_policy_may_leave_the_agent_ready(world, enter) -> None:
    world.use(service(missed_policy="ready"))
    world.ready(ANNA)
    waiting = await enter()
    await waiting.caller.rings()
    waiting.caller.outcome("NOANSWER", 19)
    await waiting.caller.rings()  # the only one there is, again
    assert len(world.facts.of(FactType.CALL_OFFERED)) == 2


async def test_a_phone_that_is_away_is_not_rung_again_whatever_the_policy(world, enter) -> None:
    world.use(service(missed_policy="ready"))
    world.ready(ANNA)
    waiting = await enter()
    await waiting.caller.rings()
    waiting.caller.outcome("CHANUNAVAIL")
    await settle()
    assert world.state(ANNA) is S.NOT_READY


async def test_a_caller_who_leaves_while_it_rings_frees_the_agent(world, enter) -> None:
    world.ready(ANNA)
    idle_since = world.agents.status(ANNA).idle_since
    waiting = await enter()
    await waiting.caller.rings()
    waiting.caller.hang_up()
    assert await waiting.over() is Served.GONE
    assert world.state(ANNA) is S.READY
    assert world.agents.status(ANNA).idle_since == idle_since
    assert world.facts.of(FactType.CALL_MISSED) == []
    assert world.shown.desk(ANNA, waiting.call.id) is None


async def test_a_caller_who_leaves_the_queue_leaves_no_trace_in_it(world, enter) -> None:
    waiting = await enter()
    waiting.caller.hang_up()
    assert await waiting.over() is Served.GONE
    assert world.matcher.waiting_in(SERVICE) == []
    world.ready(ANNA)
    assert world.state(ANNA) is S.READY


async def test_a_caller_who_leaves_as_the_agent_becomes_ready_frees_the_agent(world, enter) -> None:
    waiting = await enter()
    world.ready(ANNA)
    waiting.caller.hang_up()
    assert await waiting.over() is Served.GONE
    assert world.state(ANNA) is S.READY


async def test_an_agent_who_is_lost_to_one_caller_serves_the_next(world, enter) -> None:
    first, second = await enter(), await enter()
    world.ready(ANNA)
    first.caller.hang_up()
    await first.over()
    assert await second.caller.rings() == "PJSIP/e100001-8001"


async def test_an_agent_who_signs_out_gets_nobody(world, enter) -> None:
    world.ready(ANNA)
    world.agents.fire(ANNA, AgentEvent.SIGN_OUT)
    waiting = await enter()
    assert waiting.caller.ringing.empty()


async def test_when_the_last_agent_goes_the_caller_waits_on(world, enter) -> None:
    world.ready(ANNA)
    waiting = await enter()
    await waiting.caller.rings()
    world.agents.fire(ANNA, AgentEvent.SIGN_OUT)
    waiting.caller.outcome("NOANSWER", 19)
    await settle()
    assert world.state(ANNA) is S.OFFLINE
    assert not waiting.task.done()
    assert world.matcher.position(waiting.call.id) == 1


async def test_an_agent_whose_account_went_while_matched_does_not_hold_up_the_caller(
    world, enter
) -> None:
    waiting = await enter()
    world.ready(ANNA)  # matched; the session has not run yet
    directory = world.agents.directory
    world.agents.directory = replace(directory, seats={BEN: directory.seats[BEN]})
    await settle()
    world.ready(BEN)
    assert await waiting.caller.rings() == "PJSIP/e100001-8002"


async def test_whom_we_leave_alone_is_served_by_the_queue_of_the_service_waited_for(
    world, enter
) -> None:
    waiting = await enter()
    assert waiting.caller.set["CC_QUEUE"] == queue_name(SERVICE)


async def test_a_full_queue_takes_nobody(world, enter) -> None:
    world.use(service(queue_capacity=1))
    await enter()
    second = await enter()
    assert await second.over() is Served.FULL
    assert world.facts.names("call.queued") == ["call.queued"]
    assert second.caller.done == []


async def test_who_waits_too_long_is_let_go(world, enter) -> None:
    world.use(service(max_wait_seconds=0))
    waiting = await enter()
    assert await waiting.over() is Served.TIMED_OUT
    assert world.matcher.waiting_in(SERVICE) == []


async def test_the_wait_counts_from_the_first_moment_also_for_who_came_back(world) -> None:
    world.use(service(max_wait_seconds=60))
    serving = Serving(world, 0)
    serving.call.queued_at, serving.call.in_queue = world.clock.now(), True
    serving.call.service_id = SERVICE
    world.clock.advance(61)
    await serving.enter()
    assert await serving.over() is Served.TIMED_OUT
    assert world.facts.of(FactType.CALL_QUEUED) == []  # told of when the wait began


async def test_who_is_transferred_to_a_service_after_a_long_talk_waits_anew(world, enter) -> None:
    world.use(service(max_wait_seconds=60))
    world.ready(ANNA)
    serving = await enter()
    await serving.caller.rings()
    serving.talks(ANNA)
    world.clock.advance(3600)
    serving.caller.outcome("ANSWER")
    assert await serving.over() is Served.CONNECTED
    serving.caller = Caller(serving.caller.uniqueid)
    await serving.enter()
    assert not serving.task.done()
    world.agents.fire(BEN, AgentEvent.SIGN_IN)
    world.agents.fire(BEN, AgentEvent.SET_READY)
    await serving.caller.rings()
    serving.talks(BEN)
    waits = [fact.data["waited_seconds"] for fact in world.facts.of(FactType.CALL_CONNECTED)]
    assert all(0 <= waited < 5 for waited in waits)
    assert len(waits) == len(world.facts.of(FactType.CALL_DEQUEUED)) == 2
    serving.caller.outcome("ANSWER")
    await serving.over()


async def test_the_rooms_hear_of_every_move_of_the_queue(world, enter) -> None:
    lengths: list[int] = []
    world.distribution.queues_changed = lambda _: lengths.append(
        len(world.matcher.waiting_in(SERVICE))
    )
    waiting = await enter()
    assert lengths[-1] == 1
    waiting.caller.hang_up()
    await waiting.over()
    assert lengths[-1] == 0


async def test_the_same_caller_is_offered_to_one_agent_at_a_time(world, enter) -> None:
    world.ready(ANNA, BEN)
    waiting: Serving = await enter()
    await waiting.caller.rings()
    assert sorted((world.state(ANNA), world.state(BEN))) == sorted((S.RINGING, S.READY))


async def test_an_agent_who_answers_by_himself_is_told_so_by_the_dial(world, enter) -> None:
    directory = world.agents.directory
    seats = {ANNA: replace(directory.seats[ANNA], auto_answer=True)}
    world.agents.use(replace(directory, seats=seats))
    world.ready(ANNA)
    waiting = await enter()
    await waiting.caller.rings()
    assert waiting.caller.done[-1] == "dial PJSIP/e100001-8001 15 b(auto-answer^s^1)"


class Leaving(Caller):
    """Somebody becomes ready, and the caller hangs up, while the session is being answered."""

    def __init__(self, world: World) -> None:
        super().__init__("1795480688.9")
        self._world = world

    async def answer(self) -> None:
        self._world.ready(ANNA)
        self.hang_up()
        await super().answer()


async def test_an_agent_matched_to_who_hangs_up_while_being_answered_is_free_again(world) -> None:
    caller = Leaving(world)
    call = world.inbound(caller.uniqueid)
    plan = world.agents.directory.service(SERVICE)
    assert await world.distribution.serve(caller, call, plan) is Served.GONE
    assert world.state(ANNA) is S.READY
    assert world.matcher.ready_in(SERVICE) == 1

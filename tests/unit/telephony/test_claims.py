"""Priorities, preferred agents, rings that open and phones that ring together, in the queue's shell."""

import asyncio
from collections.abc import Iterator
from uuid import UUID

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.acd.claims import Need, Ring
from callcenter.acd.strategies import Strategy
from callcenter.calls.events import FactType
from callcenter.calls.states import CallState
from callcenter.routing.matching import Matching
from callcenter.telephony.claiming import Claim
from callcenter.telephony.distribution import Served
from callcenter.telephony.memory import Memory
from callcenter.telephony.session import Session
from tests.fakes.caller import Caller
from tests.fakes.switchboard import ANNA, BEN, SERVICE, World, service

S = AgentState
ENGLISH = UUID(int=50)
BOTH = "PJSIP/e100001-8001&PJSIP/e100001-8002"


class Claimed:
    """`Claims` by caller: what was told of the first, the second…"""

    def __init__(self, *claims: Claim) -> None:
        self._claims = iter(claims)
        self.asked = 0

    async def of(self, call: object, service: object) -> Claim:
        self.asked += 1
        await asyncio.sleep(0)
        return next(self._claims)


class Queue:
    def __init__(self, world: World) -> None:
        self.world = world
        self.callers: list[Caller] = []
        self.tasks: list[asyncio.Task[Served]] = []

    async def enter(self) -> Caller:
        caller = Caller(f"1795480688.{len(self.callers)}")
        self.callers.append(caller)
        session: Session = caller
        plan = self.world.agents.directory.service(SERVICE)
        call = self.world.inbound(caller.uniqueid)
        serving = self.world.distribution.serve(session, call, plan)
        self.tasks.append(asyncio.create_task(serving))
        await settle()
        self.world.clock.advance(1)
        return caller

    @property
    def waiting(self) -> list[int]:
        """Who waits, by number of coming, in their order."""
        order = [one.call_id for one in self.world.matcher.waiting_in(SERVICE)]
        calls = [self.world.inbound(caller.uniqueid).id for caller in self.callers]
        return [calls.index(call) for call in order]


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def queue(world: World) -> Iterator[Queue]:
    made = Queue(world)
    yield made
    for caller in made.callers:
        caller.hang_up()
    await asyncio.gather(*made.tasks)


async def test_the_claim_is_asked_once_and_told_with_the_queueing(world, queue) -> None:
    world.distribution.claims = claims = Claimed(Claim(8), Claim(9))
    await queue.enter()
    await queue.enter()
    assert queue.waiting == [1, 0]
    assert [fact.data["priority"] for fact in world.facts.of(FactType.CALL_QUEUED)] == [8, 9]
    assert claims.asked == 2


async def test_who_comes_back_after_a_restart_has_the_priority_of_before(world, queue) -> None:
    world.distribution.claims = Claimed(Claim(8))
    await queue.enter()
    memory = Memory()
    for fact in world.facts.all:
        memory.fold(fact)
    (restored,) = memory.live_calls()
    assert (restored.priority, restored.in_queue) == (8, True)


async def test_who_hangs_up_while_the_record_is_read_never_waits(world) -> None:
    caller = Caller("1795480688.9")
    call = world.inbound(caller.uniqueid)

    class Slow:
        async def of(self, call: object, service: object) -> Claim:
            caller.hang_up()
            return Claim(5)

    world.distribution.claims = Slow()
    plan = world.agents.directory.service(SERVICE)
    assert await world.distribution.serve(caller, call, plan) is Served.GONE
    assert world.facts.of(FactType.CALL_QUEUED) == []


async def test_the_preferred_agent_alone_is_rung_though_another_is_ready(world, queue) -> None:
    world.distribution.claims = Claimed(Claim(5, (BEN,)))
    world.ready(ANNA, BEN)
    caller = await queue.enter()
    assert await caller.rings() == "PJSIP/e100001-8002"


async def test_when_the_preferred_agent_takes_a_pause_anybody_is_rung(world, queue) -> None:
    world.distribution.claims = Claimed(Claim(5, (BEN,)), Claim(5, (BEN,)))
    world.ready(ANNA, BEN)
    first = await queue.enter()
    await first.rings()
    second = await queue.enter()
    assert second.ringing.empty()  # Ben is with the first, and comes back
    world.agents.fire(BEN, AgentEvent.SET_NOT_READY)
    assert await second.rings() == "PJSIP/e100001-8001"


async def test_one_timer_opens_the_next_ring(world, queue) -> None:
    needs = (Need(ENGLISH, 5),)
    world.use(service(matching=Matching(rings=(Ring(0, needs), Ring(10)))))
    world.ready(ANNA)
    caller = await queue.enter()
    await queue.enter()
    assert caller.ringing.empty()
    timers: list[float] = []
    loop = asyncio.get_running_loop()
    loop.call_later = lambda delay, *_: timers.append(delay) or loop.call_soon(int)
    world.clock.advance(5)
    world.distribution.dispatch()
    assert timers == [pytest.approx(3, abs=0.1)]  # for both; the first came 7 s ago
    del loop.call_later
    world.clock.advance(3)
    world.distribution.dispatch()
    assert await caller.rings() == "PJSIP/e100001-8001"


@pytest.fixture
def together(world: World) -> World:
    world.use(service(strategy=Strategy.RING_ALL))
    world.ready(ANNA, BEN)
    return world


def talks(world: World, caller: Caller, agent: UUID) -> None:
    """What AMI says when this agent picks up."""
    world.channel(caller.uniqueid, "PJSIP/demo-00000000", caller.uniqueid)
    world.up(caller.uniqueid)
    leg = f"{caller.uniqueid}.{agent.int}"
    world.phone_of(agent, leg, caller.uniqueid)
    world.up(leg)
    world.join(f"bridge-{leg}", leg, caller.uniqueid)


async def test_all_who_are_ready_ring_in_one_dial_and_each_is_told(together, queue) -> None:
    caller = await queue.enter()
    assert await caller.rings() == BOTH
    assert caller.done[-1] == f"dial {BOTH} 15 b(call-id^s^1)"
    assert (together.state(ANNA), together.state(BEN)) == (S.RINGING, S.RINGING)
    offered = together.facts.of(FactType.CALL_OFFERED)
    assert [(fact.agent_id, fact.data["offer"]) for fact in offered] == [(ANNA, 1), (BEN, 2)]


async def test_the_first_to_answer_talks_and_the_others_are_free_at_no_cost(
    together, queue
) -> None:
    idle_since = together.agents.status(ANNA).idle_since
    caller = await queue.enter()
    await caller.rings()
    talks(together, caller, BEN)
    assert (together.state(ANNA), together.state(BEN)) == (S.READY, S.TALKING)
    assert together.agents.status(ANNA).idle_since == idle_since
    call = together.inbound(caller.uniqueid)
    assert together.shown.desk(ANNA, call.id) is None
    assert together.shown.desk(BEN, call.id)["state"] == "connected"
    # Whose phone stops ringing meanwhile may be with the next caller already.
    second = await queue.enter()
    assert await second.rings() == "PJSIP/e100001-8001"
    caller.outcome("ANSWER")
    assert await queue.tasks[0] is Served.CONNECTED
    assert together.facts.of(FactType.CALL_MISSED) == []
    assert together.state(ANNA) is S.RINGING


async def test_who_all_let_it_ring_have_missed_it_each_by_the_own_offer(together, queue) -> None:
    caller = await queue.enter()
    await caller.rings()
    caller.outcome("NOANSWER", 19)
    await settle()
    assert (together.state(ANNA), together.state(BEN)) == (S.NOT_READY, S.NOT_READY)
    missed = together.facts.of(FactType.CALL_MISSED)
    assert [(fact.agent_id, fact.data["offer"]) for fact in missed] == [(ANNA, 1), (BEN, 2)]
    assert together.inbound(caller.uniqueid).state is CallState.QUEUED


async def test_a_caller_who_leaves_frees_all_whose_phones_rang(together, queue) -> None:
    caller = await queue.enter()
    await caller.rings()
    caller.hang_up()
    assert await queue.tasks[0] is Served.GONE
    assert (together.state(ANNA), together.state(BEN)) == (S.READY, S.READY)
    assert together.facts.of(FactType.CALL_MISSED) == []
    call = together.inbound(caller.uniqueid)
    assert together.shown.desk(ANNA, call.id) is None
    assert together.inbound(caller.uniqueid).watched == set()


async def test_lines_of_all_who_ring_are_let_go_first(together, queue) -> None:
    freed: list[UUID] = []

    class Lines(type(together.distribution.legs)):
        async def free(self, seat) -> None:
            freed.append(seat.user_id)

    together.distribution.legs = Lines()
    caller = await queue.enter()
    await caller.rings()
    assert freed == [ANNA, BEN]


@pytest.mark.parametrize(
    ("cause", "reason"), [(21, "rejected"), (17, "rejected")], ids=["declined", "busy"]
)
async def test_who_declines_beside_others_has_missed_the_call_at_once(
    together, queue, cause: int, reason: str
) -> None:
    caller = await queue.enter()
    await caller.rings()
    together.channel(caller.uniqueid, "PJSIP/demo-00000000", caller.uniqueid)
    together.phone_of(ANNA, "anna.1", caller.uniqueid)
    together.hang_up("anna.1", cause=cause)
    (missed,) = together.facts.of(FactType.CALL_MISSED)
    assert (missed.agent_id, missed.data) == (ANNA, {"reason": reason, "offer": 1})
    assert (together.state(ANNA), together.state(BEN)) == (S.NOT_READY, S.RINGING)
    caller.outcome("NOANSWER", 19)
    await settle()
    missed = together.facts.of(FactType.CALL_MISSED)
    assert [(fact.agent_id, fact.data["reason"]) for fact in missed] == [
        (ANNA, "rejected"), (BEN, "no_answer"),
    ]  # fmt: skip


async def test_phones_that_end_because_another_was_picked_up_have_missed_nothing(
    together, queue
) -> None:
    """Asterisk tells of their end before it tells of the talk."""
    caller = await queue.enter()
    await caller.rings()
    together.channel(caller.uniqueid, "PJSIP/demo-00000000", caller.uniqueid)
    together.phone_of(BEN, "ben.1", caller.uniqueid)
    together.ami("DialEnd", caller.uniqueid, DestUniqueid="ben.1", DialStatus="CANCEL")
    together.hang_up("ben.1", cause=26)
    talks(together, caller, ANNA)
    assert together.facts.of(FactType.CALL_MISSED) == []
    assert (together.state(ANNA), together.state(BEN)) == (S.TALKING, S.READY)
    caller.outcome("ANSWER")
    await settle()


async def test_one_alone_who_is_ready_is_rung_as_ever(world, queue) -> None:
    world.use(service(strategy=Strategy.RING_ALL))
    world.ready(BEN)
    caller = await queue.enter()
    assert await caller.rings() == "PJSIP/e100001-8002"


async def test_when_asterisk_tells_of_the_talk_only_after_it_nobody_is_left_ringing(
    together, queue
) -> None:
    caller = await queue.enter()
    await caller.rings()
    together.channel(caller.uniqueid, "PJSIP/demo-00000000", caller.uniqueid)
    talking = f"{caller.uniqueid}.b"
    together.phone_of(BEN, talking, caller.uniqueid)
    caller.outcome("ANSWER")
    await settle()
    assert (together.state(ANNA), together.state(BEN)) == (S.READY, S.RINGING)
    together.up(caller.uniqueid, talking)
    together.join("late", talking, caller.uniqueid)
    assert together.state(BEN) is S.TALKING

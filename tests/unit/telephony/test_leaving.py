"""Callers who leave a queue without an agent: by a key, or because nobody is there."""

import asyncio
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest

from callcenter.acd.agent import AgentEvent, AgentState
from callcenter.calls.events import FactType
from callcenter.calls.states import CallState
from callcenter.routing.rules import Rule, Rules, Target, TargetKind, needs_of
from callcenter.routing.service import RoutePlan
from callcenter.routing.waiting import Offers, Overflow, Survey, SurveyWhen, WaitingPlan
from callcenter.telephony.distribution import Distribution, Served
from callcenter.telephony.live import Target as WishedTarget
from callcenter.telephony.live import TargetKind as WishedKind
from callcenter.telephony.outside import Outside
from callcenter.telephony.router import Router
from callcenter.telephony.session import SessionGone
from callcenter.telephony.ways import Ways
from tests.fakes.switchboard import ANNA, ELSEWHERE, HOME, SERVICE, World, service
from tests.unit.telephony.test_announcing import Listener, Spoken
from tests.unit.telephony.test_distribution import settle

OTHER, ROUTE = UUID(int=13), UUID(int=41)
MOBILE = "13800000009"
SORRY = {"zh-CN": "抱歉", "en": "Sorry"}
KEYS = Offers(after_seconds=0, callback="1", voicemail="2", number_key="3", number="10010")


@dataclass
class Taking:
    """Stands for whoever takes callbacks and messages."""

    takes: bool = True
    gone: bool = False
    asked: list[str] = field(default_factory=list)
    boxes: list[UUID] = field(default_factory=list)

    async def callback(self, _session: Any, _call: Any, _service: Any) -> bool:
        return self._taken("callback")

    async def voicemail(self, session: Any, call: Any, target_id: UUID) -> bool:
        self.boxes.append(target_id)
        if self.gone:
            call.settled = "voicemail"
            session.hang_up()
            raise SessionGone
        return self._taken("voicemail")

    def _taken(self, what: str) -> bool:
        self.asked.append(what)
        return self.takes


class Trunk:
    def dial_string(self, _enterprise: UUID, number: str, _display: str) -> str:
        return f"PJSIP/demo/{number}"


class Saying:
    """The flows of the world: they say a text and lead nowhere."""

    def __init__(self) -> None:
        self.said: list[Any] = []

    async def say(self, _session: Any, _call: Any, texts: Any) -> None:
        self.said.append(texts)


class Centre:
    """One caller, and all ways that lead out of a queue."""

    def __init__(self, waiting: WaitingPlan, **plan: Any) -> None:
        self.world = world = World(
            service(waiting=waiting, **plan), service(id=OTHER, name="另一个", members=frozenset())
        )
        self.listener = Listener()
        self.offers, self.flows = Taking(), Saying()
        world.distribution = Distribution(
            world.clock, world.matcher, world.agents, world.board, voice=Spoken(self.listener)
        )
        world.agents.stirred = world.distribution.dispatch
        self.outside = Outside(world.clock, world.board)
        router = Router(world.clock, world.agents, world.matcher, None, self.outside)
        self.ways = Ways(
            world.clock, world.agents, world.board, world.distribution, self.flows, router,
            Trunk(), None, channels=None, surveys=world.surveys, offers=self.offers,
            conferences=None,
        )  # fmt: skip
        self.call = world.inbound()

    def somebody_with(self, number: str) -> AbstractContextManager[None]:
        """While another caller is with it."""
        return self.outside.leading(self.world.inbound("1795480688.90"), number)

    def enter(self) -> None:
        serving = self.ways.serve(self.listener, self.call, SERVICE)
        self.task = asyncio.create_task(serving)

    async def presses(self, key: str) -> None:
        self.enter()
        await settle()
        self.listener.press(key)
        await settle()

    async def over(self) -> None:
        await asyncio.wait_for(self.task, 2)

    def left_by(self) -> list[str]:
        return [fact.data["reason"] for fact in self.world.facts.of(FactType.CALL_DEQUEUED)]

    def end(self) -> str:
        self.world.board.end(self.call, self.world.clock.now())
        return self.call.result


def overflowing(why: str, target: Target) -> WaitingPlan:
    return WaitingPlan(overflow=Overflow(**{why: target}))


@pytest.mark.parametrize(("key", "what"), [("1", "callback"), ("2", "voicemail")])
async def test_who_takes_an_offer_is_done_and_was_not_abandoned(key: str, what: str) -> None:
    centre = Centre(WaitingPlan(offers=KEYS))
    await centre.presses(key)
    await centre.over()
    assert centre.offers.asked == [what]
    assert centre.left_by() == [what]
    assert centre.listener.set["CC_NEXT"] == "hangup"
    assert centre.world.matcher.waiting_in(SERVICE) == []
    assert centre.end() == what


async def test_who_declines_after_all_waits_on_at_the_old_place() -> None:
    centre = Centre(WaitingPlan(offers=KEYS))
    centre.offers.takes = False
    since = centre.world.clock.now()
    await centre.presses("1")
    assert centre.left_by() == []
    (waiting,) = centre.world.matcher.waiting_in(SERVICE)
    assert waiting.queued_at == since
    centre.world.ready(ANNA)
    await centre.listener.rings()
    centre.listener.hang_up()
    with pytest.raises(SessionGone):
        await centre.over() or await centre.listener.answer()


async def test_who_hangs_up_after_a_message_has_left_one() -> None:
    centre = Centre(WaitingPlan(offers=KEYS))
    centre.offers.gone = True
    await centre.presses("2")
    await centre.over()
    assert centre.end() == "voicemail"
    assert centre.left_by() == ["voicemail"]


async def test_a_key_and_a_match_at_once_leave_one_of_both() -> None:
    centre = Centre(WaitingPlan(offers=KEYS))
    centre.enter()
    await settle()
    centre.world.ready(ANNA)  # matched; the session has not run yet
    centre.listener.press("1")
    assert await centre.listener.rings() == "PJSIP/e100001-8001"
    assert centre.offers.asked == []
    assert centre.world.state(ANNA) is AgentState.RINGING
    centre.listener.hang_up()
    await centre.over()
    assert centre.world.state(ANNA) is AgentState.READY


async def test_a_key_before_a_match_leaves_the_agent_to_the_next() -> None:
    centre = Centre(WaitingPlan(offers=KEYS))
    centre.enter()
    await settle()
    centre.listener.press("1")
    await settle()
    centre.world.ready(ANNA)
    await centre.over()
    assert centre.world.state(ANNA) is AgentState.READY
    assert centre.offers.asked == ["callback"]


@pytest.mark.parametrize(("status", "left"), [("ANSWER", ["offer"]), ("BUSY", [])])
async def test_another_number_is_called_and_who_is_not_answered_waits_on(status, left) -> None:
    centre = Centre(WaitingPlan(offers=KEYS))
    await centre.presses("3")
    assert await centre.listener.rings() == "PJSIP/demo/10010"
    assert centre.call.state is CallState.DIALLING
    centre.call.forwarded = status == "ANSWER"
    centre.listener.outcome(status)
    await settle()
    assert centre.left_by() == left
    if left:
        await centre.over()
        assert centre.end() == "answered"
    else:
        assert centre.call.state is CallState.QUEUED
        assert centre.world.matcher.position(centre.call.id) == 1
        centre.listener.hang_up()
        await centre.over()
        assert centre.end() == "abandoned"
    assert centre.world.board.illegal_edges == 0


async def test_a_wait_that_is_too_long_goes_on_in_another_service() -> None:
    target = Target(TargetKind.AGENT_SERVICE, OTHER)
    centre = Centre(overflowing("timeout", target), max_wait_seconds=0)
    centre.enter()
    await settle()
    assert centre.left_by() == ["overflow"]
    assert [waiting.call_id for waiting in centre.world.matcher.waiting_in(OTHER)] == [
        centre.call.id
    ]
    assert centre.call.service_id == OTHER
    centre.listener.hang_up()
    await centre.over()
    assert centre.world.board.illegal_edges == 0


async def test_a_full_queue_says_a_message_and_the_call_is_abandoned() -> None:
    centre = Centre(overflowing("full", Target(TargetKind.MESSAGE, say=SORRY)), queue_capacity=0)
    centre.enter()
    await centre.over()
    assert centre.flows.said == [SORRY]
    assert (centre.listener.set["CC_NEXT"], centre.end()) == ("hangup", "abandoned")
    assert centre.world.facts.of(FactType.CALL_QUEUED) == []
    (routed,) = centre.world.facts.of(FactType.CALL_ROUTED)
    assert (routed.data["target"], routed.data["via"]) == ("message", str(SERVICE))


async def test_without_a_target_all_lines_are_busy_as_before() -> None:
    centre = Centre(WaitingPlan(), max_wait_seconds=0)
    centre.enter()
    await centre.over()
    assert (centre.listener.set["CC_NEXT"], centre.left_by()) == ("busy", ["timeout"])


async def test_nobody_waits_for_nobody_where_the_service_says_so() -> None:
    centre = Centre(overflowing("unstaffed", Target(TargetKind.VOICEMAIL)))
    centre.enter()
    await centre.over()
    assert centre.offers.asked == ["voicemail"]
    assert centre.offers.boxes == [SERVICE]
    assert centre.end() == "voicemail"


async def test_the_voicemail_that_an_overflow_names_takes_the_message() -> None:
    centre = Centre(overflowing("full", Target(TargetKind.VOICEMAIL, ANNA)), queue_capacity=0)
    centre.enter()
    await centre.over()
    assert centre.offers.boxes == [ANNA]


HOURS = UUID(int=31)


class Closed:
    """A schedule, as far as it is asked; `open` is turned."""

    enterprise_id = HOME

    def __init__(self) -> None:
        self.open, self.hours = False, self

    def is_open(self, _now: Any) -> bool:
        return self.open


def keeping_hours(target: Target | None) -> tuple[Centre, Closed]:
    schedule = Closed()
    centre = Centre(WaitingPlan(schedule_id=HOURS, overflow=Overflow(closed=target)))
    object.__setattr__(centre.world.agents.directory.plan, "schedules", {HOURS: schedule})
    return centre, schedule


@pytest.mark.parametrize("target", [None, Target(TargetKind.MESSAGE, say=SORRY)])
async def test_outside_its_hours_a_service_queues_nobody_and_nobody_was_waited_for_in_vain(
    target: Target | None,
) -> None:
    centre, _ = keeping_hours(target)
    centre.world.ready(ANNA)
    centre.enter()
    await centre.over()
    assert centre.world.facts.of(FactType.CALL_QUEUED) == []
    assert centre.listener.set["CC_NEXT"] == ("hangup" if target else "closed")
    assert centre.flows.said == ([SORRY] if target else [])
    assert centre.end() == "ivr_only"
    assert centre.world.board.illegal_edges == 0


async def test_who_waits_when_a_service_closes_waits_on_and_comes_back_to_the_place() -> None:
    centre, schedule = keeping_hours(Target(TargetKind.HANG_UP))
    schedule.open = True
    centre.enter()
    await settle()
    schedule.open = False
    centre.task.cancel()  # telephony starts anew
    centre.world.matcher.remove(centre.call.id)
    centre.enter()
    await settle()
    assert centre.world.matcher.position(centre.call.id) == 1
    centre.listener.hang_up()
    await centre.over()
    assert centre.end() == "abandoned"


@pytest.mark.parametrize(("talked", "place"), [(True, 1), (False, 0)])
async def test_a_callback_that_was_given_away_in_vain_is_not_closed_out(
    talked: bool, place: int
) -> None:
    """It was never in the queue; a customer with whom nobody has talked is another matter."""
    centre, _ = keeping_hours(Target(TargetKind.HANG_UP))
    call = centre.call
    call.service_id, call.connected_at = SERVICE, centre.world.clock.now() if talked else None
    assert call.queued_at is None
    centre.enter()
    await settle()
    assert centre.world.matcher.position(call.id) == place
    centre.listener.hang_up()
    await centre.over()


async def test_a_schedule_that_is_gone_closes_nothing() -> None:
    centre = Centre(WaitingPlan(schedule_id=HOURS))
    centre.enter()
    await settle()
    assert centre.world.matcher.position(centre.call.id) == 1
    centre.listener.hang_up()
    await centre.over()


async def test_when_the_last_member_is_taken_away_the_waiting_are_led_on_as_the_service_says_now() -> (
    None
):
    centre = Centre(overflowing("unstaffed", Target(TargetKind.HANG_UP)))
    world = centre.world
    world.agents.phone(world.agents.seat(ANNA).endpoint, registered=True)
    world.agents.fire(ANNA, AgentEvent.SIGN_IN)
    centre.enter()
    await settle()
    spoken = Target(TargetKind.MESSAGE, say=SORRY)
    world.use(service(waiting=overflowing("unstaffed", spoken), members=frozenset()))
    world.distribution.let_go(world.agents.directory.services.values())
    await centre.over()
    assert centre.left_by() == ["overflow"]
    assert centre.flows.said == [SORRY]
    assert world.state(ANNA) is AgentState.NOT_READY  # and has not signed out


async def test_when_the_last_agent_signs_out_the_waiting_are_led_on() -> None:
    centre = Centre(overflowing("unstaffed", Target(TargetKind.HANG_UP)))
    world = centre.world
    world.agents.phone(world.agents.seat(ANNA).endpoint, registered=True)
    world.agents.fire(ANNA, AgentEvent.SIGN_IN)
    centre.enter()
    await settle()
    assert not centre.task.done()
    world.agents.fire(ANNA, AgentEvent.SIGN_OUT)
    world.distribution.desert(ANNA)
    await centre.over()
    assert centre.left_by() == ["overflow"]
    assert centre.end() == "abandoned"


async def test_a_number_takes_no_more_calls_than_it_may() -> None:
    target = Target(TargetKind.NUMBER, number="10010", at_once=1)
    centre = Centre(overflowing("full", target), queue_capacity=0)
    with centre.somebody_with("10010"):
        centre.enter()
        await centre.over()
    assert centre.listener.set["CC_NEXT"] == "busy"


async def test_a_number_that_was_filled_while_somebody_else_was_rung_is_not_called() -> None:
    target = Target(TargetKind.NUMBER, number="10010", at_once=1)
    centre = Centre(WaitingPlan())
    rules = Rules((Rule("r", (), Target(TargetKind.SEAT, ANNA)),), target)
    routes = {ROUTE: RoutePlan(HOME, "r", rules, needs_of(rules))}
    object.__setattr__(centre.world.agents.directory.plan, "routes", routes)
    centre.world.ready(ANNA)
    led = centre.ways.routed(centre.listener, centre.call, ROUTE, {})
    centre.task = asyncio.create_task(led)
    assert await centre.listener.rings() == "PJSIP/e100001-8001"
    with centre.somebody_with("10010"):
        centre.listener.outcome("BUSY")
        await centre.over()
    assert centre.listener.set["CC_NEXT"] == "busy"


@pytest.mark.parametrize("way", ["flow", "offer"])
async def test_a_call_counts_at_its_number_whichever_way_it_was_led_there(way: str) -> None:
    """A flow writes it in its own way; offers and rules have it as it is dialled at home."""
    centre = Centre(WaitingPlan(offers=replace(KEYS, number=MOBILE)))
    if way == "offer":
        written = MOBILE
        await centre.presses("3")
    else:
        written = f"+86{MOBILE}"
        outside = WishedTarget(WishedKind.NUMBER, written)
        led = centre.ways.send_to(centre.listener, centre.call, outside)
        centre.task = asyncio.create_task(led)
    assert await centre.listener.rings() == f"PJSIP/demo/{written}"
    assert centre.outside.count(HOME, MOBILE) == 1
    assert centre.outside.count(ELSEWHERE, MOBILE) == 0
    centre.call.forwarded = True
    centre.listener.outcome("ANSWER")
    await centre.over()
    assert centre.outside.count(HOME, MOBILE) == 0


async def test_a_flow_calls_a_number_while_fewer_than_may_be_are_with_it() -> None:
    """It writes the number in its own way; whoever comes too late hears that all lines are busy."""
    outside = WishedTarget(WishedKind.NUMBER, f"+86{MOBILE}", at_once=1)
    centre = Centre(WaitingPlan())
    with centre.somebody_with(MOBILE):
        await centre.ways.send_to(centre.listener, centre.call, outside)
    assert centre.listener.set["CC_NEXT"] == "busy"
    led = centre.ways.send_to(centre.listener, centre.call, outside)
    centre.task = asyncio.create_task(led)
    assert await centre.listener.rings() == f"PJSIP/demo/+86{MOBILE}"
    centre.listener.outcome("BUSY")
    await centre.over()


async def test_who_wishes_a_number_that_has_all_the_calls_it_may_have_waits_on() -> None:
    centre = Centre(WaitingPlan(offers=replace(KEYS, number_at_once=1)))
    with centre.somebody_with("10010"):
        await centre.presses("3")
        assert centre.world.matcher.position(centre.call.id) == 1
    assert centre.left_by() == []
    centre.listener.press("3")
    assert await centre.listener.rings() == "PJSIP/demo/10010"
    centre.listener.hang_up()
    await centre.over()


async def test_services_that_overflow_into_each_other_end_somewhere() -> None:
    there = Target(TargetKind.AGENT_SERVICE, OTHER)
    centre = Centre(overflowing("full", there), queue_capacity=0)
    back = overflowing("full", Target(TargetKind.AGENT_SERVICE, SERVICE))
    other = service(id=OTHER, members=frozenset(), queue_capacity=0, waiting=back)
    centre.world.use(centre.world.agents.directory.service(SERVICE), other)
    centre.enter()
    await centre.over()
    assert centre.listener.set["CC_NEXT"] == "busy"


async def test_the_agents_number_and_answering_by_itself_are_told_to_the_dial() -> None:
    class Numbered(Spoken):
        def agent(self, _call: Any, employee_code: str) -> str:
            return f"say/{employee_code}"

    centre = Centre(WaitingPlan(agent_number=True, auto_answer=True))
    centre.world.distribution._voice = Numbered(centre.listener)
    centre.world.ready(ANNA)
    centre.enter()
    await centre.listener.rings()
    dialled = centre.listener.done[-1]
    assert dialled.endswith("15 b(auto-answer^s^1)A(say/8001:say/8001)")
    # The agent hangs up before the words are over: Dial says answered, and nobody has talked.
    centre.listener.outcome("ANSWER", 16)
    await settle()
    assert centre.world.state(ANNA) is AgentState.NOT_READY
    assert centre.world.matcher.position(centre.call.id) == 1
    centre.listener.hang_up()
    await centre.over()


SURVEY = Survey(SurveyWhen.AFTER, ({"zh-CN": "满意吗", "en": "Q1"}, {"zh-CN": "第二", "en": "Q2"}))


@pytest.mark.parametrize(
    ("pressed", "answers"),
    [(["5", "3"], [5, 3]), (["9", "4", "", ""], [4]), (["", ""], []), (["2", "", "1"], [2, 1])],
)
async def test_a_caller_who_stays_is_asked_and_each_answer_is_told_once(pressed, answers) -> None:
    centre = talked(SURVEY)
    centre.listener.answers = pressed
    await centre.world.surveys.after_talk(centre.listener, centre.call)
    await centre.world.surveys.after_talk(centre.listener, centre.call)
    told = centre.world.facts.of(FactType.CALL_SURVEYED)
    assert [fact.data["answer"] for fact in told] == answers
    assert [fact.data["question"] for fact in told] == [*range(1, len(answers) + 1)]
    assert all(fact.agent_id == ANNA for fact in told)
    centre.world.board.end(centre.call, centre.world.clock.now())
    (ended,) = centre.world.facts.of(FactType.CALL_ENDED)
    assert ended.data["talk_ended_at"] is not None
    assert ended.data["ended_by"] == "agent"


async def test_who_hangs_up_in_the_middle_has_answered_what_was_answered() -> None:
    centre = talked(SURVEY)
    centre.listener.answers = ["5", None]
    with pytest.raises(SessionGone):
        await centre.world.surveys.after_talk(centre.listener, centre.call)
    told = centre.world.facts.of(FactType.CALL_SURVEYED)
    assert [fact.data["answer"] for fact in told] == [5]


async def test_nobody_is_asked_after_a_talk_where_only_agents_lead_to_it() -> None:
    centre = talked(Survey(SurveyWhen.TRANSFER, SURVEY.questions))
    centre.listener.answers = ["5", "", ""]
    await centre.world.surveys.after_talk(centre.listener, centre.call)
    assert centre.world.facts.of(FactType.CALL_SURVEYED) == []
    await centre.world.surveys.ask(centre.listener, centre.call)
    assert len(centre.world.facts.of(FactType.CALL_SURVEYED)) == 1


def talked(survey: Survey) -> Centre:
    centre = Centre(WaitingPlan(survey=survey))
    centre.call.service_id, centre.call.agent_id = SERVICE, ANNA
    centre.call.connected_at = centre.world.clock.now()
    return centre


async def test_a_served_caller_is_not_asked_without_questions() -> None:
    centre = Centre(WaitingPlan())
    centre.world.ready(ANNA)
    plan = centre.world.agents.directory.service(SERVICE)
    serving = asyncio.create_task(
        centre.world.distribution.serve(centre.listener, centre.call, plan)
    )
    await centre.listener.rings()
    centre.world.agents.fire(ANNA, AgentEvent.ANSWER)
    centre.listener.outcome("ANSWER", 16)
    assert await serving is Served.CONNECTED
    await centre.ways.done(centre.listener, centre.call)
    assert "collect" not in " ".join(centre.listener.done)

"""Who waits may leave by a key or is led elsewhere; who stays is told by whom, and asked after it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from callcenter.acd.agent import AgentState
from callcenter.calls.models import CallSurvey
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.routing.models import AgentService, ServiceMember
from callcenter.telephony.live import Target, TargetKind
from tests.integration.telephony.node.test_nailed_up import line_of
from tests.support.callers import enters
from tests.support.centre import NUMBER, Centre, until
from tests.support.sound import between, read_channels, share_of_music

pytestmark = pytest.mark.integration
CALLER, LATE = "13800000001", "13800000002"
ELSEWHERE, OVERFLOW = "13911110000", "13911110001"
"""They answer, as their last two digits have it."""
QUESTION = {"zh-CN": "请按一到五评分。", "en": "Please rate us."}
SURVEY = {"survey": {"when": "after", "questions": [QUESTION]}}


async def waiting_as(centre: Centre, waiting: dict[str, Any], **plan: Any) -> None:
    """From now on the service does so."""
    with centre.database.begin(Scope(centre.enterprise)) as session:
        service = session.scalars(select(AgentService).filter_by(id=centre.service)).one()
        service.waiting = waiting
        for name, value in plan.items():
            setattr(service, name, value)
    await centre.node.refresher.refresh()


def reasons(centre: Centre) -> list[str]:
    return [fact.data["reason"] for fact in centre.facts() if fact.type == "call.dequeued"]


def answers(centre: Centre) -> list[CallSurvey]:
    with centre.database.begin(Scope(centre.enterprise)) as session:
        return list(session.scalars(select(CallSurvey)))


async def test_a_key_over_the_music_leads_to_another_number_and_a_full_queue_to_its_overflow(
    centre: Centre,
) -> None:
    offers = {"after_seconds": 0, "number": {"key": "3", "number": ELSEWHERE}}
    full = {"kind": "number", "number": OVERFLOW, "at_once": 1}
    await waiting_as(centre, {"offers": offers, "overflow": {"full": full}}, queue_capacity=1)
    caller = await centre.network.call(NUMBER, CALLER)
    await centre.waits(CALLER)
    late = await centre.network.call(NUMBER, LATE)
    await asyncio.wait_for(late.answered.wait(), 10)
    assert not centre.is_waiting(LATE)
    await late.hang_up()
    await centre.ended_call()

    await enters(caller, "3")
    talks = centre.node.tracker.legs.values
    await until(lambda: sum(bool(leg.bridge_id) for leg in talks()) == 2, "both talk")
    await caller.hang_up()
    await centre.ended_call(2)
    assert [(call.result, call.agent_id) for call in centre.calls()] == [("answered", None)] * 2
    assert reasons(centre) == ["offer"]
    outside = [fact.data["number"] for fact in centre.facts() if fact.type == "call.outside"]
    assert outside == [OVERFLOW, ELSEWHERE]


async def test_who_waits_too_long_is_served_by_another_service(centre: Centre) -> None:
    other = new_id()
    with centre.database.begin(Scope(centre.enterprise)) as session:
        made = AgentService(id=other, name="溢出", created_at=centre.node.clock.now())
        session.add(made)
        session.flush()
        session.add(ServiceMember(service_id=other, user_id=centre.agents["8003"]))
    target = {"kind": "agent_service", "id": str(other)}
    await waiting_as(centre, {"overflow": {"timeout": target}}, max_wait_seconds=1)
    caller = await centre.network.call(NUMBER, CALLER)
    await until(lambda: len(centre.node.matcher.waiting_in(other)) == 1, "led on")
    await centre.sign_in("8003")
    phone = await centre.network.rings(centre.phone("8003"))
    await phone.answer()
    await centre.has_state("8003", AgentState.TALKING)
    await caller.hang_up()
    call = await centre.ended_call()
    assert (call.result, call.service_id, call.agent_id) == (
        "answered",
        other,
        centre.agents["8003"],
    )
    assert reasons(centre) == ["overflow", "connected"]


async def test_the_caller_hears_the_agents_number_and_answers_the_survey(centre: Centre) -> None:
    await waiting_as(centre, SURVEY | {"agent_number": True, "auto_answer": True})
    await centre.sign_in("8001")
    caller = await centre.network.call(NUMBER, CALLER)
    phone = await centre.network.rings(centre.phone("8001"))
    assert "answer-after=0" in await phone.header("Call-Info")
    await phone.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await phone.hang_up()
    await centre.has_state("8001", AgentState.READY)  # free again while the caller is asked
    await enters(caller, "4")
    call = await centre.ended_call()
    await until(lambda: len(answers(centre)) == 1, "stored")
    (stored,) = answers(centre)
    assert (stored.answer, stored.question, stored.call_id) == (4, 1, call.id)
    assert (stored.agent_id, stored.service_id) == (centre.agents["8001"], centre.service)
    assert (call.ended_by, call.result) == ("agent", "answered")
    assert call.talk_seconds is not None
    assert call.ended_at is not None
    assert call.connected_at is not None
    assert call.talk_seconds < (call.ended_at - call.connected_at).total_seconds() - 1
    (heard,) = read_channels(await caller.sound())
    assert abs(between(heard, 0.5, 2)).mean() > 300
    assert share_of_music(between(heard, 0.5, 2)) < 0.3, "words, not music"


async def test_behind_a_nailed_line_the_survey_is_asked_as_well(centre: Centre) -> None:
    await waiting_as(centre, SURVEY)
    await line_of(centre)
    caller = await centre.network.call(NUMBER, CALLER)
    await centre.has_state("8001", AgentState.TALKING)
    (call_id,) = centre.node.board.calls
    survey = Target(TargetKind.SURVEY, "")
    await centre.node.control.transfer(centre.agents["8001"], call_id, survey)
    await enters(caller, "5")
    call = await centre.ended_call()
    await until(lambda: [each.answer for each in answers(centre)] == [5], "stored")
    assert (call.transfers, call.ended_by) == (0, "agent")

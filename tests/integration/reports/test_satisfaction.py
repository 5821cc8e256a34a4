"""What callers answered after the talk: told once, on the call's page, in the list, in the report."""

from datetime import timedelta
from uuid import UUID

import pytest

from callcenter.calls.events import FactType
from callcenter.core.ids import new_id
from tests.support.ledger import Story
from tests.support.office import NOW, Caller

pytestmark = pytest.mark.integration

QUESTION = {"zh-CN": "满意吗？", "en": "Satisfied?"}
DAYS = {"first": "2026-11-20", "last": "2026-11-24"}


def answered(story: Story, *answers: int, who: str = "agent", first: int = 1) -> UUID:
    """A call, and what its caller pressed for each question from the first one on."""
    call_id = story.inbound(who)
    for number, answer in enumerate(answers, first):
        story.tell(
            FactType.CALL_SURVEYED, NOW - timedelta(minutes=20), call_id,
            story.office.people[who].user_id, service_id=str(story.office.service),
            question=number, text=QUESTION, answer=answer,
        )  # fmt: skip
    return call_id


def test_the_calls_page_and_list_show_what_was_answered(leader: Caller, story: Story) -> None:
    good, bad = answered(story, 5, 4), answered(story, 1)
    silent = story.inbound()
    page = leader.get(f"/calls/{good}").json
    assert [(one["question"], one["answer"]) for one in page["survey"]] == [(1, 5), (2, 4)]
    assert page["survey"][0]["text"] in QUESTION.values()
    listed = {one["id"]: one["satisfaction"] for one in leader.get("/calls").json["items"]}
    assert [listed[str(each)] for each in (good, bad, silent)] == [4.5, 1.0, None]
    found = leader.get("/calls", satisfaction_at_most=2).json["items"]
    assert [one["id"] for one in found] == [str(bad)]


def test_the_work_order_of_a_call_leads_to_what_its_caller_answered(
    leader: Caller, agent: Caller, colleague: Caller, story: Story
) -> None:
    call_id, _other = answered(story, 4), answered(story, 1)
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    body = {"values": values, "call_id": str(call_id)}
    order = agent.post("/objects/work_order/records", body).json
    (found,) = leader.get("/calls", work_order_id=order["id"]).json["items"]
    assert (found["id"], found["satisfaction"]) == (str(call_id), 4.0)
    # Who may not see the call is told nothing of it.
    assert colleague.get("/calls", work_order_id=order["id"]).json["items"] == []


def test_the_report_tells_mean_and_distribution_by_service_and_by_agent(
    leader: Caller, story: Story
) -> None:
    answered(story, 5, 4)
    answered(story, 3)
    answered(story, 1, who="colleague")
    (service,) = leader.get("/reports/satisfaction", **DAYS).json
    assert service["counts"] == [1, 0, 1, 1, 1]
    figures = [service[name] for name in ("calls", "answers", "mean", "good")]
    assert figures == [3, 4, 3.25, 50.0]
    agents = leader.get("/reports/satisfaction", **DAYS, by="agents").json
    assert [(row["calls"], row["mean"]) for row in agents] == [(2, 4.0), (1, 1.0)]


def test_calls_count_once_whichever_questions_they_answered(leader: Caller, story: Story) -> None:
    answered(story, 5, 4)
    answered(story, 2, first=2)
    answered(story, 3, 3, first=101)
    (service,) = leader.get("/reports/satisfaction", **DAYS).json
    assert (service["calls"], service["answers"]) == (3, 5)


def test_days_are_those_of_the_enterprise_and_others_hear_nothing(
    leader: Caller, agent: Caller, stranger: Caller, story: Story
) -> None:
    answered(story, 5)
    before = {"first": "2026-11-20", "last": "2026-11-23"}
    assert leader.get("/reports/satisfaction", **before).json == []
    assert stranger.get("/reports/satisfaction", **DAYS).json == []
    assert agent.get("/reports/satisfaction", **DAYS).status_code == 403
    backwards = {"first": "2026-11-24", "last": "2026-11-23"}
    assert leader.get("/reports/satisfaction", **backwards).status_code == 422


def test_an_answer_that_is_told_twice_is_stored_once(leader: Caller, story: Story) -> None:
    call_id = answered(story, 5)
    story.tell(
        FactType.CALL_SURVEYED, NOW - timedelta(minutes=20), call_id,
        story.office.people["agent"].user_id, service_id=str(story.office.service),
        question=1, text=QUESTION, answer=5,
    )  # fmt: skip
    assert len(leader.get(f"/calls/{call_id}").json["survey"]) == 1


def test_who_was_led_elsewhere_is_neither_answered_nor_abandoned(
    leader: Caller, story: Story
) -> None:
    start, end = NOW - timedelta(minutes=9), NOW - timedelta(minutes=8)
    for reason in ("callback", "voicemail", "offer", "overflow", "timeout"):
        call_id = new_id()
        story.started(call_id, start, "e164:+8613900001111")
        story.queued(call_id, start)
        story.dequeued(call_id, end, reason)
        story.ended(call_id, end, "abandoned")
    story.inbound(waited=1)
    row = leader.get("/reports/services").json[0]
    counted = [row[name] for name in ("offered", "answered", "abandoned", "diverted")]
    assert counted == [6, 1, 1, 4]
    assert row["level_percent"] == 50.0

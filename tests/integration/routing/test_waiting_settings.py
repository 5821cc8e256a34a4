"""What an agent service says to those who wait: kept, checked, told; nothing where nothing is said."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.core.bus import OutboxEvent
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.people.service import load_roster
from callcenter.routing.rules import TargetKind
from callcenter.routing.service import load_plan
from callcenter.routing.waiting import SurveyWhen, WaitingPlan
from tests.support.firms import Firm

pytestmark = pytest.mark.integration

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNKNOWN = "00000000-0000-7000-8000-000000000000"
BUSY = {"zh-CN": "坐席全忙。", "en": "All agents are busy."}
SATISFIED = {"zh-CN": "请按1到5评分。", "en": "Please press 1 to 5."}
_names = count(1)


def made(firm: Firm, waiting: dict[str, Any] | None = None) -> dict[str, Any]:
    body = {"name": f"等待 {next(_names)}"} | ({"waiting": waiting} if waiting else {})
    service: dict[str, Any] = firm.admin.made("/agent-services", body)
    return service


def refused(firm: Firm, waiting: dict[str, Any]) -> dict[str, list[str]]:
    body = {"name": f"等待 {next(_names)}", "waiting": waiting}
    answer = firm.admin.post("/agent-services", body)
    assert answer.status_code == 422, answer.json
    fields: dict[str, list[str]] = answer.json["error"]["fields"]
    return fields


def a_schedule(firm: Firm) -> str:
    """Never open."""
    body = {
        "name": f"时间 {next(_names)}",
        "week": {day: [] for day in DAYS},
        "follows_holidays": False,
    }
    return str(firm.admin.made("/schedules", body)["id"])


def plan_of(database: Database, service: dict[str, Any]) -> WaitingPlan:
    with database.begin(Scope.platform()) as session:
        plan = load_plan(session, load_roster(session, {}, {}))
    return next(one.waiting for key, one in plan.services.items() if str(key) == service["id"])


def test_a_service_says_nothing_until_it_is_told_to(firm: Firm, platform_rows: Database) -> None:
    service = made(firm)
    waiting = service["waiting"]
    assert waiting["announce_wait"] is waiting["agent_number"] is False
    assert waiting["overflow"] == {"full": None, "timeout": None, "unstaffed": None, "closed": None}
    assert plan_of(platform_rows, service) == WaitingPlan()


def test_all_of_it_is_kept_and_reaches_the_plan(firm: Firm, platform_rows: Database) -> None:
    other = made(firm)
    waiting = {
        "announce_wait": True,
        "announce_every_seconds": 45,
        "messages": {"every_seconds": 20, "texts": [BUSY]},
        "overflow": {
            "full": {"kind": "agent_service", "id": other["id"]},
            "timeout": {"kind": "number", "number": "138 0000 0009", "at_once": 3},
            "unstaffed": {"kind": "voicemail"},
            "closed": {"kind": "message", "say": BUSY},
        },
        "offers": {
            "after_seconds": 40,
            "callback": "1",
            "number": {"key": "3", "number": "13800000008", "at_once": 2},
        },
        "agent_number": True,
        "auto_answer": True,
        "survey": {"when": "after", "questions": [SATISFIED]},
        "schedule_id": a_schedule(firm),
    }
    plan = plan_of(platform_rows, made(firm, waiting))
    assert (plan.announce_wait, plan.announce_every_seconds) == (True, 45)
    assert (plan.messages.every_seconds, plan.messages.texts) == (20, (BUSY,))
    full, timeout, unstaffed, closed = plan.overflow.targets()
    assert (full.kind, str(full.id)) == (TargetKind.AGENT_SERVICE, other["id"])
    assert (timeout.number, timeout.at_once) == ("13800000009", 3)
    assert (unstaffed.kind, closed.say) == (TargetKind.VOICEMAIL, BUSY)
    assert str(plan.schedule_id) == waiting["schedule_id"]
    assert (plan.offers.keys, plan.offers.number) == ("13", "13800000008")
    assert plan.offers.number_at_once == 2
    assert (plan.agent_number, plan.auto_answer) == (True, True)
    assert (plan.survey.when, plan.survey.questions) == (SurveyWhen.AFTER, (SATISFIED,))
    assert [*plan.texts()] == [BUSY, SATISFIED, BUSY]


def test_it_is_changed_as_a_whole_told_and_written_down(
    firm: Firm, platform_rows: Database
) -> None:
    service = made(firm, {"announce_wait": True, "agent_number": True})
    path = f"/agent-services/{service['id']}"
    body = {"waiting": {"agent_number": True}}
    changed = firm.admin.patch(path, body, service["version"]).json
    assert changed["waiting"]["announce_wait"] is False
    assert changed["waiting"]["agent_number"] is True
    assert firm.admin.patch(path, body, service["version"]).status_code == 412
    entry = firm.admin.get("/audit", q=service["name"], action="service.change").json["items"][0]
    assert entry["before"]["waiting"]["announce_wait"] is True
    assert entry["after"]["waiting"]["announce_wait"] is False
    with platform_rows.begin(Scope.platform()) as session:
        query = select(OutboxEvent).where(OutboxEvent.type == "service.changed")
        told = session.scalars(query.order_by(OutboxEvent.position.desc())).first()
        assert told is not None
        assert (told.data["entity_id"], "waiting" in told.data["changed"]) == (service["id"], True)


def test_recordings_are_messages_and_music_and_stay_while_a_service_says_them(
    firm: Firm, platform_rows: Database
) -> None:
    page = firm.admin
    prompt = page.made("/ivr-prompts", {"name": f"录音 {next(_names)}"})
    path, named = f"/ivr-prompts/{prompt['id']}", UUID(prompt["id"])
    texts = [{"prompt": prompt["id"]}, BUSY]
    waiting = {"messages": {"texts": texts}, "music": [prompt["id"]]}
    assert set(refused(firm, waiting)) == {"waiting.messages.texts.0", "waiting.music.0"}
    said = page.put(f"{path}/texts/zh-CN", {"text": "稍等"}, prompt["version"]).json
    with platform_rows.begin(Scope.platform()) as session:
        query = select(OutboxEvent).where(OutboxEvent.type == "prompt.changed")
        told = [event.data["entity_id"] for event in session.scalars(query)]
    assert told.count(prompt["id"]) == 1

    service = made(firm, waiting)
    assert service["waiting"]["messages"]["texts"] == texts
    plan = plan_of(platform_rows, service)
    assert (plan.messages.texts, plan.music) == ((named, BUSY), (named,))
    assert [*plan.texts()] == [BUSY]
    user = {"kind": "agent_service", "id": service["id"], "name": service["name"]}
    assert page.get(path).json["used_by"] == [user]
    for deleted in (page.delete(path, said["version"]), page.delete(f"{path}/sounds/zh-CN")):
        error = deleted.json["error"]
        assert (deleted.status_code, error["code"]) == (409, "in-use")
        assert error["details"] == {"by": "agent_service"}
    assert page.delete(f"/agent-services/{service['id']}", service["version"]).status_code == 204
    assert page.get(path).json["used_by"] == []
    assert page.delete(path, said["version"]).status_code == 204


@pytest.mark.parametrize(
    ("waiting", "field"),
    [
        ({"overflow": {"full": {"kind": "agent_service", "id": UNKNOWN}}}, "overflow.full.id"),
        ({"overflow": {"timeout": {"kind": "ivr_service", "id": UNKNOWN}}}, "overflow.timeout.id"),
        (
            {"overflow": {"unstaffed": {"kind": "routing_service", "id": UNKNOWN}}},
            "overflow.unstaffed.id",
        ),
        (
            {"overflow": {"full": {"kind": "number", "number": "abc", "at_once": 1}}},
            "overflow.full.number",
        ),
        ({"overflow": {"full": {"kind": "number", "number": "10086"}}}, "overflow.full.at_once"),
        ({"overflow": {"full": {"kind": "seat", "id": UNKNOWN}}}, "overflow.full.id"),
        ({"overflow": {"full": {"kind": "voicemail", "id": UNKNOWN}}}, "overflow.full.id"),
        ({"overflow": {"full": {"kind": "conference", "id": UNKNOWN}}}, "overflow.full.id"),
        (
            {"overflow": {"full": {"kind": "extension", "id": UNKNOWN, "ring_seconds": 20}}},
            "overflow.full.id",
        ),
        (
            {"overflow": {"full": {"kind": "extension", "id": UNKNOWN}}},
            "overflow.full.ring_seconds",
        ),
        (
            {"overflow": {"full": {"kind": "message", "say": {"en": "Sorry."}}}},
            "overflow.full.say",
        ),
        ({"offers": {"callback": "1", "voicemail": "1"}}, "offers.voicemail"),
        ({"offers": {"callback": "#"}}, "offers.callback"),
        ({"offers": {"number": {"key": "2", "number": "x"}}}, "offers.number.number"),
        ({"messages": {"texts": [{"en": "Only English."}]}}, "messages.texts.0"),
        ({"messages": {"texts": [{"prompt": "no id"}]}}, "messages.texts.0"),
        ({"messages": {"texts": [{"prompt": UNKNOWN}]}}, "messages.texts.0"),
        ({"music": [UNKNOWN]}, "music.0"),
        ({"announce_every_seconds": 1}, "announce_every_seconds"),
        ({"schedule_id": UNKNOWN}, "schedule_id"),
        ({"survey": {"when": "after"}}, "survey.questions"),
    ],
)
def test_what_cannot_be_done_is_refused_by_its_part(
    firm: Firm, waiting: dict[str, Any], field: str
) -> None:
    assert [*refused(firm, waiting)] == [f"waiting.{field}"]


def test_a_service_whose_own_voicemail_takes_its_callers_can_be_deleted(firm: Firm) -> None:
    service = made(firm)
    path = f"/agent-services/{service['id']}"
    box = {"overflow": {"full": {"kind": "voicemail", "id": service["id"]}}}
    kept = firm.admin.patch(path, {"waiting": box}, service["version"]).json
    assert kept["waiting"]["overflow"]["full"]["id"] == service["id"]
    assert firm.admin.delete(path, kept["version"]).status_code == 204


def test_a_service_does_not_overflow_into_itself(firm: Firm) -> None:
    service = made(firm)
    body = {"waiting": {"overflow": {"full": {"kind": "agent_service", "id": service["id"]}}}}
    answer = firm.admin.patch(f"/agent-services/{service['id']}", body, service["version"])
    assert answer.status_code == 422


def test_a_service_that_takes_what_overflows_is_not_deleted(firm: Firm) -> None:
    other = made(firm)
    made(firm, {"overflow": {"full": {"kind": "agent_service", "id": other["id"]}}})
    answer = firm.admin.delete(f"/agent-services/{other['id']}", other["version"])
    assert (answer.status_code, answer.json["error"]["details"]) == (409, {"by": "agent_service"})


def test_a_schedule_that_a_service_keeps_to_is_not_deleted(firm: Firm) -> None:
    schedule = a_schedule(firm)
    made(firm, {"schedule_id": schedule})
    answer = firm.admin.delete(f"/schedules/{schedule}", 1)
    assert (answer.status_code, answer.json["error"]["details"]) == (409, {"by": "agent_service"})


def test_whoever_tries_a_call_hears_that_the_service_is_closed_then(firm: Firm) -> None:
    def tried(service: dict[str, Any]) -> bool:
        document = {"rules": [], "otherwise": {"kind": "agent_service", "id": service["id"]}}
        body = {"document": document, "caller": ""}
        return bool(firm.admin.post("/routing-services/try", body).json["closed"])

    closed = made(firm, {"schedule_id": a_schedule(firm)})
    assert (tried(closed), tried(made(firm))) == (True, False)

"""Trying a flow on a phone and recording by one, through the API: who may, what is asked of telephony."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from tests.fakes.telephony import FakeTelephony
from tests.support.firms import *  # noqa: F403
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration
TRIAL = {"phone": "8001", "caller": "13800000001", "called": "95588", "reads": True}


@pytest.fixture
def telephony(redis: Redis, redis_url: str) -> Iterator[FakeTelephony]:
    del redis  # emptied before each test
    fake = FakeTelephony(redis_url).start()
    yield fake
    fake.stop()


@pytest.fixture
def flow(firm: Firm) -> dict[str, Any]:
    """A service of which there is nothing but a draft."""
    made = firm.admin.made("/ivr-services", {"name": f"热线 {new_id()}"})
    bye = {"id": "bye", "kind": "hang_up", "settings": {}, "exits": {}}
    saved = drawn(firm, made, {"start": "bye", "languages": ["en"], "nodes": [bye]})
    assert saved.status_code == 200, saved.json
    return {**saved.json, "path": f"/ivr-services/{made['id']}"}


def drawn(firm: Firm, service: dict[str, Any], definition: dict[str, Any]) -> Any:
    path = f"/ivr-services/{service['id']}/draft"
    return firm.admin.put(path, {"definition": definition}, service["version"])


def audited(rows: Database, act: str) -> list[AuditEntry]:
    with rows.begin(Scope.platform()) as session:
        return list(session.query(AuditEntry).filter_by(action=act))


def test_a_draft_is_led_over_a_phone_and_that_stands_in_the_audit_log(
    firm: Firm, flow: dict[str, Any], telephony: FakeTelephony, platform_rows: Database
) -> None:
    trial, path = str(new_id()), f"{flow['path']}/trial-calls"
    telephony.answer("flow.try", id=trial)
    begun = firm.admin.post(path, TRIAL)
    assert begun.status_code == 200, begun.json
    assert begun.json == {"id": trial, "room": f"ivr:{firm.id}:{flow['id']}"}
    body = telephony.asked("flow.try")[0]["body"]
    assert body["caller"] == "e164:+8613800000001"
    asked = [body[name] for name in ("phone", "shown", "reads", "acts")]
    assert asked == ["8001", flow["name"], True, False]
    (entry,) = [e for e in audited(platform_rows, "ivr.trial") if e.entity_id == flow["id"]]
    assert entry.after == {"phone": "8001", "reads": True, "acts": False}

    answer = {"exit": "one", "sets": {"due": "2026-12-01"}}
    assert firm.admin.post(f"{path}/{trial}/answer", answer).status_code == 204
    assert telephony.asked("flow.try_answer")[0]["body"] == answer | {"id": trial}
    telephony.refuse("flow.try_stop", "unknown-call")
    assert firm.admin.delete(f"{path}/{trial}").status_code == 404


def test_what_telephony_refuses_is_said(
    firm: Firm, flow: dict[str, Any], telephony: FakeTelephony
) -> None:
    telephony.refuse("flow.try", "target-unavailable", state="ready")
    refused = firm.admin.post(f"{flow['path']}/trial-calls", TRIAL)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "target-unavailable")


def test_a_draft_with_faults_rings_nobody(
    firm: Firm, flow: dict[str, Any], telephony: FakeTelephony
) -> None:
    drawn(firm, flow, {"start": "gone", "languages": ["en"], "nodes": []})
    refused = firm.admin.post(f"{flow['path']}/trial-calls", TRIAL)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "flow-invalid")
    assert telephony.asked("flow.try") == []


def test_a_page_is_lent_a_phone(firm: Firm, telephony: FakeTelephony) -> None:
    telephony.answer("phone.lend", endpoint="page-1", secret="s" * 24)
    account = firm.admin.post("/page-phone").json
    assert (account["authorization_user"], account["uri"]) == ("page-1", "sip:page-1@callcenter")
    assert firm.admin.delete("/page-phone").status_code == 204


def test_a_prompt_is_recorded_by_an_extension(firm: Firm, telephony: FakeTelephony) -> None:
    prompt = firm.admin.made("/ivr-prompts", {"name": f"欢迎 {new_id()}"})
    telephony.answer("prompt.record", id=str(new_id()))
    path = f"/ivr-prompts/{prompt['id']}/sounds/en/takes"

    def record(version: int) -> Any:
        return firm.admin.send("POST", path, {"phone": "8001"}, version)

    assert record(prompt["version"] + 1).status_code == 412
    assert telephony.asked("prompt.record") == []
    assert record(prompt["version"]).json["room"] == f"ivr:{firm.id}:takes"
    (asked,) = telephony.asked("prompt.record")
    assert (asked["body"]["language"], asked["body"]["phone"]) == ("en", "8001")


def test_only_who_manages_the_enterprise_may_and_only_its_own(
    firm: Firm, flow: dict[str, Any], agent: Page, rival: Firm, telephony: FakeTelephony
) -> None:
    path = f"{flow['path']}/trial-calls"
    assert agent.post(path, TRIAL).status_code == 403
    assert agent.post("/page-phone").status_code == 403
    assert rival.admin.post(path, TRIAL).status_code == 404
    assert rival.admin.get(path).status_code == 404
    assert firm.admin.get(path).json["items"] == []
    assert telephony.commands == []

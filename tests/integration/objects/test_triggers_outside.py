"""Triggers and what lies outside the record: a trial, calls to addresses, notices, other enterprises."""

from typing import Any

import pytest
from sqlalchemy import select, text

from callcenter.core.db import Database
from callcenter.objects.models import SerialNumber, TriggerRun
from tests.integration.objects.firm import Firm, make
from tests.integration.objects.shaping import PUMPS, RECORDS, Shaping, a_field, a_pump
from tests.integration.objects.triggering import (
    DONE,
    INVOICE,
    JOBS,
    NO_RESULT,
    REFUSE,
    RESULT,
    RUNS,
    STATE,
    VISITS,
    Background,
    a_client,
    a_job,
    a_trigger,
    calls_allowed,
    changed,
    put,
    value,
    worked_out,
)
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

TRY = f"{PUMPS}/triggers/try"
CALL = {"do": "http", "method": "POST", "url": "http://127.0.0.1:9/in", "values": {"what": "name"}}
MAKE = {"do": "create", "object": "pump", "values": {"name": worked_out("name & ' II'")}}


def shaped(pumps: Shaping, *triggers: dict[str, Any]) -> dict[str, Any]:
    """The draft, saved with these triggers; its fields are in force, and no trigger fires."""
    pumps.fields(RESULT, STATE, INVOICE, VISITS)
    off = a_trigger("off", {"do": "number", "field": "invoice"}, active=False)
    pumps.save({**pumps.document, "triggers": [off]})
    assert pumps.publish().status_code == 200
    return pumps.save({**pumps.document, "triggers": [*triggers]})


def tried(conf: Caller, record: dict[str, Any], act: str, **values: Any) -> dict[str, Any]:
    answer = conf.post(TRY, {"record_id": record["id"], "act": act, "values": values})
    assert answer.status_code == 200, answer.json
    told: dict[str, Any] = answer.json
    return told


def test_a_trial_says_what_each_trigger_of_the_draft_would_do(
    pumps: Shaping, admin: Caller, conf: Caller
) -> None:
    number = a_trigger("number", {"do": "number", "field": "invoice"}, condition=DONE)
    visit = a_trigger("visit", put(visits=worked_out("coalesce(visits, 0) + 1")), fields=["state"])
    refuse = a_trigger("refuse", REFUSE, condition=NO_RESULT)
    later = a_trigger("later", MAKE, CALL, when="after", condition=DONE)
    shaped(pumps, number, visit, refuse, later)
    record = a_pump(admin, name="泵")

    told = tried(conf, record, "update", state="done", result="好")["triggers"]
    assert [(one["key"], one["reached"], one["fires"]) for one in told] == [
        ("number", True, True), ("visit", True, True), ("refuse", True, False),
        ("later", True, True),
    ]  # fmt: skip
    assert told[0]["changes"][0]["after"] == "RE0001"
    assert (told[1]["changes"][0]["before"], told[1]["changes"][0]["after"]) == (None, "1")
    assert (told[2]["reason"], told[2]["failed"]) == ("condition", [1])
    made, called = told[3]["steps"]
    assert (made["do"], made["object"], made["record"]) == ("create", "pump", None)
    assert made["changes"][0]["after"] == "泵 II"
    assert (called["address"], called["tried"]) == ("http://127.0.0.1:9/in", False)
    assert "127.0.0.1:9" in called["problem"]

    told = tried(conf, record, "update", state="done")["triggers"]
    assert told[2]["refused"] == "请先填写结果"
    assert (told[3]["reached"], told[3]["steps"]) == (False, [])


def test_a_trial_leaves_no_trace(
    pumps: Shaping, admin: Caller, conf: Caller, database: Database, office: Office
) -> None:
    number = a_trigger("number", {"do": "number", "field": "invoice"}, on=["create"])
    later = a_trigger("later", MAKE, when="after", on=["create", "delete"])
    shaped(pumps, number, later)
    record = a_pump(admin, name="泵")
    for act in ("create", "delete", "create"):
        answer = tried(conf, record, act)
        assert answer["triggers"][1]["steps"]
    with database.begin(office.scope()) as session:
        assert [*session.scalars(select(TriggerRun))] == []
        assert {row.field for row in session.scalars(select(SerialNumber))} <= {"number"}
        assert session.scalar(select(text("count(*)")).select_from(text("job"))) == 0
    assert admin.get(RECORDS).json["total"] == 1
    again = admin.get(f"{RECORDS}/{record['id']}").json
    assert again["version"] == record["version"]


def test_a_trial_says_what_the_rules_would_say_against_it(
    pumps: Shaping, admin: Caller, conf: Caller
) -> None:
    pumps.published(RESULT, a_field("must", required=True))
    record = a_pump(admin, must="x")
    clear = a_trigger("clear", put(must=value(None)), on=["create"])
    pumps.save({**pumps.document, "triggers": [clear]})
    (objection,) = tried(conf, record, "create")["objections"]
    assert objection["field"] == "must"


def test_only_designers_try_and_only_what_can_be_published(
    pumps: Shaping, admin: Caller, conf: Caller, stranger: Caller
) -> None:
    shaped(pumps, a_trigger("refuse", REFUSE))
    record = a_pump(admin)
    body = {"record_id": record["id"], "act": "update", "values": {}}
    assert admin.post(TRY, body).status_code == 403
    pumps.save({**pumps.document, "triggers": [a_trigger("bad", put(nothing=value(1)))]})
    answer = conf.post(TRY, body)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "bad-definition")
    assert "triggers.0.actions.0.values.nothing" in answer.json["error"]["fields"]


def test_another_enterprises_people_and_objects_are_unknown(
    pumps: Shaping, other: Office, office: Office
) -> None:
    pumps.published(RESULT, a_field("owner", "user"))
    theirs, ours = (each.people["agent"].user_id for each in (other, office))
    for who, problems in ((theirs, 1), (ours, 0)):
        trigger = a_trigger("give", put(owner=value(str(who))))
        answer = pumps.save({**pumps.document, "triggers": [trigger]})
        assert len(answer["problems"]) == problems
    gone = {"do": "create", "object": "nowhere", "values": {"name": value("x")}}
    answer = pumps.save({**pumps.document, "triggers": [a_trigger("far", gone, when="after")]})
    assert [one["path"] for one in answer["problems"]] == ["triggers.0.actions.0.object"]


def test_triggers_are_among_the_changes_of_a_version(pumps: Shaping) -> None:
    saved = shaped(pumps, a_trigger("one", REFUSE), a_trigger("two", REFUSE))
    assert [(each["what"], each["subject"]) for each in saved["changes"]] == [
        ("trigger.added", "one"), ("trigger.added", "two"), ("trigger.removed", "off"),
    ]  # fmt: skip
    assert pumps.publish().status_code == 200
    turned = [a_trigger("two", REFUSE, active=False), a_trigger("one", REFUSE)]
    saved = pumps.save({**pumps.document, "triggers": turned})
    assert {(each["what"], each["subject"]) for each in saved["changes"]} == {
        ("trigger.changed", "two"), ("trigger.moved", saved["changes"][-1]["subject"]),
    }  # fmt: skip


def test_a_call_is_refused_until_the_enterprise_allows_its_host(
    firm: Firm,
    admin: Caller,
    conf: Caller,
    background: Background,
    database: Database,
    office: Office,
) -> None:
    firm.keeps(a_client(), a_job(a_trigger("call", CALL, when="after")))
    record = make(admin, JOBS, "换泵")
    changed(admin, JOBS, record, result="一")
    background.work()
    (run,) = conf.get(RUNS).json["items"]
    (step,) = run["steps"]
    assert (run["state"], step["tried"], step["address"]) == (
        "failed", False, "http://127.0.0.1:9/in",
    )  # fmt: skip
    with calls_allowed(database, office, "127.0.0.1:9"):
        changed(admin, JOBS, record, result="二")
        background.work()
    run = conf.get(RUNS).json["items"][0]
    assert run["steps"][0]["tried"]
    assert (run["state"], run["message"]) == ("waiting", "127.0.0.1 没有应答。")

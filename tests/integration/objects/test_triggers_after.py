"""Triggers after a commit: what a job does for them, once, whatever crashes."""

from typing import Any

import pytest
from sqlalchemy import select, update

from callcenter.core.bus import Outbox
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.jobs import Job, JobState
from callcenter.core.tenant import Scope
from callcenter.notices.models import NoticeRow
from callcenter.objects.models import TriggerRun
from callcenter.objects.service.triggers.running import keep_house
from tests.integration.objects.firm import CLIENTS, Firm, make
from tests.integration.objects.shaping import a_field
from tests.integration.objects.triggering import (
    DONE,
    JOBS,
    Background,
    a_client,
    a_job,
    a_trigger,
    changed,
    copied,
    value,
    values_of,
    worked_out,
)
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

TELL_CLIENT = {
    "do": "update", "field": "customer",
    "values": {"last_result": copied("result"), "jobs_done": value(1)},
}  # fmt: skip
FOLLOW_UP = {"do": "create", "object": "job", "values": {"name": worked_out("name & ' II'")}}


def after(key: str, *actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return a_trigger(key, *actions, **{"when": "after", **more})


def test_the_record_that_a_reference_names_is_changed_although_the_actor_may_not(
    firm: Firm, agent: Caller, admin: Caller, background: Background
) -> None:
    firm.keeps(a_client(), a_job(after("tell", TELL_CLIENT, condition=DONE)))
    client = make(admin, CLIENTS, "王秀兰")
    record = make(
        admin, JOBS, "换泵", customer=client, owner=background.office.people["agent"].user_id.hex
    )
    assert changed(agent, JOBS, record, state="done", result="好了").status_code == 200
    assert values_of(admin, CLIENTS, client)["last_result"] is None
    assert background.work() == 1
    held = values_of(admin, CLIENTS, client)
    assert (held["last_result"], held["jobs_done"]) == ("好了", 1)
    (line, _) = admin.get(f"{CLIENTS}/{client}/log").json["items"]
    assert line["actor"] is None
    assert [name["en"] for name in line["triggers"]] == ["Trigger tell"]


def test_those_that_name_the_record_are_changed(
    firm: Firm, admin: Caller, background: Background
) -> None:
    close = {
        "do": "update",
        "object": "job",
        "field": "customer",
        "values": {"state": value("done")},
    }
    firm.keeps(a_client(after("close", close, fields=["phone"])), a_job())
    client = make(admin, CLIENTS, "王秀兰")
    his = [make(admin, JOBS, name, customer=client) for name in ("一", "二")]
    other = make(admin, JOBS, "三")
    assert changed(admin, CLIENTS, client, owner=None, name="王秀").status_code == 200
    assert background.jobs() == []
    assert changed(admin, CLIENTS, client, phone="13800006207").status_code == 200
    background.work()
    assert [values_of(admin, JOBS, each)["state"] for each in (*his, other)] == [
        "done", "done", "open",
    ]  # fmt: skip


def test_a_record_is_made_and_pointed_at(firm: Firm, admin: Caller, background: Background) -> None:
    next_one = a_field("next", "reference", settings={"reference": {"object": "job"}})
    back = a_field("before", "reference", settings={"reference": {"object": "job"}})
    make_next = {
        **FOLLOW_UP, "back": "next",
        "values": {**FOLLOW_UP["values"], "before": {"record": True}},
    }  # fmt: skip
    document = a_job(after("next", make_next, condition=DONE))
    document["groups"][0]["fields"] += [next_one, back]
    firm.keeps(a_client(), document)
    record = make(admin, JOBS, "换泵")
    assert changed(admin, JOBS, record, state="done").status_code == 200
    background.work()
    made = values_of(admin, JOBS, record)["next"]
    held = values_of(admin, JOBS, made)
    assert (held["name"], held["before"], held["state"]) == ("换泵 II", record, "open")


def test_a_loop_is_stopped_and_said_to_be_one(
    firm: Firm, admin: Caller, background: Background
) -> None:
    firm.keeps(a_client(), a_job(after("again", FOLLOW_UP, on=["create"])))
    make(admin, JOBS, "换泵")
    background.work()
    assert background.states() == [*[("again", "done")] * 5, ("again", "stopped")]
    assert [run.depth for run in background.runs()] == [1, 2, 3, 4, 5, 6]
    assert admin.get(JOBS).json["total"] == 6


def test_a_job_that_comes_twice_acts_once(
    firm: Firm, admin: Caller, background: Background, database: Database, office: Office
) -> None:
    firm.keeps(a_client(), a_job(after("again", FOLLOW_UP, on=["update"])))
    record = make(admin, JOBS, "换泵")
    changed(admin, JOBS, record, result="好")
    (job_id,) = background.jobs()
    assert background.run(job_id) is JobState.DONE
    # As if its worker had died before it could say that it was done.
    with database.begin(office.scope()) as session:
        session.execute(update(Job).where(Job.id == job_id).values(state=JobState.RUNNING.value))
    assert background.run(job_id) is JobState.DONE
    assert admin.get(JOBS).json["total"] == 2


def test_an_action_that_is_done_is_not_done_again_when_the_next_one_is(
    firm: Firm, admin: Caller, background: Background, database: Database, office: Office
) -> None:
    firm.keeps(a_client(), a_job(after("two", FOLLOW_UP, TELL_CLIENT)))
    client = make(admin, CLIENTS, "王秀兰")
    record = make(admin, JOBS, "换泵", customer=client)
    changed(admin, JOBS, record, result="好")
    # As if its worker had died between the two.
    with database.begin(office.scope()) as session:
        session.execute(update(TriggerRun).values(place=1))
    background.work()
    assert admin.get(JOBS).json["total"] == 1
    assert values_of(admin, CLIENTS, client)["last_result"] == "好"


def test_what_nobody_has_carried_out_is_asked_for_again(
    firm: Firm,
    admin: Caller,
    background: Background,
    database: Database,
    office: Office,
    clock: ManualClock,
) -> None:
    firm.keeps(a_client(), a_job(after("again", FOLLOW_UP)))
    changed(admin, JOBS, make(admin, JOBS, "换泵"), result="好")
    with database.begin(office.scope()) as session:
        session.execute(update(Job).values(state=JobState.FAILED.value))
    clock.advance(61)
    with database.begin(office.scope()) as session:
        keep_house(session, Outbox(clock), clock)
    assert background.work() == 1
    assert background.states() == [("again", "done")]
    clock.advance(31 * 24 * 3600)
    with database.begin(office.scope()) as session:
        keep_house(session, Outbox(clock), clock)
    assert background.runs() == []


def test_an_action_that_fails_takes_back_what_it_wrote_and_says_why(
    firm: Firm, admin: Caller, conf: Caller, background: Background
) -> None:
    nameless = {"do": "create", "object": "client", "values": {"jobs_done": value(1)}}
    firm.keeps(a_client(), a_job(after("bad", nameless, FOLLOW_UP, on=["update"])))
    record = make(admin, JOBS, "换泵")
    changed(admin, JOBS, record, result="好")
    background.work()
    assert (admin.get(CLIENTS).json["total"], admin.get(JOBS).json["total"]) == (0, 1)
    (run,) = conf.get("/design/objects/job/triggers/runs", state="failed").json["items"]
    assert (run["trigger"], run["record"]["title"], run["depth"]) == ("bad", "换泵", 1)
    assert "name" in run["message"]
    assert run["actor"]["name"] == "管理员"
    assert conf.get("/design/objects/job/triggers/runs", state="done").json["total"] == 0


def test_what_is_rolled_back_fires_nothing(
    firm: Firm, admin: Caller, background: Background
) -> None:
    unique = a_field("code", unique=True)
    document = a_job(after("again", FOLLOW_UP, on=["create"]))
    document["groups"][0]["fields"].append(unique)
    firm.keeps(a_client(), document)
    make(admin, JOBS, "一", code="A")
    assert admin.post(JOBS, {"values": {"name": "二", "code": "A"}}).status_code == 422
    assert len(background.runs()) == 1


def test_the_log_is_the_enterprises_own_and_its_designers(
    firm: Firm,
    admin: Caller,
    stranger: Caller,
    background: Background,
    other: Office,
    database: Database,
) -> None:
    firm.keeps(a_client(), a_job(after("again", FOLLOW_UP)))
    changed(admin, JOBS, make(admin, JOBS, "换泵"), result="好")
    background.work()
    assert admin.get("/design/objects/job/triggers/runs").status_code == 403
    assert stranger.get("/design/objects/job/triggers/runs").status_code == 403
    with database.begin(Scope(other.id)) as session:
        assert session.query(TriggerRun).count() == 0


def test_those_who_are_named_are_told_and_each_once(
    firm: Firm, admin: Caller, agent: Caller, inspector: Caller, background: Background,
    database: Database,
) -> None:  # fmt: skip
    people = background.office.people
    tell = {
        "do": "notify", "text": {"zh-CN": "{name} 已完成：{state}", "en": "{name} is done"},
        "to": [{"who": "assignee"}, {"who": "user", "field": "owner"}, {"who": "actor"},
               {"who": "role", "role": "inspector"}],
    }  # fmt: skip
    firm.keeps(a_client(), a_job(after("tell", tell, condition=DONE)))
    record = make(admin, JOBS, "换泵", owner=str(people["agent"].user_id))
    changed(admin, JOBS, record, state="done")
    background.work()
    for caller in (agent, admin):
        texts = [one["text"] for one in caller.get("/notices").json["items"]]
        assert texts.count("换泵 已完成：done") == 1
    with database.begin(background.office.scope()) as session:
        texts = session.scalars(select(NoticeRow.texts).where(NoticeRow.kind == "trigger")).all()
    assert {"zh-CN": "换泵 已完成：done", "en": "换泵 is done"} in texts
    # Who reads no such record is told of none.
    assert inspector.get("/notices").json["total"] == 0
    (step,) = background.runs()[0].steps
    assert step["people"] == ["林晓彤", "管理员"]

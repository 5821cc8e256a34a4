"""A trigger has somebody called: the record's number comes into a calling task."""

from typing import Any

import pytest
from sqlalchemy import select, update

from callcenter.core.db import Database
from callcenter.core.jobs import Job, JobState
from dialer.models import CallingTask, Contact, DoNotCall
from tests.integration.objects.firm import CLIENTS, Firm, jobs, make
from tests.integration.objects.shaping import PUMPS, Shaping, a_field, a_pump
from tests.integration.objects.triggering import (
    JOBS,
    RUNS,
    Background,
    a_client,
    a_trigger,
    changed,
)
from tests.support.office import NOW, Caller, Office

pytestmark = pytest.mark.integration

CALL = {"do": "call", "task": "回访", "field": "mobile"}
MOBILE = a_field("mobile", "phone")
NUMBER = "13800006207"


def a_task(admin: Caller, office: Office, act: str = "start") -> str:
    agents = [str(office.people["agent"].user_id)]
    body = {"name": "回访", "contacts": [{"number": "13800000001"}], "agents": agents}
    made: str = admin.post("/calling-tasks", body).json["id"]
    if act:
        assert admin.post(f"/calling-tasks/{made}/{act}").status_code == 200
    return made


def a_job(*actions: dict[str, Any]) -> dict[str, Any]:
    done = a_trigger("call", *(actions or (CALL,)), when="after")
    return jobs(a_field("result"), MOBILE, triggers=[done])


def contact(database: Database, office: Office, number: str = NUMBER) -> Contact | None:
    with database.begin(office.scope()) as session:
        query = select(Contact).where(Contact.number == f"e164:+86{number}")
        return session.scalar(query)


def told(conf: Caller) -> dict[str, Any]:
    """What the newest run says of the call."""
    run = conf.get(RUNS).json["items"][0]
    (step,) = run["steps"]
    calling: dict[str, Any] = {**step["calling"], "state": run["state"]}
    return calling


def test_the_number_comes_into_the_task_with_the_records_name_and_its_customer(
    firm: Firm, admin: Caller, agent: Caller, conf: Caller, background: Background, office: Office,
    database: Database,
) -> None:  # fmt: skip
    firm.keeps(a_client(), a_job())
    task = a_task(admin, office)
    client = make(admin, CLIENTS, "王秀兰")
    record = make(admin, JOBS, "换泵", customer=client, mobile=NUMBER)
    assert changed(admin, JOBS, record, result="好").status_code == 200
    assert contact(database, office) is None
    background.work()
    found = contact(database, office)
    assert found is not None
    assert (str(found.task_id), found.name, str(found.customer_id)) == (task, "换泵", client)
    assert told(conf) == {
        "task": "回访", "came": "added", "status": "running", "resumed": False, "state": "done",
    }  # fmt: skip
    # The dialer's own rule holds for whoever calls.
    agent.post(f"/attempts/{_next(agent, task)}/skip")
    number = agent.post(f"/calling-tasks/{task}/next").json["attempt"]["contact"]["number"]
    assert number == "138 **** 6207"


def _next(agent: Caller, task: str) -> str:
    attempt: str = agent.post(f"/calling-tasks/{task}/next").json["attempt"]["id"]
    return attempt


def test_a_customers_own_record_is_the_customer(
    firm: Firm, admin: Caller, background: Background, office: Office, database: Database
) -> None:
    call = a_trigger("call", {**CALL, "field": "phone"}, when="after", on=["create"])
    firm.keeps(a_client(call))
    a_task(admin, office)
    client = make(admin, CLIENTS, "王秀兰", phone=NUMBER)
    background.work()
    found = contact(database, office)
    assert found is not None
    assert (found.name, str(found.customer_id)) == ("王秀兰", client)


@pytest.mark.parametrize(
    ("values", "listed", "came"),
    [
        ({}, False, "no_number"),
        ({"mobile": NUMBER}, True, "do_not_call"),
        ({"mobile": "13800000001"}, False, "there"),
    ],
)
def test_the_log_says_why_nobody_came_in_and_the_run_goes_on(
    firm: Firm, admin: Caller, conf: Caller, background: Background, office: Office,
    database: Database, values: dict[str, Any], listed: bool, came: str,
) -> None:  # fmt: skip
    firm.keeps(a_client(), a_job())
    a_task(admin, office)
    if listed:
        with database.begin(office.scope()) as session:
            session.add(DoNotCall(number=f"e164:+86{NUMBER}", added_at=NOW))
    changed(admin, JOBS, make(admin, JOBS, "换泵", **values), result="好")
    background.work()
    said = told(conf)
    assert (said["came"], said["state"]) == (came, "done")
    assert contact(database, office) is None


def test_a_finished_task_runs_again_and_a_paused_one_stays_so(
    firm: Firm, admin: Caller, conf: Caller, background: Background, office: Office,
    database: Database,
) -> None:  # fmt: skip
    firm.keeps(a_client(), a_job())
    task = a_task(admin, office, "pause")
    record = make(admin, JOBS, "换泵", mobile=NUMBER)
    changed(admin, JOBS, record, result="一")
    background.work()
    assert (told(conf)["status"], told(conf)["resumed"]) == ("paused", False)
    with database.begin(office.scope()) as session:
        session.execute(update(Contact).values(state="done"))
        session.scalars(select(CallingTask)).one().status = "finished"
    changed(admin, JOBS, record, result="二")
    background.work()
    assert (told(conf)["came"], told(conf)["resumed"]) == ("again", True)
    assert admin.get(f"/calling-tasks/{task}").json["status"] == "running"


def test_without_its_task_the_run_fails_and_says_so_and_what_was_done_before_stays(
    firm: Firm, admin: Caller, conf: Caller, background: Background
) -> None:
    follow = {"do": "create", "object": "client", "values": {"name": {"field": "name"}}}
    firm.keeps(a_client(), a_job(follow, CALL))
    changed(admin, JOBS, make(admin, JOBS, "换泵", mobile=NUMBER), result="好")
    background.work()
    (run,) = conf.get(RUNS).json["items"]
    assert (run["state"], run["message"]) == ("failed", "没有名为“回访”的外呼任务。")
    assert [step["do"] for step in run["steps"]] == ["create"]
    assert admin.get(CLIENTS).json["total"] == 1


def test_a_job_that_comes_twice_has_nobody_called_twice(
    firm: Firm, admin: Caller, background: Background, office: Office, database: Database
) -> None:
    firm.keeps(a_client(), a_job())
    a_task(admin, office)
    changed(admin, JOBS, make(admin, JOBS, "换泵", mobile=NUMBER), result="好")
    (job_id,) = background.jobs()
    background.run(job_id)
    with database.begin(office.scope()) as session:
        session.execute(update(Contact).values(state="done"))
        # As if its worker had died before it could say that it was done.
        session.execute(update(Job).where(Job.id == job_id).values(state=JobState.RUNNING.value))
    background.run(job_id)
    found = contact(database, office)
    assert found is not None
    assert found.state == "done"


def test_a_trial_says_who_would_come_in_and_takes_it_back(
    pumps: Shaping, admin: Caller, conf: Caller, office: Office, database: Database
) -> None:
    a_task(admin, office)
    pumps.published(MOBILE)
    record = a_pump(admin, name="泵", mobile=NUMBER)
    pumps.save({**pumps.document, "triggers": [a_trigger("call", CALL, when="after")]})
    body = {"record_id": record["id"], "act": "update", "values": {}}
    (told_,) = conf.post(f"{PUMPS}/triggers/try", body).json["triggers"]
    (step,) = told_["steps"]
    assert (step["calling"]["came"], step["problem"]) == ("added", None)
    assert contact(database, office) is None
    unknown = a_trigger("call", {**CALL, "task": "别的"}, when="after")
    pumps.save({**pumps.document, "triggers": [unknown]})
    (told_,) = conf.post(f"{PUMPS}/triggers/try", body).json["triggers"]
    assert told_["steps"][0]["problem"] == "没有名为“别的”的外呼任务。"

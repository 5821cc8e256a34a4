"""Scheduled tasks: set up, read in plain words, changed, and kept from those who may not."""

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from tests.integration.automation.conftest import TASKS, a_task
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration


def test_a_task_is_set_up_changed_paused_and_deleted_and_the_log_knows(
    conf: Caller, database: Database, office: Office
) -> None:
    made = a_task(conf)
    assert (made["reading"], made["zone"]) == ("每天 09:00", "Asia/Shanghai")
    # It is ten in the morning in Shanghai.
    assert made["next_at"] == "2026-11-25T01:00:00+00:00"
    assert made["acts_as"]["name"] == "配置员"
    place = f"{TASKS}/{made['id']}"
    paused = conf.send("PATCH", place, {"paused": True}, version=made["version"]).json
    assert (paused["next_at"], paused["cron"]) == (None, "0 9 * * *")
    assert conf.send("PATCH", place, {"paused": False}, version=1).status_code == 412
    later = {"paused": False, "cron": "30 10 * * *"}
    again = conf.send("PATCH", place, later, version=paused["version"]).json
    assert again["next_at"] == "2026-11-24T02:30:00+00:00"
    assert conf.send("DELETE", place, version=again["version"]).status_code == 204
    assert conf.get(place).status_code == 404
    with database.begin(office.scope()) as session:
        of_it = select(AuditEntry.action).where(AuditEntry.entity == "scheduled_task")
        acts = session.scalars(of_it.order_by(AuditEntry.id)).all()
    assert [act.partition(".")[2] for act in acts] == ["create", "change", "change", "delete"]


def test_one_that_is_late_is_not_put_off_by_a_change_of_something_else(
    conf: Caller, clock: ManualClock
) -> None:
    made = a_task(conf, cron="0 11 * * *")
    place = f"{TASKS}/{made['id']}"
    clock.advance(7200)
    late = conf.send("PATCH", place, {"retries": 2}, version=made["version"]).json
    assert (late["retries"], late["next_at"]) == (2, "2026-11-24T03:00:00+00:00")
    later = conf.send("PATCH", place, {"zone": "UTC"}, version=late["version"]).json
    assert later["next_at"] == "2026-11-24T11:00:00+00:00"


def test_what_an_expression_means_is_said_while_it_is_written(conf: Caller) -> None:
    told = conf.post(f"{TASKS}/timetable", {"cron": "0 9 * * 1-5"}).json
    assert told["reading"] == "周一至周五 09:00"
    assert [each[:10] for each in told["next"]] == [
        "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01",
    ]  # fmt: skip
    berlin = conf.post(f"{TASKS}/timetable", {"cron": "0 9 * * *", "zone": "Europe/Berlin"}).json
    assert berlin["next"][0] == "2026-11-24T08:00:00+00:00"
    wrong = conf.post(f"{TASKS}/timetable", {"cron": "0 0 30 2 *"})
    assert wrong.json["error"]["fields"] == {"cron": ["该时间永远不会到来。"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cron": "x"}, "cron"), ({"zone": "Mars/Base"}, "zone"), ({"command": "rm"}, "command"),
        ({"parameters": {"days": 0}}, "parameters.days"), ({"retries": 9}, "retries"),
        ({"parameters": {"path": "/"}}, "parameters.path"), ({"timeout_seconds": 1}, "timeout_seconds"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_at_its_field(conf: Caller, changes, field) -> None:
    body = {"name": "清理", "cron": "0 9 * * *", "command": "purge", "parameters": {}, **changes}
    answer = conf.post(TASKS, body)
    assert answer.status_code == 422
    assert [*answer.json["error"]["fields"]] == [field]


def test_a_name_is_given_once(conf: Caller) -> None:
    a_task(conf)
    body = {"name": "清理", "cron": "0 9 * * *", "command": "purge", "parameters": {}}
    assert [*conf.post(TASKS, body).json["error"]["fields"]] == ["name"]


def test_rights(conf: Caller, admin: Caller, agent: Caller, door, other: Office) -> None:
    made = a_task(conf)
    for caller in (admin, agent):
        assert caller.get(TASKS).status_code == 403
        assert caller.post(f"{TASKS}/{made['id']}/run").status_code == 403
    stranger = door.open(other.people["conf"])
    assert stranger.get(TASKS).json["total"] == 0
    for path in ("", "/runs"):
        assert stranger.get(f"{TASKS}/{made['id']}{path}").status_code == 404
    assert stranger.post(f"{TASKS}/{made['id']}/run").status_code == 404


def test_commands_tell_their_parameters(conf: Caller) -> None:
    known = {each["key"]: each for each in conf.get(f"{TASKS}/commands").json}
    assert all(each["allowed"] for each in known.values())
    days = known["purge"]["parameters"][0]
    assert (days["name"], days["kind"], days["least"], days["most"]) == ("days", "number", 1, 3650)
    assert known["messages"]["parameters"][4]["types"] == ["phone", "email"]

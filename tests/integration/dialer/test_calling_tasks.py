"""Calling tasks: supply without waiting, one attempt one call, what follows from an outcome."""

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.people.models import User, UserStatus
from callcenter.processes.seams import Surroundings
from callcenter.schedules.models import Schedule
from dialer import supply
from dialer.models import Attempt, CallingTask, Contact, DoNotCall
from dialer.service import apply_outcome
from tests.fakes.telephony import FakeTelephony
from tests.support.office import NOW, Caller, Office

pytestmark = pytest.mark.integration

CONTACTS = [{"number": f"138000000{n:02d}", "name": f"客户{n}"} for n in range(1, 11)]


def make(admin: Caller, office: Office, **change: Any) -> dict:
    body = {
        "name": "延保到期提醒",
        "contacts": CONTACTS,
        "agents": [str(office.people[who].user_id) for who in ("agent", "colleague")],
        **change,
    }
    answer = admin.post("/calling-tasks", body)
    assert answer.status_code == 201, answer.json
    return answer.json


@pytest.fixture
def task(admin: Caller, office: Office) -> str:
    made = make(admin, office)
    assert made["status"] == "draft"
    assert admin.post(f"/calling-tasks/{made['id']}/start").json["status"] == "running"
    return made["id"]


def tell(database: Database, attempt_id: str, outcome: str, at: datetime = NOW) -> None:
    data = {
        "attempt_id": attempt_id, "call_id": str(new_id()), "outcome": outcome,
        "cause": 17, "sip_code": 486,
    }  # fmt: skip
    with database.begin(Scope.platform()) as session:
        apply_outcome(session, {"type": "attempt.ended", "data": data}, ManualClock(at))


def test_an_agent_takes_the_next_contact_and_keeps_it(agent: Caller, task: str) -> None:
    first = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    assert (first["contact"]["name"], first["contact"]["number"]) == ("客户1", "138 **** 0001")
    assert agent.post(f"/calling-tasks/{task}/next").json["attempt"]["id"] == first["id"]
    assert agent.get(f"/calling-tasks/{task}").json["mine_open"] == 1


def test_two_agents_never_get_the_same_contact(
    database: Database, office: Office, task: str
) -> None:
    taken: list[UUID] = []
    barrier = threading.Barrier(4)

    def take() -> None:
        barrier.wait()
        for _ in range(3):
            with database.begin(office.scope()) as session:
                attempt = supply.take(session, UUID(task), new_id(), NOW)
                if attempt:
                    taken.append(attempt.contact_id)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 10


def test_a_locked_contact_is_stepped_over(database: Database, office: Office, task: str) -> None:
    with database.begin(office.scope()) as first:
        held = supply.take(first, UUID(task), new_id(), NOW)
        with database.begin(office.scope()) as second:
            other = supply.take(second, UUID(task), new_id(), NOW)
            assert held is not None
            assert other is not None
            assert held.contact_id != other.contact_id


def test_dialling_marks_the_attempt_and_names_the_channel(
    agent: Caller, task: str, telephony: FakeTelephony
) -> None:
    telephony.answer("call.dial", call_id=str(new_id()))
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    assert agent.post(f"/attempts/{attempt['id']}/dial").status_code == 202
    command = telephony.asked("call.dial")[0]
    assert command["id"] == command["body"]["attempt_id"] == attempt["id"]
    assert command["body"]["number"] == "13800000001"
    again = agent.post(f"/attempts/{attempt['id']}/dial")
    assert (again.status_code, again.json["error"]["code"]) == (409, "attempt-over")
    assert len(telephony.asked("call.dial")) == 1


def test_a_refused_dial_gives_the_attempt_back(
    agent: Caller, task: str, telephony: FakeTelephony
) -> None:
    telephony.refuse("call.dial", "illegal-state")
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    assert agent.post(f"/attempts/{attempt['id']}/dial").status_code == 409
    telephony.answer("call.dial", call_id=str(new_id()))
    assert agent.post(f"/attempts/{attempt['id']}/dial").status_code == 202


def test_an_outcome_told_twice_counts_once(
    agent: Caller, task: str, database: Database, telephony: FakeTelephony
) -> None:
    telephony.answer("call.dial", call_id=str(new_id()))
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    agent.post(f"/attempts/{attempt['id']}/dial")
    tell(database, attempt["id"], "answered")
    tell(database, attempt["id"], "busy")
    shown = agent.get(f"/calling-tasks/{task}").json
    assert (shown["done"], shown["connected"], shown["mine_open"]) == (1, 1, 0)
    tell(database, str(new_id()), "answered")


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("busy", "open"), ("no_answer", "open"), ("unallocated", "done"), ("rejected", "done")],
)
def test_who_is_tried_again(
    agent: Caller, task: str, database: Database, office: Office, outcome: str, state: str
) -> None:
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    tell(database, attempt["id"], outcome)
    with database.begin(office.scope()) as session:
        contact = session.scalars(
            select(Contact).where(Contact.id == UUID(attempt["contact"]["id"]))
        ).one()
        assert (contact.state, contact.outcome) == (state, outcome)
        again = NOW + timedelta(hours=1) if state == "open" else None
        assert contact.next_at == again


def test_a_task_ends_with_its_last_contact(
    agent: Caller, admin: Caller, office: Office, database: Database
) -> None:
    task = make(admin, office, contacts=CONTACTS[:1])["id"]
    admin.post(f"/calling-tasks/{task}/start")
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    tell(database, attempt["id"], "answered")
    assert agent.get(f"/calling-tasks/{task}").json["status"] == "finished"
    assert agent.post(f"/calling-tasks/{task}/next").status_code == 409


def test_nobody_is_left_is_no_error(agent: Caller, admin: Caller, office: Office) -> None:
    task = make(admin, office, contacts=CONTACTS[:2])["id"]
    admin.post(f"/calling-tasks/{task}/start")
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    assert agent.post(f"/attempts/{attempt['id']}/skip").json["state"] == "skipped"
    agent.post(f"/calling-tasks/{task}/next")
    other = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    agent.post(f"/attempts/{other['id']}/skip")
    assert agent.post(f"/calling-tasks/{task}/next").status_code == 409


def test_a_number_on_the_list_is_never_dialled(
    agent: Caller, task: str, database: Database, office: Office
) -> None:
    def list_number(number: str) -> None:
        with database.begin(office.scope()) as session:
            session.add(DoNotCall(number=f"e164:+86{number}", added_at=NOW))

    list_number("13800000001")
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    assert attempt["contact"]["name"] == "客户2"
    list_number("13800000002")
    answer = agent.post(f"/attempts/{attempt['id']}/dial")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "do-not-call")


def test_nobody_is_called_at_night(agent: Caller, task: str, clock: ManualClock) -> None:
    clock.advance(12 * 3600)
    answer = agent.post(f"/calling-tasks/{task}/next")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "outside-calling-window")
    assert answer.json["error"]["message"] == "只能在 09:00 至 21:00 之间外呼。"


def test_a_contact_held_too_long_goes_to_another(
    agent: Caller, colleague: Caller, task: str, clock: ManualClock
) -> None:
    first = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    clock.advance(31 * 60)
    other = colleague.post(f"/calling-tasks/{task}/next").json["attempt"]
    assert other["contact"]["id"] == first["contact"]["id"]
    assert agent.post(f"/attempts/{first['id']}/dial").status_code == 409


def test_an_agents_result_is_kept(
    agent: Caller, task: str, office: Office, database: Database
) -> None:
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    tell(database, attempt["id"], "answered")
    body = {"disposition_id": str(office.disposition)}
    assert agent.post(f"/attempts/{attempt['id']}/result", body).status_code == 200
    wrong = agent.post(f"/attempts/{attempt['id']}/result", {"disposition_id": str(new_id())})
    assert wrong.status_code == 422
    with database.begin(office.scope()) as session:
        assert session.scalars(select(Attempt.disposition_id)).one() == office.disposition


def test_tasks_are_made_by_the_administrator_alone(
    agent: Caller, leader: Caller, office: Office, task: str
) -> None:
    for caller in (agent, leader):
        assert caller.post("/calling-tasks", {"name": "x"}).status_code == 403
        assert caller.post(f"/calling-tasks/{task}/pause").status_code == 403


def test_a_task_is_its_agents_and_its_enterprises(
    door, office: Office, other: Office, stranger: Caller, agent: Caller, task: str
) -> None:
    outsider = door.open(office.people["outsider"])
    assert outsider.post(f"/calling-tasks/{task}/next").status_code == 404
    assert outsider.get("/calling-tasks").json["total"] == 0
    assert stranger.get(f"/calling-tasks/{task}").status_code == 404
    assert stranger.post(f"/calling-tasks/{task}/start").status_code == 404
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    theirs = door.open(other.people["agent"])
    assert theirs.post(f"/attempts/{attempt['id']}/dial").status_code == 404
    assert door.open(office.people["colleague"]).post(
        f"/attempts/{attempt['id']}/skip"
    ).status_code == 404  # fmt: skip


def test_a_task_that_names_nobody_is_for_all_agents_who_are_there(
    admin: Caller, office: Office, database: Database
) -> None:
    with database.begin(office.scope()) as session:
        left = session.get_one(User, office.people["outsider"].user_id)
        left.status = UserStatus.INACTIVE
    all_of_them = {str(office.people[who].user_id) for who in ("agent", "colleague")}
    made = make(admin, office, agents=[])
    assert {*made["agents"]} == all_of_them
    path, one = f"/calling-tasks/{made['id']}", min(all_of_them)
    version = admin.send("PATCH", path, {"agents": [one]}, version=made["version"]).json["version"]
    changed = admin.send("PATCH", path, {"agents": []}, version=version).json
    assert {*changed["agents"]} == all_of_them


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"contacts": []}, "contacts"),
        ({"contacts": [{"number": "abc"}]}, "contacts.0.number"),
        ({"contacts": [CONTACTS[0], CONTACTS[0]]}, "contacts.1.number"),
        ({"agents": ["0192a000-0000-7000-8000-000000000000"]}, "agents"),
        ({"mode": "predictive"}, "mode"),
        ({"display_number": "02199999999"}, "display_number"),
        ({"name": ""}, "name"),
        ({"window_from": "20:00", "window_to": "08:00"}, "window_to"),
    ],
)
def test_a_wrong_task_names_the_field(
    admin: Caller, office: Office, change: dict, field: str
) -> None:
    agents = [str(office.people["agent"].user_id)]
    body = {"name": "x", "contacts": CONTACTS, "agents": agents, **change}
    answer = admin.post("/calling-tasks", body)
    assert answer.status_code == 422
    assert field in answer.json["error"]["fields"]


def test_a_stale_change_is_refused(admin: Caller, office: Office) -> None:
    made = make(admin, office)
    path = f"/calling-tasks/{made['id']}"
    changed = admin.send("PATCH", path, {"name": "新名"}, version=made["version"])
    assert changed.json["name"] == "新名"
    assert admin.send("PATCH", path, {"name": "x"}, version=made["version"]).status_code == 412


def test_a_known_number_brings_its_customer(admin: Caller, agent: Caller, office: Office) -> None:
    values = {"name": "王秀兰", "phone": "13800000001"}
    customer = agent.post("/objects/customer/records", {"values": values}).json
    task = make(admin, office)["id"]
    admin.post(f"/calling-tasks/{task}/start")
    attempt = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    assert attempt["contact"]["customer_id"] == customer["id"]


def test_a_contact_is_rung_as_long_as_the_task_says(
    agent: Caller, admin: Caller, office: Office, telephony: FakeTelephony
) -> None:
    made = make(admin, office, ring_seconds=12)
    admin.post(f"/calling-tasks/{made['id']}/start")
    attempt = agent.post(f"/calling-tasks/{made['id']}/next").json["attempt"]["id"]
    telephony.answer("call.dial", call_id=attempt)
    assert agent.post(f"/attempts/{attempt}/dial").status_code == 202
    (command,) = telephony.asked("call.dial")
    assert command["body"]["ring_seconds"] == made["ring_seconds"] == 12


@pytest.mark.parametrize("seconds", [4, 121, "long"])
def test_how_long_it_rings_has_limits(admin: Caller, office: Office, seconds: object) -> None:
    body = {"name": "x", "contacts": CONTACTS, "agents": [str(office.people["agent"].user_id)]}
    answer = admin.post("/calling-tasks", body | {"ring_seconds": seconds})
    assert list(answer.json["error"]["fields"]) == ["ring_seconds"]


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
def schedules(database: Database, office: Office) -> Any:
    """Keeps one that is open in these periods; its id."""

    def kept(**week: list[dict[str, str]]) -> UUID:
        row = Schedule(
            id=new_id(), name=f"外呼时间 {new_id()}", week={day: week.get(day, []) for day in DAYS},
            days=[], workday_as="mon", follows_holidays=False, time_zone=None, emergency=None,
            created_at=NOW,
        )  # fmt: skip
        with database.begin(office.scope()) as session:
            session.add(row)
            return row.id

    return kept


def test_outside_its_schedule_a_task_gives_nobody_out_and_says_when_it_opens(
    admin: Caller, agent: Caller, database: Database, office: Office, task: str, schedules: Any
) -> None:
    """It is Tuesday, and the schedule is open on Wednesdays alone."""
    assert f"{NOW:%a}" == "Tue"
    held = agent.post(f"/calling-tasks/{task}/next").json["attempt"]["id"]
    schedule = schedules(wed=[{"begins": "10:00", "ends": "12:00"}])
    version = admin.get(f"/calling-tasks/{task}").json["version"]
    path = f"/calling-tasks/{task}"
    changed = admin.send("PATCH", path, {"schedule_id": str(schedule)}, version=version).json
    assert (changed["schedule"]["id"], changed["open"]) == (str(schedule), False)
    for refused in (agent.post(f"{path}/next"), agent.post(f"/attempts/{held}/dial")):
        error = refused.json["error"]
        assert (refused.status_code, error["code"]) == (409, "outside-schedule")
        assert error["details"]["opens"] == "11-25 10:00"
    (shown,) = agent.get("/console/work").json["calling_tasks"]
    assert (shown["open"], shown["opens_at"]) == (False, "2026-11-25T02:00:00+00:00")

    def used_by() -> str | None:
        with database.begin(office.scope()) as session:
            return Surroundings().of_schedule(session, schedule)

    assert used_by() == "calling_task"
    freed = admin.send("PATCH", path, {"schedule_id": None}, version=changed["version"]).json
    assert (freed["schedule"], freed["open"], used_by()) == (None, True, None)
    assert agent.post(f"{path}/next").json["attempt"]["id"] == held


def test_a_schedule_that_nobody_knows_the_end_of_is_said_so(
    admin: Caller, agent: Caller, office: Office, schedules: Any
) -> None:
    made = make(admin, office, schedule_id=str(schedules()))
    admin.post(f"/calling-tasks/{made['id']}/start")
    refused = agent.post(f"/calling-tasks/{made['id']}/next")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "schedule-closed")


def test_a_finished_task_keeps_its_schedule_since_it_may_run_again(
    admin: Caller, office: Office, database: Database, schedules: Any
) -> None:
    schedule = schedules(tue=[{"begins": "09:00", "ends": "18:00"}])
    made = make(admin, office, schedule_id=str(schedule))
    with database.begin(office.scope()) as session:
        session.get_one(CallingTask, UUID(made["id"])).status = "finished"
        session.flush()
        assert Surroundings().of_schedule(session, schedule) == "calling_task"


def test_a_task_whose_schedule_is_gone_gives_nobody_out(
    admin: Caller, agent: Caller, office: Office, database: Database, schedules: Any
) -> None:
    """It was deleted while the task was made."""
    schedule = schedules(tue=[{"begins": "00:00", "ends": "24:00"}])
    made = make(admin, office, schedule_id=str(schedule))
    admin.post(f"/calling-tasks/{made['id']}/start")
    with database.begin(office.scope()) as session:
        session.delete(session.get_one(Schedule, schedule))
    refused = agent.post(f"/calling-tasks/{made['id']}/next")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "schedule-closed")
    shown = admin.get(f"/calling-tasks/{made['id']}").json
    assert (shown["open"], shown["opens_at"]) == (False, None)


def test_a_schedule_that_is_not_there_is_refused(admin: Caller, office: Office) -> None:
    agents = [str(office.people["agent"].user_id)]
    body = {"name": "x", "contacts": CONTACTS, "agents": agents, "schedule_id": str(new_id())}
    answer = admin.post("/calling-tasks", body)
    assert [*answer.json["error"]["fields"]] == ["schedule_id"]

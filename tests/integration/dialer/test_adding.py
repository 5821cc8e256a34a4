"""Somebody is put into a calling task that is there, once, and a finished one runs again."""

import threading
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text, update

from callcenter.core.audit import Audit, AuditEntry
from callcenter.core.bus import Outbox, OutboxEvent
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.numbers import WITHHELD, Number, parse_number
from callcenter.objects.triggers.calling import Callee, Placed
from dialer.adding import Adding
from dialer.errors import NoSuchTask
from dialer.models import CallingTask, Contact, DoNotCall
from dialer.service import finish_if_done
from tests.support.office import NOW, Caller, Office
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration

FIRST, SECOND = "13800000001", "13800000002"


@pytest.fixture
def adding(clock: ManualClock) -> Adding:
    return Adding(Audit(clock), Outbox(clock))


def make(admin: Caller, office: Office, name: str = "回访", status: str = "") -> UUID:
    """A task with one contact, the first number."""
    agents = [str(office.people["agent"].user_id)]
    body = {"name": name, "contacts": [{"number": FIRST, "name": "王"}], "agents": agents}
    made = admin.post("/calling-tasks", body).json["id"]
    if status:
        assert admin.post(f"/calling-tasks/{made}/{status}").status_code == 200
    return UUID(made)


def wanted(number: str | None, name: str = "李", customer_id: UUID | None = None) -> Callee:
    return Callee(parse_number(number) if number else None, name, customer_id)


def contacts(database: Database, office: Office) -> dict[str, Contact]:
    with database.begin(office.scope()) as session:
        return {Number.load(one.number).national: one for one in session.scalars(select(Contact))}


def over(database: Database, office: Office, task: UUID, state: str = "done") -> None:
    """All its contacts are done with, and so is the task."""
    with database.begin(office.scope()) as session:
        session.execute(update(Contact).values(state=state, attempts=3, outcome="no_answer"))
        finish_if_done(session, task)


def add(
    adding: Adding, database: Database, office: Office, callee: Callee, task: str = "回访"
) -> Placed:
    with database.begin(office.scope()) as session:
        return adding.add(session, task, callee)


def said(placed: Placed) -> tuple[str, str, bool]:
    return placed.came.value, placed.status, placed.resumed


@pytest.mark.parametrize(
    ("act", "status"), [("start", "running"), ("pause", "paused"), ("", "draft")]
)
def test_a_new_contact_comes_last_and_the_task_stays_as_it_is(
    adding: Adding, database: Database, office: Office, admin: Caller, act: str, status: str
) -> None:
    make(admin, office, status=act)
    customer = new_id()
    placed = add(adding, database, office, wanted(SECOND, customer_id=customer))
    assert said(placed) == ("added", status, False)
    first, second = contacts(database, office).values()
    assert (second.name, second.state, second.customer_id) == ("李", "open", customer)
    assert second.sort > first.sort


def test_who_waits_in_it_already_stays_as_he_is(
    adding: Adding, database: Database, office: Office, admin: Caller, agent: Caller
) -> None:
    task = make(admin, office, status="start")
    assert said(add(adding, database, office, wanted(FIRST))) == ("there", "running", False)
    assert agent.post(f"/calling-tasks/{task}/next").status_code == 200
    assert said(add(adding, database, office, wanted(FIRST))) == ("there", "running", False)
    (only,) = contacts(database, office).values()
    assert (only.name, only.state, only.attempts) == ("王", "taken", 1)


@pytest.mark.parametrize("state", ["done", "skipped", "blocked"])
def test_who_was_done_with_is_called_once_more_and_the_finished_task_runs_again(
    adding: Adding, database: Database, office: Office, admin: Caller, agent: Caller, state: str
) -> None:
    task = make(admin, office, status="start")
    over(database, office, task, state)
    assert admin.get(f"/calling-tasks/{task}").json["status"] == "finished"
    assert said(add(adding, database, office, wanted(FIRST))) == ("again", "running", True)
    (only,) = contacts(database, office).values()
    assert (only.name, only.state, only.attempts, only.next_at) == ("李", "open", 0, None)
    offered = agent.post(f"/calling-tasks/{task}/next").json["attempt"]
    assert offered["contact"]["name"] == "李"


def test_a_finished_task_runs_again_for_a_new_number_and_is_told_of(
    adding: Adding, database: Database, office: Office, admin: Caller
) -> None:
    task = make(admin, office, status="start")
    over(database, office, task)
    assert said(add(adding, database, office, wanted(SECOND))) == ("added", "running", True)
    with database.begin(office.scope()) as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.action == "calling_task.add"))
        assert [each.after for each in told] == [{"contacts": "added", "status": "running"}]
        events = session.scalars(select(OutboxEvent).order_by(OutboxEvent.position.desc()))
        assert events.first().data["changed"] == ["contacts", "status"]  # type: ignore[union-attr]


@pytest.mark.parametrize("callee", [wanted(None), Callee(WITHHELD, "李", None)])
def test_without_a_number_nobody_comes_in(
    adding: Adding, database: Database, office: Office, admin: Caller, callee: Callee
) -> None:
    task = make(admin, office, status="start")
    over(database, office, task)
    assert said(add(adding, database, office, callee)) == ("no_number", "finished", False)


def test_who_asked_not_to_be_called_does_not_come_in(
    adding: Adding, database: Database, office: Office, admin: Caller
) -> None:
    make(admin, office)
    with database.begin(office.scope()) as session:
        session.add(DoNotCall(number=f"e164:+86{SECOND}", added_at=NOW))
    assert said(add(adding, database, office, wanted(SECOND))) == ("do_not_call", "draft", False)
    assert SECOND not in contacts(database, office)


def test_of_several_of_one_name_it_is_the_newest_that_is_not_finished(
    adding: Adding, database: Database, office: Office, admin: Caller, clock: ManualClock
) -> None:
    tasks = []
    for _ in range(3):
        tasks.append(make(admin, office, status="start"))
        clock.advance(60)
    with database.begin(office.scope()) as session:
        last = session.get_one(CallingTask, tasks[2])
        last.status = "finished"
    add(adding, database, office, wanted(SECOND))
    assert contacts(database, office)[SECOND].task_id == tasks[1]


def test_a_task_that_there_is_not_and_another_enterprises_are_unknown(
    adding: Adding, database: Database, office: Office, other: Office, admin: Caller
) -> None:
    make(admin, office)
    for where, name in ((office, "别的"), (other, "回访")):
        with pytest.raises(NoSuchTask):
            add(adding, database, where, wanted(SECOND), name)


def test_one_number_comes_in_once_however_many_put_it_in_at_once(
    adding: Adding, database: Database, office: Office, admin: Caller
) -> None:
    make(admin, office, status="start")
    barrier = threading.Barrier(4)
    came: list[str] = []

    def put() -> None:
        barrier.wait()
        came.append(add(adding, database, office, wanted(SECOND)).came.value)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["added", "there", "there", "there"]


def test_many_come_in_their_order_with_no_more_questions_than_few(
    adding: Adding, database: Database, office: Office, admin: Caller
) -> None:
    task = make(admin, office, status="start")
    over(database, office, task)
    with database.begin(office.scope()) as session:
        session.add(DoNotCall(number=f"e164:+86{SECOND}", added_at=NOW))
    asked: list[str] = []

    def note(*told: Any) -> None:
        asked.append(told[2])

    many = [wanted(f"139{n:08d}") for n in range(300, 0, -1)]
    odd = [wanted(None), wanted(SECOND), wanted(SECOND), wanted(FIRST, "赵"), wanted(FIRST)]
    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.begin(office.scope()) as session:
            counts = adding.add_all(session, task, [*many, *odd])
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert counts == {"added": 300, "again": 1, "there": 1, "do_not_call": 2, "no_number": 1}
    assert len(asked) < 20
    found = contacts(database, office)
    rows = sorted(found.items(), key=lambda row: row[1].sort)
    assert [number for number, _ in rows] == [f"139{n:08d}" for n in range(300, 0, -1)] + [FIRST]
    assert (found[FIRST].name, found[FIRST].state) == ("赵", "open")


def test_a_task_that_has_just_ended_runs_again_for_who_comes_in(
    adding: Adding, database: Database, office: Office, admin: Caller
) -> None:
    task = make(admin, office, status="start")
    placed: list[Placed] = []
    thread = threading.Thread(
        target=lambda: placed.append(add(adding, database, office, wanted(SECOND)))
    )
    with database.begin(office.scope()) as session:
        session.execute(update(Contact).values(state="done"))
        finish_if_done(session, task)
        session.flush()
        thread.start()
        wait_until(lambda: _somebody_waits(database, office), 10, "the newcomer at the task's lock")
    thread.join()
    assert said(placed[0]) == ("added", "running", True)
    assert admin.get(f"/calling-tasks/{task}").json["status"] == "running"


def test_a_task_does_not_end_while_somebody_comes_in(
    adding: Adding, database: Database, office: Office, admin: Caller
) -> None:
    task = make(admin, office, status="start")
    thread = threading.Thread(target=lambda: over(database, office, task))
    with database.begin(office.scope()) as session:
        adding.add(session, "回访", wanted(SECOND))
        thread.start()
        wait_until(lambda: _somebody_waits(database, office), 10, "the end at the task's lock")
    thread.join()
    assert admin.get(f"/calling-tasks/{task}").json["status"] == "running"


def _somebody_waits(database: Database, office: Office) -> Any:
    with database.begin(office.scope()) as session:
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return session.scalar(text(f"{waiting} AND datname = current_database()"))


def test_designers_see_what_tasks_are_called_and_nobody_else_by_this(
    database: Database, office: Office, admin: Caller, conf: Caller, agent: Caller, stranger: Caller
) -> None:
    over(database, office, make(admin, office, "一月", "start"))
    make(admin, office, "二月")
    told = [{"name": "二月", "status": "draft"}, {"name": "一月", "status": "finished"}]
    assert conf.get("/design/calling-tasks").json == told
    for caller in (admin, agent, stranger):
        assert caller.get("/design/calling-tasks").status_code == 403

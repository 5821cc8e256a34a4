"""Scheduled tasks in their processes: due once with two crons, and ended in time whatever they do."""

import os
import signal
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from callcenter.automation.models import RunState, ScheduledTask, TaskRun
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.core.tenant import Scope
from callcenter.people.models import User
from callcenter.processes.hosts import HOSTS
from callcenter.tenancy.models import Option, OptionValue
from tests.integration.processes.conftest import StartProcess
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration


@pytest.fixture
def author(database: Database, enterprise_id: UUID) -> UUID:
    made = User(
        id=new_id(), employee_code="conf", name="配置员", role=Role.CONF,
        created_at=SystemClock().now(),
    )  # fmt: skip
    with database.begin(Scope(enterprise_id)) as session:
        session.add(made)
    return made.id


@pytest.fixture
def silent(database: Database, enterprise_id: UUID) -> Iterator[str]:
    """host:port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        with database.begin(Scope.platform()) as session:
            session.add(Option(key=HOSTS, kind="text", label={}, default={"value": ""}, sort=1))
            session.flush()
            value = {"value": place}
            session.add(OptionValue(key=HOSTS, enterprise_id=enterprise_id, value=value))
        yield place


def a_task(author: UUID, name: str, **more: Any) -> ScheduledTask:
    values = {
        "cron": "0 0 1 1 *", "zone": "UTC", "command": "purge", "parameters": {"days": 30},
        "overlap": "skip", "timeout_seconds": 60, "next_at": SystemClock().now(), **more,
    }  # fmt: skip
    at = SystemClock().now()
    return ScheduledTask(id=new_id(), name=name, acts_as=author, changed_at=at, version=1, **values)


def count(database: Database, enterprise_id: UUID, *states: str) -> int:
    query = select(func.count()).select_from(TaskRun).where(TaskRun.state.in_(states))
    with database.begin(Scope(enterprise_id)) as session:
        return session.scalar(query) or 0


def test_one_that_never_ends_is_ended_and_holds_nobody_up_though_of_its_crons_one_dies_and_one_freezes(
    database: Database, enterprise_id: UUID, author: UUID, silent: str, process: StartProcess
) -> None:
    call = {"method": "GET", "url": f"http://{silent}/", "body": None}
    tasks = [
        a_task(author, "hangs", command="http", parameters=call, timeout_seconds=1),
        *(a_task(author, f"task {number}") for number in range(50)),
    ]
    with database.begin(Scope(enterprise_id)) as session:
        session.add_all(tasks)
    dying, living = process("cron"), process("cron")
    process("tasks")
    wait_until(lambda: count(database, enterprise_id, "done") >= 1, 90, "the first run")
    dying.send_signal(signal.SIGKILL)
    dying.wait()
    with database.begin(Scope(enterprise_id)) as session:
        # Due only now, when one of the two is left.
        session.add_all(a_task(author, f"later {number}") for number in range(10))
    wait_until(lambda: count(database, enterprise_id, "done") == 60, 60, "sixty runs")
    # Frozen, whatever it has in hand; another takes its place, as its supervisor sees to it.
    living.send_signal(signal.SIGSTOP)
    process("cron")
    with database.begin(Scope(enterprise_id)) as session:
        session.add_all(a_task(author, f"last {number}") for number in range(10))
    wait_until(lambda: count(database, enterprise_id, "done") == 70, 60, "seventy runs")
    living.kill()
    wait_until(lambda: count(database, enterprise_id, "timed_out") == 1, 60, "the end of the other")
    with database.begin(Scope(enterprise_id)) as session:
        assert session.scalar(select(func.count()).select_from(TaskRun)) == 71
        ended = session.scalars(select(TaskRun).where(TaskRun.state == "timed_out")).one()
        assert ended.started_at is not None
        assert ended.finished_at is not None
        assert ended.finished_at - ended.started_at < timedelta(seconds=4)
        assert ended.reason == {"key": "task.timed_out", "parameters": {"seconds": 1}}


def test_a_run_is_stopped_by_hand_and_a_runner_that_heeds_nothing_is_killed(
    database: Database, enterprise_id: UUID, author: UUID, silent: str, process: StartProcess
) -> None:
    call = {"method": "GET", "url": f"http://{silent}/", "body": None}
    task = a_task(author, "hangs", command="http", parameters=call, next_at=None, timeout_seconds=4)
    run = TaskRun(
        id=new_id(), task_id=task.id, due_at=SystemClock().now(), state=RunState.QUEUED.value,
        alone=True, not_before=SystemClock().now(),
    )  # fmt: skip
    wanted = {"command": "http", "parameters": call, "next_at": None}
    other = a_task(author, "hangs longer", **wanted)
    longer = TaskRun(
        id=new_id(), task_id=other.id, due_at=SystemClock().now(), state=RunState.QUEUED.value,
        alone=True, not_before=SystemClock().now(),
    )  # fmt: skip
    with database.begin(Scope(enterprise_id)) as session:
        session.add_all([task, run, other, longer])
    parent = process("tasks")
    wait_until(lambda: count(database, enterprise_id, "running") == 2, 90, "both running")
    with database.begin(Scope(enterprise_id)) as session:
        session.execute(update(TaskRun).where(TaskRun.id == longer.id).values(stopped_by=author))
        session.execute(text("SELECT pg_notify('tasks', '')"))
    wait_until(lambda: count(database, enterprise_id, "stopped") == 1, 30, "it stopped")
    for runner in Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split():
        # Frozen, as in a library of C that never comes back: no alarm is heard.
        os.kill(int(runner), signal.SIGSTOP)
    wait_until(lambda: count(database, enterprise_id, "timed_out") == 1, 30, "it killed")

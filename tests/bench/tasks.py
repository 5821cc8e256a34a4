"""A thousand scheduled tasks due at the same second, two `cron` processes of which one is killed.

Each run's own beginning is measured: the moment at which a runner has it in hand and its command
begins. The tasks are of ten enterprises; their command looks through recycle bins that are empty.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy import func, make_url, select, update

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.automation.models import UNFINISHED, RunState, ScheduledTask, TaskRun
from callcenter.core.addresses import app_url
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.core.tenant import Scope
from callcenter.people.models import User
from callcenter.templates.models import Output, Template
from callcenter.tenancy.models import Enterprise
from tests.bench.samples import Raw, Samples, made
from tests.support.databases import PROJECT, DataServices, data_services, migrate
from tests.support.waiting import wait_until

TASKS = int(os.environ.get("BENCH_TASKS", "1000"))
ENTERPRISES = 10
COMMAND = os.environ.get("BENCH_COMMAND", "purge")
AHEAD = timedelta(seconds=3)
"""Until they are due, when the processes are at work."""

KILLED_AFTER = timedelta(milliseconds=120)
TEXT = "{{ enterprise.name }}：今天是 {{ now | date('yyyy-MM-dd') }}。"


class World:
    def __init__(self, services: DataServices) -> None:
        self.database = Database(app_url(services.settings, services.secrets), pool_size=2)
        self.due_at = SystemClock().now()
        for number in range(ENTERPRISES):
            self._enterprise(number)

    def _enterprise(self, number: int) -> None:
        now, enterprise_id = SystemClock().now(), new_id()
        code = f"{100001 + number}"
        with self.database.begin(Scope.platform()) as session:
            session.add(
                Enterprise(id=enterprise_id, code=code, name=code, created_at=now, version=1)
            )
        author = User(
            id=new_id(), employee_code="conf", name="conf", role=Role.CONF, created_at=now
        )
        with self.database.begin(Scope(enterprise_id)) as session:
            session.add_all([author, _template(now)])
            session.flush()
            share = TASKS // ENTERPRISES
            session.add_all(self._task(author.id, f"task {one}", now) for one in range(share))

    def _task(self, author: UUID, name: str, now: datetime) -> ScheduledTask:
        parameters = {"template": {"template": "morning"}, "purge": {"days": 30}}[COMMAND]
        return ScheduledTask(
            id=new_id(), name=name, cron="0 9 * * *", zone="Asia/Shanghai", command=COMMAND,
            parameters=parameters, overlap="skip", retries=0, timeout_seconds=60, paused=False,
            next_at=None, acts_as=author, changed_at=now, version=1,
        )  # fmt: skip

    def wind_up(self) -> None:
        self.due_at = (SystemClock().now() + AHEAD).replace(microsecond=0)
        with self.database.begin(Scope.platform()) as session:
            session.execute(update(ScheduledTask).values(next_at=self.due_at))

    def unfinished(self) -> int:
        """And what has not been seen yet."""
        seen = select(func.count()).select_from(TaskRun)
        with self.database.begin(Scope.platform()) as session:
            there = session.scalar(seen) or 0
            waiting = session.scalar(seen.where(TaskRun.state.in_(UNFINISHED))) or 0
        return waiting + max(0, TASKS - there)

    def runs(self) -> Sequence[TaskRun]:
        with self.database.begin(Scope.platform()) as session:
            return session.scalars(select(TaskRun)).all()


def _template(now: datetime) -> Template:
    return Template(
        id=new_id(), key="morning", name={"zh-CN": "早安", "en": "Morning"}, object=None, text=TEXT,
        output=Output.TEXT, active=True, changed_at=now, changed_by=None, version=1,
    )  # fmt: skip


@contextmanager
def _process(services: DataServices, name: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", f"callcenter.processes.{name}"]
    environment = services.environment | {"CALLCENTER_PROCESS": name}
    with subprocess.Popen(command, env=environment, cwd=PROJECT) as process:
        yield process
        process.terminate()


@contextmanager
def _at_work(services: DataServices, count: int) -> Iterator[None]:
    """When so many listen to PostgreSQL."""
    listening = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"
    with psycopg.connect(_plain(services), autocommit=True) as connection:

        def listen() -> bool:
            (found,) = connection.execute(listening).fetchone() or (0,)
            return bool(found >= count)

        wait_until(listen, 60, "processes at work")
        yield


def _plain(services: DataServices) -> str:
    url = make_url(app_url(services.settings, services.secrets))
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _until(moment: datetime) -> None:
    wait_until(lambda: SystemClock().now() >= moment, AHEAD.total_seconds() + 1, "the moment")


def _figures(due_at: datetime, runs: Sequence[TaskRun]) -> Samples:
    done = [each for each in runs if each.state == RunState.DONE]
    begun = [(one.started_at - due_at).total_seconds() for one in done if one.started_at]
    ended = [(one.finished_at - due_at).total_seconds() for one in done if one.finished_at]
    of_tasks = Counter(each.task_id for each in runs)
    once = [each for each in done if of_tasks[each.task_id] == 1]
    return {
        "started_s": sorted(begun),
        "all_started_s": [max(begun)],
        "all_ended_s": [max(ended)],
        "not_once": [float(TASKS - len(once))],
    }


def run(number: int) -> Raw:
    with ExitStack() as stack:
        services = stack.enter_context(data_services({}))
        migrate(services)
        world = World(services)
        names = ("tasks", "cron", "cron")
        _, dying, _ = (stack.enter_context(_process(services, name)) for name in names)
        stack.enter_context(_at_work(services, len(names)))
        world.wind_up()
        _until(world.due_at + KILLED_AFTER)
        dying.send_signal(signal.SIGKILL)
        wait_until(lambda: world.unfinished() == 0, 120, "all of them over")
        runs = world.runs()
    samples = _figures(world.due_at, runs)
    notes = {"tasks": TASKS, "enterprises": ENTERPRISES, "command": COMMAND}
    return made("tasks", number, samples, notes)

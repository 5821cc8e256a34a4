"""Tasks at work: runs are made when they are due, claimed, carried out and brought to an end.

Any number of processes may look for what is due, and for what waits; each run is there once and is
carried out by one of them. Whoever carries one out may be killed at any moment: its run has failed
then, and is tried again where the task says so.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import bindparam, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session, aliased

from callcenter.automation import cron
from callcenter.automation.commands import COMMANDS
from callcenter.automation.commands.base import Command, Refused
from callcenter.automation.events import QUEUE
from callcenter.automation.models import UNFINISHED, Overlap, RunState, ScheduledTask, TaskRun
from callcenter.automation.tools import Tools
from callcenter.core.clock import Clock
from callcenter.core.db import SCOPED, Database, model_table
from callcenter.core.errors import AppError
from callcenter.core.i18n import DEFAULT_LOCALE, caption
from callcenter.core.insisting import insist
from callcenter.core.messages import localise
from callcenter.core.tenant import Actor, Scope
from callcenter.tenancy.service import active_enterprises

BATCH = 500
MOST_WAITING = 10
"""Runs of one task that wait behind each other; one more is skipped."""

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
KEPT = timedelta(days=90)
LARGEST_OUTPUT = 16 * 1024
_FORGOTTEN = 1_000
_WAKE = text("SELECT pg_notify(:channel, '')")
_ONE_AFTER_ANOTHER = text("SELECT pg_advisory_xact_lock(hashtext('task_run:claim'))")

ActorOf = Callable[[Session, UUID], Actor | None]
log = structlog.get_logger()


class TimeIsUp(BaseException):
    """Raised inside a command when its time is over; none catches it by chance."""


class Clockwork:
    """Sees what is due. What was missed while nobody looked runs once, late.

    What is due while its enterprise is suspended does not run.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def tick(self) -> int:
        """How many were due."""
        now = self._clock.now()
        due = (
            select(ScheduledTask)
            .where(ScheduledTask.next_at <= now)
            .order_by(ScheduledTask.next_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        with self._database.begin(Scope.platform()) as session:
            tasks = session.scalars(due).all()
            if not tasks:
                return 0
            active = set(session.scalars(active_enterprises()))
            self._make(session, [task for task in tasks if task.enterprise_id in active], now)
            self._move_on(session, tasks, now)
        return len(tasks)

    @staticmethod
    def _make(session: Session, tasks: Sequence[ScheduledTask], now: datetime) -> None:
        if not tasks:
            return
        open_runs = _open_runs(session, [task.id for task in tasks])
        rows = [_row(task, now, open_runs.get(task.id, 0)) for task in tasks]
        made = insert(TaskRun).on_conflict_do_nothing(index_elements=[TaskRun.id])
        session.execute(made, rows)
        session.execute(_WAKE, {"channel": QUEUE})

    @staticmethod
    def _move_on(session: Session, tasks: Sequence[ScheduledTask], now: datetime) -> None:
        """Past the version that people edit against: that a task was due is no change of it."""
        table = model_table(ScheduledTask)
        moved = (
            table.update()
            .where(table.c.id == bindparam("of_id"))
            .values(next_at=bindparam("to_next"), paused=bindparam("to_paused"))
        )
        nexts = [(task.id, _next(task, now)) for task in tasks]
        rows = [{"of_id": of, "to_next": at, "to_paused": at is None} for of, at in nexts]
        session.connection().execute(moved, rows, execution_options={SCOPED: True})

    def forget(self) -> None:
        """What ended long ago, some at a time."""
        old = (
            select(TaskRun.id)
            .where(TaskRun.due_at < self._clock.now() - KEPT, TaskRun.state.not_in(UNFINISHED))
            .limit(_FORGOTTEN)
        )
        with self._database.begin(Scope.platform()) as session:
            ids = session.scalars(old).all()
            session.execute(delete(TaskRun).where(TaskRun.id.in_(ids)))


def _next(task: ScheduledTask, now: datetime) -> datetime | None:
    """None where it cannot be told, as of a zone that is gone: it is paused, and stops no other."""
    try:
        return cron.next_after(task.cron, ZoneInfo(task.zone), now)
    except Exception:
        log.exception("task.paused", task=str(task.id))
        return None


def _open_runs(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    query = select(TaskRun.task_id, func.count()).where(
        TaskRun.task_id.in_(ids), TaskRun.state.in_(UNFINISHED)
    )
    return dict(session.execute(query.group_by(TaskRun.task_id)).all())


def _row(task: ScheduledTask, now: datetime, open_runs: int) -> dict[str, Any]:
    due_at = task.next_at or now
    skipped = (open_runs > 0 and task.overlap == Overlap.SKIP) or open_runs >= MOST_WAITING
    key = "task.skipped" if task.overlap == Overlap.SKIP else "task.too_many_waiting"
    return {
        "id": uuid5(task.id, due_at.isoformat()),
        "enterprise_id": task.enterprise_id,
        "task_id": task.id,
        "due_at": due_at,
        "state": (RunState.SKIPPED if skipped else RunState.QUEUED).value,
        "alone": task.overlap != Overlap.PARALLEL,
        "attempt": 1,
        "not_before": now,
        "finished_at": now if skipped else None,
        "runner": "",
        "output": "",
        "reason": {"key": key, "parameters": {}} if skipped else None,
    }


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one run needs to know of its task."""

    run_id: UUID
    task_id: UUID
    enterprise_id: UUID
    attempt: int
    command: str
    parameters: dict[str, Any]
    acts_as: UUID
    retries: int
    seconds: int


class Work:
    """`commands.base.Doing`: one run, and what it says."""

    def __init__(
        self, claimed: Claimed, scope: Scope, database: Database, tools: Tools, clock: Clock
    ) -> None:
        self.task_id = claimed.task_id
        self.run_id = claimed.run_id
        self.clock = clock
        self.tools = tools
        self._scope = scope
        self._database = database
        self._lines: list[str] = []

    def begin(self) -> AbstractContextManager[Session]:
        return self._database.begin(self._scope)

    def say(self, key: str, **parameters: Any) -> None:
        locale = self._scope.actor.locale if self._scope.actor else DEFAULT_LOCALE
        self._lines.append(caption(key, locale, parameters))

    def show(self, text: str) -> None:
        self._lines.append(text)

    @property
    def output(self) -> str:
        # PostgreSQL takes every character but one.
        whole = "\n".join(self._lines).replace("\x00", "")
        return whole if len(whole) <= LARGEST_OUTPUT else whole[:LARGEST_OUTPUT] + "\n…"


class Runner:
    """Carries out runs, one after another. name: node and process; most: of an enterprise at once."""

    def __init__(
        self,
        database: Database,
        tools: Tools,
        actor_of: ActorOf,
        clock: Clock,
        *,
        name: str,
        most: int,
    ) -> None:
        self._database = database
        self._tools = tools
        self._actor_of = actor_of
        self._clock = clock
        self._name = name
        self._most = most

    def claim(self) -> Claimed | None:
        """The run that waits the longest; None where none waits that may begin."""
        while True:
            try:
                return self._claim()
            except IntegrityError:
                # Another run of its task has begun at this moment (`uq_task_run_alone`).
                continue

    def _claim(self) -> Claimed | None:
        with self._database.begin(Scope.platform()) as session:
            # Two that count at once what an enterprise has would both find room for one more.
            session.execute(_ONE_AFTER_ANOTHER)
            run = session.scalar(self._waiting())
            if run is None:
                return None
            task = session.scalar(select(ScheduledTask).where(ScheduledTask.id == run.task_id))
            if task is None:
                session.delete(run)
                return None
            now = self._clock.now()
            run.state, run.runner = RunState.RUNNING.value, self._name
            run.started_at, run.finished_at = now, None
            run.ends_by = now + timedelta(seconds=task.timeout_seconds)
            return Claimed(
                run.id, task.id, task.enterprise_id, run.attempt, task.command,
                task.parameters, task.acts_as, task.retries, task.timeout_seconds,
            )  # fmt: skip

    def _waiting(self) -> Any:
        other = aliased(TaskRun)
        busy = (
            select(TaskRun.enterprise_id)
            .where(TaskRun.state == RunState.RUNNING)
            .group_by(TaskRun.enterprise_id)
            .having(func.count() >= self._most)
        )
        beside = select(other.id).where(
            other.task_id == TaskRun.task_id, other.state == RunState.RUNNING
        )
        return (
            select(TaskRun)
            .where(TaskRun.state == RunState.QUEUED, TaskRun.not_before <= self._clock.now())
            .where(TaskRun.enterprise_id.not_in(busy))
            .where(TaskRun.enterprise_id.in_(active_enterprises()))
            .where(or_(~TaskRun.alone, ~beside.exists()))
            .order_by(TaskRun.not_before, TaskRun.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )

    def carry_out(self, claimed: Claimed) -> None:
        """Whatever comes of it stands in its run. TimeIsUp may be raised in it, and is passed on.

        After any other exception the run is in nobody's hand: it is for its process to end with.
        """
        with self._database.begin(Scope(claimed.enterprise_id)) as session:
            actor = self._actor_of(session, claimed.acts_as)
        scope = Scope(claimed.enterprise_id, actor)
        work = Work(claimed, scope, self._database, self._tools, self._clock)
        try:
            command = COMMANDS[claimed.command]
            _check_right(actor, command)
            command.run(command.schema.load(claimed.parameters), work)
        except TimeIsUp:
            self.finish(claimed, RunState.TIMED_OUT, work.output, _overdue(claimed), again=True)
            raise
        except Refused as refusal:
            reason = {"key": refusal.key, "parameters": refusal.parameters}
            self.finish(claimed, RunState.FAILED, work.output, reason, again=refusal.may_pass)
        except AppError as refusal:
            reason = {"key": f"error.{refusal.code}", "parameters": refusal.details}
            output = "\n".join([work.output, *_told(refusal, actor)]).strip()
            self.finish(claimed, RunState.FAILED, output, reason, again=False)
        except Exception as failure:
            log.exception("task.failed", task=str(claimed.task_id), run=str(claimed.run_id))
            reason = {"key": "task.unforeseen", "parameters": {"kind": type(failure).__name__}}
            passing = isinstance(failure, DBAPIError)
            self.finish(claimed, RunState.FAILED, work.output, reason, again=passing)
        else:
            self.finish(claimed, RunState.DONE, work.output, None, again=False)

    def finish(
        self,
        claimed: Claimed,
        state: RunState,
        output: str,
        reason: dict[str, Any] | None,
        *,
        again: bool,
    ) -> None:
        """again: whether it may be tried once more, where the task says so."""
        insist(lambda: self._finish(claimed, state, output, reason, again=again))

    def _finish(
        self,
        claimed: Claimed,
        state: RunState,
        output: str,
        reason: dict[str, Any] | None,
        *,
        again: bool,
    ) -> None:
        with self._database.begin(Scope(claimed.enterprise_id)) as session:
            query = select(TaskRun).where(
                TaskRun.id == claimed.run_id,
                TaskRun.state == RunState.RUNNING,
                TaskRun.attempt == claimed.attempt,
            )
            if (run := session.scalar(query.with_for_update())) is not None:
                run.output = output
                end(run, state, reason, self._clock.now(), claimed.retries if again else 0)


def end(
    run: TaskRun, state: RunState, reason: dict[str, Any] | None, now: datetime, retries: int
) -> None:
    """Its run is over, or put back for its next try."""
    run.reason, run.finished_at = reason, now
    if state is not RunState.DONE and run.attempt <= retries:
        run.state = RunState.QUEUED.value
        run.not_before = now + PAUSES[min(run.attempt, len(PAUSES)) - 1]
        run.attempt += 1
    else:
        run.state = state.value


def _check_right(actor: Actor | None, command: Command) -> None:
    """Raises Refused where whoever set it up has left, or may no longer do it."""
    if actor is None or not actor.may(command.needs):
        raise Refused("task.no_right")


def _overdue(claimed: Claimed) -> dict[str, Any]:
    return {"key": "task.timed_out", "parameters": {"seconds": claimed.seconds}}


def _told(refusal: AppError, actor: Actor | None) -> list[str]:
    locale = actor.locale if actor else DEFAULT_LOCALE
    return [
        f"{name}: {' '.join(localise(one, locale, refusal.details) for one in said)}"
        for name, said in refusal.fields.items()
    ]


class Watch:
    """Brings to an end what its runner no longer can: it has died, or does not heed its time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def overdue(self, grace: timedelta) -> Sequence[str]:
        """Runners that have something in hand whose time was over so long ago."""
        query = select(TaskRun.runner).where(
            TaskRun.state == RunState.RUNNING, TaskRun.ends_by < self._clock.now() - grace
        )
        with self._database.begin(Scope.platform()) as session:
            return session.scalars(query.distinct()).all()

    def bury(self, runner: str, key: str) -> int:
        """What a runner that has ended, or all of a node (`node:`), had in hand. key: why."""
        query = select(TaskRun).where(TaskRun.state == RunState.RUNNING)
        whose = TaskRun.runner.startswith(runner, autoescape=True)
        whose = whose if runner.endswith(":") else TaskRun.runner == runner
        with self._database.begin(Scope.platform()) as session:
            runs = session.scalars(query.where(whose).with_for_update(skip_locked=True)).all()
            for run in runs:
                self._bury(session, run, key)
        return len(runs)

    def _bury(self, session: Session, run: TaskRun, key: str) -> None:
        task = session.scalar(select(ScheduledTask).where(ScheduledTask.id == run.task_id))
        late = run.ends_by is not None and run.ends_by < self._clock.now()
        state = RunState.TIMED_OUT if late else RunState.FAILED
        seconds = task.timeout_seconds if task else 0
        reason = {"key": "task.timed_out" if late else key, "parameters": {"seconds": seconds}}
        end(run, state, reason, self._clock.now(), task.retries if task else 0)

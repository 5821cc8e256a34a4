"""Sees what is due, and writes a run for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.automation import cron
from callcenter.automation.events import QUEUE
from callcenter.automation.models import UNFINISHED, Overlap, RunState, ScheduledTask, TaskRun
from callcenter.automation.tasks.rows import change_many
from callcenter.core.clock import Clock
from callcenter.core.db import Database, model_table
from callcenter.core.tenant import Scope
from callcenter.tenancy.service import active_enterprises

BATCH = 100
"""What is due at once is there to be claimed batch by batch."""

MOST_WAITING = 10
"""Runs of one task that wait behind each other; one more is skipped."""

KEPT = timedelta(days=90)
_FORGOTTEN = 1_000
_LET_GO = text("SET LOCAL idle_in_transaction_session_timeout = 1000")
"""Milliseconds: what a process that is frozen has taken is there for the others again."""

_WAKE = text("SELECT pg_notify(:channel, '')")

log = structlog.get_logger()


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
            session.execute(_LET_GO)
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
        # Many are due at the same time of day: that is reckoned once.
        known: dict[tuple[str, str], datetime | None] = {}
        for task in tasks:
            if (when := (task.cron, task.zone)) not in known:
                known[when] = _next(task, now)
        nexts = [(task.id, known[task.cron, task.zone]) for task in tasks]
        rows = [{"of_id": of, "to_next": at, "to_paused": at is None} for of, at in nexts]
        change_many(session, moved, rows)

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

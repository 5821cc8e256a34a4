"""Runs of a task: told, and asked for by a person."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from callcenter.automation.errors import AlreadyWaiting, RunIsOver
from callcenter.automation.events import QUEUE
from callcenter.automation.models import UNFINISHED, Overlap, RunState, ScheduledTask, TaskRun
from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import NotFound
from callcenter.core.http import Page, PageRequest
from callcenter.core.i18n import caption
from callcenter.core.ids import new_id
from callcenter.core.listing import page_rows
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.rows import actor_id

_SORTS = {"due_at": TaskRun.due_at, "started_at": TaskRun.started_at}
_SAME = ("id", "due_at", "state", "attempt", "started_at", "finished_at", "output")
_WAKE = text("SELECT pg_notify(:channel, '')")


class Runs:
    def __init__(self, directory: Directory, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock

    def page(
        self,
        session: Session,
        task_id: UUID,
        request: PageRequest,
        filters: Mapping[str, Any],
    ) -> Page:
        """The newest first. Raises NotFound, Invalid."""
        task_of(session, task_id)
        query = select(TaskRun).where(TaskRun.task_id == task_id)
        if state := filters.get("state"):
            query = query.where(TaskRun.state == state)
        rows, total = page_rows(session, query, request, _SORTS, "-due_at", TaskRun.id.desc())
        return Page(self.shown(session, rows), total, request.page, request.page_size)

    def run_now(self, session: Session, task_id: UUID) -> dict[str, Any]:
        """Also of a paused one. Raises NotFound, AlreadyWaiting."""
        task = task_of(session, task_id)
        waiting = select(TaskRun.id).where(
            TaskRun.task_id == task_id, TaskRun.state == RunState.QUEUED
        )
        if session.scalar(waiting.limit(1)) is not None:
            raise AlreadyWaiting
        now = self._clock.now()
        row = TaskRun(
            id=new_id(), task_id=task_id, due_at=now, asked_by=actor_id(session),
            state=RunState.QUEUED.value, alone=task.overlap != Overlap.PARALLEL, not_before=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._audit.record(session, "scheduled_task.run", "scheduled_task", task.id, name=task.name)
        session.execute(_WAKE, {"channel": QUEUE})
        return self.shown(session, [row])[0]

    def stop(self, session: Session, task_id: UUID, run_id: UUID) -> dict[str, Any]:
        """One that waits does not begin; one that is under way is broken off within seconds.

        Raises NotFound, RunIsOver.
        """
        task = task_of(session, task_id)
        query = select(TaskRun).where(TaskRun.id == run_id, TaskRun.task_id == task_id)
        row = session.scalar(query.with_for_update())
        if row is None:
            raise NotFound
        if row.state not in UNFINISHED:
            raise RunIsOver
        row.stopped_by = actor_id(session)
        if row.state == RunState.QUEUED:
            row.state, row.finished_at = RunState.STOPPED.value, self._clock.now()
            row.reason = {"key": "task.stopped", "parameters": {}}
        session.flush()
        self._audit.record(
            session, "scheduled_task.stop", "scheduled_task", task.id, name=task.name
        )
        session.execute(_WAKE, {"channel": QUEUE})
        return self.shown(session, [row])[0]

    def last_of(self, session: Session, ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
        """By task, the run that was due last."""
        query = (
            select(TaskRun)
            .where(TaskRun.task_id.in_(ids))
            .ext(distinct_on(TaskRun.task_id))
            .order_by(TaskRun.task_id, TaskRun.due_at.desc(), TaskRun.id.desc())
        )
        rows = session.scalars(query).all()
        return {
            row.task_id: told for row, told in zip(rows, self.shown(session, rows), strict=True)
        }

    def shown(self, session: Session, rows: Sequence[TaskRun]) -> list[dict[str, Any]]:
        known = {who for row in rows for who in (row.asked_by, row.stopped_by) if who}
        people = self._directory.people(session, known)
        language = locale_of(session)
        return [
            {
                **{name: getattr(row, name) for name in _SAME},
                "asked_by": people.get(row.asked_by) if row.asked_by else None,
                "stopped_by": people.get(row.stopped_by) if row.stopped_by else None,
                "next_at": row.not_before if _is_put_off(row) else None,
                "took_ms": _took(row),
                "message": _said(row.reason, language),
            }
            for row in rows
        ]


def task_of(session: Session, task_id: UUID) -> ScheduledTask:
    """Raises NotFound."""
    row = session.scalar(select(ScheduledTask).where(ScheduledTask.id == task_id))
    if row is None:
        raise NotFound
    return row


def _is_put_off(row: TaskRun) -> bool:
    return row.state == RunState.QUEUED and row.attempt > 1


def _took(row: TaskRun) -> int | None:
    if row.started_at is None or row.finished_at is None:
        return None
    return round((row.finished_at - row.started_at).total_seconds() * 1000)


def _said(reason: Mapping[str, Any] | None, language: str) -> str | None:
    return caption(reason["key"], language, reason["parameters"]) if reason else None

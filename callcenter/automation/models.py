"""Scheduled tasks and their runs as they are kept."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.db import Base, Identified, TenantRow, Versioned


class Overlap(StrEnum):
    """What becomes of a run that is due while an earlier one is not over."""

    SKIP = "skip"
    QUEUE = "queue"
    PARALLEL = "parallel"


class RunState(StrEnum):
    """timed_out: ended by us after its time. stopped: by a person. skipped: an earlier run was not over."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    STOPPED = "stopped"
    SKIPPED = "skipped"


UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


class ScheduledTask(Identified, TenantRow, Versioned, Base):
    """acts_as: in whose name it runs, whoever changed it last. next_at: null while it is paused."""

    __tablename__ = "scheduled_task"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "name"),
        Index("ix_scheduled_task_due", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )

    name: Mapped[str]
    cron: Mapped[str]
    zone: Mapped[str]
    command: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    overlap: Mapped[str] = mapped_column(default=Overlap.SKIP)
    retries: Mapped[int] = mapped_column(default=0)
    timeout_seconds: Mapped[int]
    paused: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime | None]
    acts_as: Mapped[UUID]
    changed_at: Mapped[datetime]


class TaskRun(Identified, TenantRow, Base):
    """id: of the task and the moment, so that each is there once, whoever saw that it was due.

    alone: not beside another of its task. runner: node and process in whose hand it is. attempt:
    1 the first time. ends_by: when its time is over at the latest. stopped_by: who wants it to end.
    """

    __tablename__ = "task_run"
    __table_args__ = (
        Index("ix_task_run_recent", "task_id", "due_at"),
        Index("ix_task_run_waiting", "not_before", postgresql_where=text("state = 'queued'")),
        Index("ix_task_run_running", "ends_by", postgresql_where=text("state = 'running'")),
        Index(
            "uq_task_run_alone",
            "task_id",
            unique=True,
            postgresql_where=text("state = 'running' AND alone"),
        ),
    )

    task_id: Mapped[UUID]
    due_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    state: Mapped[str]
    alone: Mapped[bool]
    attempt: Mapped[int] = mapped_column(default=1)
    not_before: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    ends_by: Mapped[datetime | None]
    runner: Mapped[str] = mapped_column(default="")
    output: Mapped[str] = mapped_column(default="")
    reason: Mapped[dict[str, Any] | None]
    stopped_by: Mapped[UUID | None]

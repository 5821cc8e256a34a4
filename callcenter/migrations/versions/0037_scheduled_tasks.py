"""Scheduled tasks and their runs."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.migrations.policies import protect

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "scheduled_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cron", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("parameters", JSONB(), nullable=False),
        sa.Column("overlap", sa.String(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("timeout_seconds", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("acts_as", sa.Uuid(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_owned("scheduled_task"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_task")),
        sa.UniqueConstraint(
            "enterprise_id", "name", name=op.f("uq_scheduled_task_enterprise_id_name")
        ),
    )
    _partial("ix_scheduled_task_due", "scheduled_task", "next_at", "next_at IS NOT NULL")
    _runs()
    for table in ("scheduled_task", "task_run"):
        op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
        protect(table)


def _runs() -> None:
    op.create_table(
        "task_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("not_before", _MOMENT, nullable=False),
        sa.Column("started_at", _MOMENT, nullable=True),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("ends_by", _MOMENT, nullable=True),
        sa.Column("runner", sa.String(), nullable=False),
        sa.Column("output", sa.String(), nullable=False),
        sa.Column("reason", JSONB(), nullable=True),
        *_owned("task_run"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_run")),
    )
    op.create_index("ix_task_run_recent", "task_run", ["task_id", "due_at"])
    _partial("ix_task_run_waiting", "task_run", "not_before", "state = 'queued'")
    _partial("ix_task_run_running", "task_run", "ends_by", "state = 'running'")
    running = "state = 'running' AND alone"
    _partial("uq_task_run_alone", "task_run", "task_id", running, unique=True)


def _partial(name: str, table: str, column: str, where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, [column], unique=unique, postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_table("task_run")
    op.drop_table("scheduled_task")


def _owned(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
    )

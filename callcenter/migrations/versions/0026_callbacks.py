"""Callbacks, and how services call back."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from callcenter.migrations.policies import protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "callback",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("not_before", _MOMENT, nullable=True),
        sa.Column("not_after", _MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_attempt_at", _MOMENT, nullable=True),
        sa.Column("last_outcome", sa.String(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        *_owned("callback"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback")),
    )
    op.create_index("ix_callback_recent", "callback", ["enterprise_id", "asked_at"])
    op.create_index(
        "ix_callback_open",
        "callback",
        ["enterprise_id", "service_id", "asked_at"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "callback_rules",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("pause_seconds", sa.Integer(), nullable=False),
        sa.Column("lasts_seconds", sa.Integer(), nullable=False),
        sa.Column("begins", sa.String(), nullable=False),
        sa.Column("ends", sa.String(), nullable=False),
        sa.Column("schedule_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_owned("callback_rules"),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_callback_rules")),
    )
    for table in ("callback", "callback_rules"):
        op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
        protect(table)


def downgrade() -> None:
    op.drop_table("callback_rules")
    op.drop_table("callback")


def _owned(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
    )

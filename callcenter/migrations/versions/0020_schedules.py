"""Schedules, and an enterprise's own word on holidays."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("week", postgresql.JSONB(), nullable=False),
        sa.Column("days", postgresql.JSONB(), nullable=False),
        sa.Column("follows_holidays", sa.Boolean(), nullable=False),
        sa.Column("workday_as", sa.String(), nullable=False),
        sa.Column("emergency", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_common("schedule"),
        sa.UniqueConstraint("enterprise_id", "name", name=op.f("uq_schedule_enterprise_id_name")),
    )
    op.create_table(
        "own_holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        *_common("own_holiday"),
        sa.UniqueConstraint("enterprise_id", "day", name=op.f("uq_own_holiday_enterprise_id_day")),
    )
    for table in ("schedule", "own_holiday"):
        op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
        protect(table)


def downgrade() -> None:
    op.drop_table("own_holiday")
    op.drop_table("schedule")


def _common(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )

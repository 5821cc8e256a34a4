"""Routing services, and the lists of callers that they ask."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "routing_service",
        sa.Column("document", postgresql.JSONB(), nullable=False),
        *_named("routing_service"),
    )
    op.create_table("caller_list", *_named("caller_list"))
    op.create_table(
        "listed_caller",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["caller_list.id"],
            name=op.f("fk_listed_caller_list_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_listed_caller_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("list_id", "number", name=op.f("pk_listed_caller")),
    )
    for table in ("routing_service", "caller_list", "listed_caller"):
        op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
        protect(table)


def downgrade() -> None:
    for table in ("listed_caller", "caller_list", "routing_service"):
        op.drop_table(table)


def _named(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("enterprise_id", "name", name=op.f(f"uq_{table}_enterprise_id_name")),
    )

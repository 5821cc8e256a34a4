"""Queries as reports, files that are delivered, attachments of messages, a view to begin with."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("saved_query", sa.Column("report", postgresql.JSONB(), nullable=True))
    op.add_column("query_export", sa.Column("delivered_at", sa.DateTime(timezone=True)))
    # Of what was there before, nothing is shared, attached or begun with.
    for table, column in (("query_export", "shared"), ("query_view", "first")):
        _filled(table, sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
    _filled(
        "message",
        sa.Column("attachments", postgresql.JSONB(), nullable=False, server_default="[]"),
    )


def _filled(table: str, column: sa.Column[Any]) -> None:
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def downgrade() -> None:
    op.drop_column("message", "attachments")
    op.drop_column("query_view", "first")
    op.drop_column("query_export", "shared")
    op.drop_column("query_export", "delivered_at")
    op.drop_column("saved_query", "report")

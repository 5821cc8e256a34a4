"""Runs of tasks that a person stops."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task_run", sa.Column("stopped_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("task_run", "stopped_by")

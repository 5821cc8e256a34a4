"""Triggers try again what failed, and their log tells of records that were refused unmade."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLE = "trigger_run"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column(_TABLE, "tries", server_default=None)
    op.add_column(_TABLE, sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column(_TABLE, "record_id", nullable=True)


def downgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.select(sa.func.set_config("app.platform", "on", True)))
    runs = sa.table(_TABLE, sa.column("record_id", sa.Uuid()))
    connection.execute(runs.delete().where(runs.c.record_id.is_(None)))
    op.alter_column(_TABLE, "record_id", nullable=False)
    op.drop_column(_TABLE, "next_at")
    op.drop_column(_TABLE, "tries")

"""The language in which the callers of a number are spoken to until they choose another."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "access_number", sa.Column("language", sa.String(), nullable=False, server_default="zh-CN")
    )
    op.alter_column("access_number", "language", server_default=None)


def downgrade() -> None:
    op.drop_column("access_number", "language")

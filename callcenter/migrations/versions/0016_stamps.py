"""Cached objects have a stamp that every writer of their records renews."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("data_object", sa.Column("stamp", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("data_object", "stamp")

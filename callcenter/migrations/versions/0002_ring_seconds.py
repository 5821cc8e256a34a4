"""How long a calling task lets a contact's phone ring."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("ring_seconds", sa.Integer(), nullable=False, server_default="30")
    op.add_column("campaign", column)
    op.alter_column("campaign", "ring_seconds", server_default=None)


def downgrade() -> None:
    op.drop_column("campaign", "ring_seconds")

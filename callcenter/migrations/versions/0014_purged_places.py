"""Objects know which hidden fields' values are gone for good."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "data_object",
        sa.Column("purged", postgresql.JSONB(), nullable=False, server_default="[]"),
    )
    op.alter_column("data_object", "purged", server_default=None)


def downgrade() -> None:
    op.drop_column("data_object", "purged")

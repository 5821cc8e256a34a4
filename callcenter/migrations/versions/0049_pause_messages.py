"""What callers of a paused number hear instead of the product's own words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("pause_message", postgresql.JSONB(), nullable=True)
    op.add_column("access_number", column)


def downgrade() -> None:
    op.drop_column("access_number", "pause_message")

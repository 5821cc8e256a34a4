"""Notices whose text is not the same in every language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("texts", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("notice", "texts")

"""Old messages that have not been emptied are found without a look at those that have."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_message_written",
        "message",
        ["enterprise_id", "made_at"],
        postgresql_where=sa.text("text <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_written", "message")

"""Whether a program was the first to ask for a callback: who was not does not cancel it."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of those of before the ledger knows by now who asked.
    op.add_column(
        "callback_request",
        sa.Column("known", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("callback_request", "known", server_default=None)


def downgrade() -> None:
    op.drop_column("callback_request", "known")

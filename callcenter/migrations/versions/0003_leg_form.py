"""How calls reach a seat: rung, or on a line that stays up."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "user_account",
        sa.Column("leg_form", sa.String(), nullable=False, server_default="rung"),
    )
    op.alter_column("user_account", "leg_form", server_default=None)


def downgrade() -> None:
    op.drop_column("user_account", "leg_form")

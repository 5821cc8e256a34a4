"""How a service chooses among its ready agents, and the order of those who are named."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agent_service",
        sa.Column("strategy", sa.String(), nullable=False, server_default="longest_idle"),
    )
    op.alter_column("agent_service", "strategy", server_default=None)
    op.add_column(
        "service_member", sa.Column("position", sa.Integer(), nullable=False, server_default="0")
    )
    op.alter_column("service_member", "position", server_default=None)


def downgrade() -> None:
    op.drop_column("service_member", "position")
    op.drop_column("agent_service", "strategy")

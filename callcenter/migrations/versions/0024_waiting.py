"""What callers of an agent service hear and are offered while they wait."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agent_service", sa.Column("waiting", JSONB(), nullable=False, server_default="{}")
    )
    op.alter_column("agent_service", "waiting", server_default=None)


def downgrade() -> None:
    op.drop_column("agent_service", "waiting")

"""The calls of a work order are found for its page: what their callers answered stands there."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_INDEX = "ix_call_summary_work_order"


def upgrade() -> None:
    given = sa.text("work_order_id IS NOT NULL")
    columns = ["enterprise_id", "work_order_id"]
    op.create_index(_INDEX, "call_summary", columns, postgresql_where=given)


def downgrade() -> None:
    op.drop_index(_INDEX, "call_summary")

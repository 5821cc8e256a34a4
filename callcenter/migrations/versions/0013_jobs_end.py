"""Jobs are found by what waits and by when they ended: those that ended long ago are deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_job_under_way",
        "job",
        ["enterprise_id", "made_at"],
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index("ix_job_finished", "job", ["enterprise_id", "finished_at"])


def downgrade() -> None:
    op.drop_index("ix_job_finished", table_name="job")
    op.drop_index("ix_job_under_way", table_name="job")

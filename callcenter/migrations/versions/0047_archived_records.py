"""In which file of the enterprise an archived record lies."""

import sqlalchemy as sa
from alembic import op

from callcenter.migrations.policies import protect

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

TABLE = "archived_record"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_archived_record_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_archived_record")),
    )
    op.create_index(op.f("ix_archived_record_enterprise_id"), TABLE, ["enterprise_id"])
    protect(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)

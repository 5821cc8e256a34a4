"""Cached objects have a stamp that every writer of their records renews."""

import sqlalchemy as sa
from alembic import op

from callcenter.migrations.policies import protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_stamp",
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("stamp", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_record_stamp_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("enterprise_id", "identifier", name=op.f("pk_record_stamp")),
    )
    protect("record_stamp")


def downgrade() -> None:
    op.drop_table("record_stamp")

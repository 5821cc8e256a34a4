"""Lists that somebody has at hand at the desk."""

import sqlalchemy as sa
from alembic import op

from callcenter.migrations.policies import protect

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "query_pin",
        sa.Column("query_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["query_id"],
            ["saved_query.id"],
            name=op.f("fk_query_pin_query_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_query_pin_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_query_pin")),
        sa.UniqueConstraint("query_id", "owner_id", name=op.f("uq_query_pin_query_id_owner_id")),
    )
    op.create_index(op.f("ix_query_pin_enterprise_id"), "query_pin", ["enterprise_id"])
    protect("query_pin")


def downgrade() -> None:
    op.drop_table("query_pin")

"""Credentials of flows: secrets of other systems, sealed."""

import sqlalchemy as sa
from alembic import op

from callcenter.migrations.policies import protect

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE = "ivr_credential"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_ivr_credential_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ivr_credential")),
        sa.UniqueConstraint(
            "enterprise_id", "name", name=op.f("uq_ivr_credential_enterprise_id_name")
        ),
    )
    op.create_index(op.f("ix_ivr_credential_enterprise_id"), TABLE, ["enterprise_id"])
    protect(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)

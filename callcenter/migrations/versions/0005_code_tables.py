"""Options that fields of several objects share."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code_table",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_code_table_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_table")),
        sa.UniqueConstraint("enterprise_id", "key", name=op.f("uq_code_table_enterprise_id_key")),
    )
    op.create_index(op.f("ix_code_table_enterprise_id"), "code_table", ["enterprise_id"])
    protect("code_table")


def downgrade() -> None:
    op.drop_table("code_table")

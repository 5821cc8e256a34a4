"""Data sources: databases elsewhere that expert queries may ask."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.migrations.policies import protect

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLE = "data_source"


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("key", "name", "kind", "host", "database", "user_name", "tls", "sealed")
        ),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("tables", JSONB(), nullable=False),
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_data_source_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_source")),
        sa.UniqueConstraint("enterprise_id", "key", name=op.f("uq_data_source_enterprise_id_key")),
    )
    op.create_index(op.f("ix_data_source_enterprise_id"), TABLE, ["enterprise_id"])
    protect(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)

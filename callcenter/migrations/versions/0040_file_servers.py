"""File servers of enterprises: named, their secrets sealed."""

import sqlalchemy as sa
from alembic import op

from callcenter.migrations.policies import protect

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLE = "file_server"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("host_key", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_file_server_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_server")),
        sa.UniqueConstraint(
            "enterprise_id", "name", name=op.f("uq_file_server_enterprise_id_name")
        ),
    )
    op.create_index(op.f("ix_file_server_enterprise_id"), TABLE, ["enterprise_id"])
    protect(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)

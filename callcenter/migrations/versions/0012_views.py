"""Lists as people keep them, and which of them each begins with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _owned(table: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        *parts,
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["object_id"], ["data_object.id"], name=op.f(f"fk_{table}_object_id"),
            ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
    protect(table)


def upgrade() -> None:
    _owned(
        "record_view",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("owner_name", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("roles", postgresql.JSONB(), nullable=False),
        sa.Column("teams", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_view")),
    )
    op.create_index("ix_record_view_object", "record_view", ["object_id", "owner_id"])
    _owned(
        "record_view_choice",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "object_id", name=op.f("pk_record_view_choice")),
    )


def downgrade() -> None:
    op.drop_table("record_view_choice")
    op.drop_table("record_view")

"""Queries, what their users keep of them, and files of their rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _queries()
    _views()
    _exports()


def downgrade() -> None:
    for table in ("query_export", "query_view", "saved_query"):
        op.drop_table(table)


def _queries() -> None:
    op.create_table(
        "saved_query",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("roles", postgresql.JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_saved_query_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_query")),
        sa.UniqueConstraint("enterprise_id", "key", name=op.f("uq_saved_query_enterprise_id_key")),
    )
    _owned("saved_query")


def _views() -> None:
    op.create_table(
        "query_view",
        sa.Column("query_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        *_belongs("query_view"),
        sa.UniqueConstraint(
            "query_id", "owner_id", "name", name=op.f("uq_query_view_query_id_owner_id_name")
        ),
    )
    _owned("query_view")


def _exports() -> None:
    op.create_table(
        "query_export",
        sa.Column("query_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("wish", postgresql.JSONB(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        *_belongs("query_export"),
    )
    _owned("query_export")


def _belongs(table: str) -> tuple[sa.Constraint, ...]:
    """What belongs to a query goes with it."""
    return (
        sa.ForeignKeyConstraint(
            ["query_id"],
            ["saved_query.id"],
            name=op.f(f"fk_{table}_query_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _owned(table: str) -> None:
    op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
    protect(table)

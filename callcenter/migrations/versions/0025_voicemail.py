"""Messages that callers leave, and how services and seats take them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_voicemail()
    op.create_index("ix_voicemail_target", "voicemail", ["enterprise_id", "target_id", "left_at"])
    op.create_index("ix_voicemail_recent", "voicemail", ["enterprise_id", "left_at"])
    op.create_index(
        "ix_voicemail_waiting",
        "voicemail",
        ["enterprise_id", "left_at"],
        postgresql_where=sa.text("sound = 'recorded'"),
    )
    op.create_table(
        "voicemail_box",
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=False),
        sa.Column("greeting", postgresql.JSONB(), nullable=True),
        sa.Column("longest_seconds", sa.Integer(), nullable=False),
        sa.Column("silence_seconds", sa.Integer(), nullable=False),
        *_owned("voicemail_box"),
        sa.PrimaryKeyConstraint("target_id", name=op.f("pk_voicemail_box")),
    )
    for table in ("voicemail", "voicemail_box"):
        op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
        protect(table)


def downgrade() -> None:
    op.drop_table("voicemail_box")
    op.drop_table("voicemail")


def _create_voicemail() -> None:
    op.create_table(
        "voicemail",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("target_kind", sa.String(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("caller_name", sa.String(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("sound", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("peaks", postgresql.JSONB(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transcript", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("voicemail"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voicemail")),
    )


def _owned(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
    )

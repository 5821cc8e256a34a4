"""API keys, what programs asked for with them, and callbacks in the order of their line."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.migrations.policies import protect

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("permissions", JSONB(), nullable=False),
        sa.Column("networks", JSONB(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("callbacks_per_day", sa.Integer(), nullable=False),
        sa.Column("callbacks_per_number", sa.Integer(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("used_from", sa.String(), nullable=False),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        *_owned("api_key"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    op.create_index(
        "uq_api_key_name",
        "api_key",
        ["enterprise_id", "name"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "callback_request",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("callback_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        *_owned("callback_request"),
        sa.PrimaryKeyConstraint("key_id", "callback_id", name=op.f("pk_callback_request")),
    )
    for table in ("api_key", "callback_request"):
        op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
        protect(table)
    _callbacks()


def _callbacks() -> None:
    op.add_column("callback", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.alter_column("callback", "note", server_default=None)
    op.drop_index("ix_callback_open", "callback")
    _index_open("enterprise_id", "service_id", sa.text("priority DESC"), "asked_at")
    op.execute(sa.text("SELECT set_config('app.platform', 'on', true)"))
    # Until now only the staff asked by hand, and that was called `web`.
    op.execute(sa.text("UPDATE callback SET source = 'staff' WHERE source = 'web'"))


def downgrade() -> None:
    op.execute(sa.text("SELECT set_config('app.platform', 'on', true)"))
    op.execute(sa.text("UPDATE callback SET source = 'web' WHERE source = 'staff'"))
    op.drop_index("ix_callback_open", "callback")
    _index_open("enterprise_id", "service_id", "asked_at")
    op.drop_column("callback", "note")
    op.drop_table("callback_request")
    op.drop_table("api_key")


def _index_open(*columns: Any) -> None:
    op.create_index(
        "ix_callback_open", "callback", list(columns), postgresql_where=sa.text("state = 'open'")
    )


def _owned(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
    )

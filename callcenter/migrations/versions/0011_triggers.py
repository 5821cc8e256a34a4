"""Triggers: what they have done and are to do, and the hosts that they may call."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLE = "trigger_run"
_OPTION = "http_hosts"
_OPTIONS = sa.table(
    "option_definition",
    sa.column("key", sa.String()),
    sa.column("kind", sa.String()),
    sa.column("label", postgresql.JSONB()),
    sa.column("default", postgresql.JSONB()),
    sa.column("sort", sa.Integer()),
    sa.column("active", sa.Boolean()),
    sa.column("version", sa.Integer()),
)


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("when", sa.String(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("message", postgresql.JSONB(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_trigger_run_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["object_id"], ["data_object.id"], ondelete="CASCADE",
            name=op.f("fk_trigger_run_object_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trigger_run")),
        sa.UniqueConstraint("change_id", "trigger", name=op.f("uq_trigger_run_change_id_trigger")),
    )  # fmt: skip
    op.create_index(op.f("ix_trigger_run_enterprise_id"), _TABLE, ["enterprise_id"])
    op.create_index("ix_trigger_run_object", _TABLE, ["object_id", "made_at"])
    op.create_index("ix_trigger_run_made", _TABLE, ["enterprise_id", "made_at"])
    op.create_index("ix_trigger_run_batch", _TABLE, ["batch_id", "number"])
    op.create_index(
        "ix_trigger_run_waiting", _TABLE, ["enterprise_id", "made_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )  # fmt: skip
    protect(_TABLE)
    _option()


def _option() -> None:
    """Where there are options already; a new installation begins with all of them."""
    connection = op.get_bind()
    connection.execute(sa.select(sa.func.set_config("app.platform", "on", True)))
    known = set(connection.scalars(sa.select(_OPTIONS.c.key)))
    if not known or _OPTION in known:
        return
    connection.execute(
        _OPTIONS.insert().values(
            key=_OPTION,
            kind="text",
            label={
                "zh-CN": "触发器可调用的主机（留空为不允许）",
                "en": "Hosts that triggers may call (empty: none)",
            },
            default={"value": ""},
            sort=60,
            active=True,
            version=1,
        )
    )


def downgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.select(sa.func.set_config("app.platform", "on", True)))
    values = sa.table("enterprise_option", sa.column("key", sa.String()))
    connection.execute(values.delete().where(values.c.key == _OPTION))
    connection.execute(_OPTIONS.delete().where(_OPTIONS.c.key == _OPTION))
    op.drop_table(_TABLE)

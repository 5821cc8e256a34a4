"""Files of enterprises, how much they may take, and what the list of hosts is for by now."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLE = "own_file"
_QUOTA = "files_megabytes"
_HOSTS = {
    "zh-CN": "可访问的外部主机：触发器、流程、模板、消息、定时任务、文件服务器（留空为不允许）",
    "en": "Hosts outside that may be reached by triggers, flows, templates, messages, tasks and file servers (empty: none)",
}
_HOSTS_BEFORE = {
    "zh-CN": "触发器可调用的主机（留空为不允许）",
    "en": "Hosts that triggers may call (empty: none)",
}
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
        TABLE,
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_name", sa.String(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_own_file_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_file")),
        sa.UniqueConstraint("enterprise_id", "name", name=op.f("uq_own_file_enterprise_id_name")),
    )
    op.create_index(op.f("ix_own_file_enterprise_id"), TABLE, ["enterprise_id"])
    protect(TABLE)
    _options()


def _options() -> None:
    """Where there are options already; a new installation begins with all of them."""
    connection = op.get_bind()
    connection.execute(sa.select(sa.func.set_config("app.platform", "on", True)))
    known = set(connection.scalars(sa.select(_OPTIONS.c.key)))
    _say(_HOSTS_BEFORE, _HOSTS)
    if not known or _QUOTA in known:
        return
    connection.execute(
        _OPTIONS.insert().values(
            key=_QUOTA, kind="number", default={"value": 500}, sort=80, active=True, version=1,
            label={"zh-CN": "企业文件总量上限（MB）", "en": "Megabytes of the enterprise's files"},
        )
    )  # fmt: skip


def _say(before: dict[str, str], after: dict[str, str]) -> None:
    """Only what nobody has worded himself."""
    hosts = _OPTIONS.c.key == "http_hosts"
    op.get_bind().execute(
        _OPTIONS.update().where(hosts, _OPTIONS.c.label == before).values(label=after)
    )


def downgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.select(sa.func.set_config("app.platform", "on", True)))
    _say(_HOSTS, _HOSTS_BEFORE)
    values = sa.table("enterprise_option", sa.column("key", sa.String()))
    connection.execute(values.delete().where(values.c.key == _QUOTA))
    connection.execute(_OPTIONS.delete().where(_OPTIONS.c.key == _QUOTA))
    op.drop_table(TABLE)

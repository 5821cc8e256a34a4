"""How many callers may be in flows at once, of an enterprise and of a number, and who gets the others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_OPTION = "ivr_channels"
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
    op.add_column("access_number", sa.Column("ivr_channels", sa.Integer(), nullable=True))
    op.add_column("access_number", sa.Column("ivr_overflow_id", sa.Uuid(), nullable=True))
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
            kind="number",
            label={"zh-CN": "IVR 话路数（0 为不限）", "en": "IVR channels (0: no limit)"},
            default={"value": 0},
            sort=70,
            active=True,
            version=1,
        )
    )


def downgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.select(sa.func.set_config("app.platform", "on", True)))
    connection.execute(_OPTIONS.delete().where(_OPTIONS.c.key == _OPTION))
    op.drop_column("access_number", "ivr_overflow_id")
    op.drop_column("access_number", "ivr_channels")

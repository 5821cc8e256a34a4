"""What happens to a record: comments, attachments, merges, its bin; and a history that ends with it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.core.addresses import APP_ROLE
from callcenter.migrations.policies import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPTION = "recycle_bin_days"
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
    op.add_column(
        "record_change",
        sa.Column("details", postgresql.JSONB(), nullable=False, server_default="{}"),
    )
    op.alter_column("record_change", "details", server_default=None)
    # A record that is purged takes its history along; nothing else may be taken from it.
    op.execute(sa.text(f"GRANT DELETE ON record_change TO {APP_ROLE}"))
    _comments()
    _attachments()
    _merges()
    _bins()
    _option()


def _owned(table: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        *parts,
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
    )
    op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
    protect(table)


def _comments() -> None:
    _owned(
        "record_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_name", sa.String(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_comment")),
    )
    op.create_index("ix_record_comment_record", "record_comment", ["record_id", "made_at"])


def _attachments() -> None:
    _owned(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_record", "attachment", ["record_id", "made_at"])


def _merges() -> None:
    _owned(
        "record_merge",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_record_merge")),
    )
    op.create_index("ix_record_merge_survivor", "record_merge", ["survivor_id"])


def _bins() -> None:
    """The index of deleted records, for the tables that there are; new ones are made with it."""
    for schema, table in _object_tables():
        op.create_index(
            f"ix_{table}__deleted",
            table,
            ["enterprise_id", "deleted_at"],
            schema=schema,
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
            if_not_exists=True,
        )


def _object_tables() -> list[tuple[str, str]]:
    columns = sa.table(
        "columns",
        sa.column("table_schema"),
        sa.column("table_name"),
        sa.column("column_name"),
        schema="information_schema",
    )
    query = sa.select(columns.c.table_schema, columns.c.table_name).where(
        columns.c.table_schema.regexp_match("^e[0-9]{6}$"), columns.c.column_name == "deleted_at"
    )
    return [(row[0], row[1]) for row in op.get_bind().execute(query)]


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
            label={"zh-CN": "回收站保留天数", "en": "Days that deleted records are kept"},
            default={"value": 90},
            sort=50,
            active=True,
            version=1,
        )
    )


def downgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.select(sa.func.set_config("app.platform", "on", True)))
    connection.execute(_OPTIONS.delete().where(_OPTIONS.c.key == _OPTION))
    for schema, table in _object_tables():
        op.drop_index(f"ix_{table}__deleted", schema=schema, if_exists=True)
    for table in ("record_merge", "attachment", "record_comment"):
        op.drop_table(table)
    op.execute(sa.text(f"REVOKE DELETE ON record_change FROM {APP_ROLE}"))
    op.drop_column("record_change", "details")

"""Definitions are documents: the draft lies with its object, and every version says what it was for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MIRRORED = ("key_field", "title_field", "listing", "permissions", "links")


def upgrade() -> None:
    op.drop_table("data_field")
    op.drop_table("field_group")
    for name in _MIRRORED:
        op.drop_column("data_object", name)
    op.add_column("data_object", sa.Column("draft", postgresql.JSONB(), nullable=True))
    op.add_column("data_object", sa.Column("changed_by", sa.Uuid(), nullable=True))
    note = sa.Column("note", sa.String(), nullable=False, server_default="")
    op.add_column("object_version", note)
    op.alter_column("object_version", "note", server_default=None)


def downgrade() -> None:
    op.drop_column("object_version", "note")
    op.drop_column("data_object", "changed_by")
    op.drop_column("data_object", "draft")
    for name in _MIRRORED:
        kind = sa.String() if name.endswith("_field") else postgresql.JSONB()
        default = "" if name.endswith("_field") else "{}"
        op.add_column("data_object", sa.Column(name, kind, nullable=False, server_default=default))
        op.alter_column("data_object", name, server_default=None)
    for name in ("field_group", "data_field"):
        op.create_table(
            name,
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("enterprise_id", sa.Uuid(), sa.ForeignKey("enterprise.id"), nullable=False),
            sa.Column("object_id", sa.Uuid(), sa.ForeignKey("data_object.id"), nullable=False),
        )
        op.create_index(f"ix_{name}_enterprise_id", name, ["enterprise_id"])

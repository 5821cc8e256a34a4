"""Files in fields, which wait for the record that takes them; and the library of ready settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachment", sa.Column("field", sa.String(), nullable=False, server_default=""))
    op.alter_column("attachment", "field", server_default=None)
    op.alter_column("attachment", "record_id", nullable=True)
    op.create_index(
        "ix_attachment_waiting",
        "attachment",
        ["made_at"],
        postgresql_where=sa.text("record_id IS NULL"),
    )
    _library()


def _library() -> None:
    op.create_table(
        "ready_setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_setting")),
        sa.UniqueConstraint(
            "enterprise_id", "key", name=op.f("uq_ready_setting_enterprise_id_key")
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_ready_setting_enterprise_id")
        ),
    )
    op.create_index(op.f("ix_ready_setting_enterprise_id"), "ready_setting", ["enterprise_id"])
    protect("ready_setting")


def downgrade() -> None:
    op.drop_table("ready_setting")
    attachment = sa.table("attachment", sa.column("record_id"))
    op.execute(attachment.delete().where(attachment.c.record_id.is_(None)))
    op.drop_index("ix_attachment_waiting", "attachment")
    op.alter_column("attachment", "record_id", nullable=False)
    op.drop_column("attachment", "field")

"""Files in fields: an attachment may be a field's value, and wait for the record that takes it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
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


def downgrade() -> None:
    attachment = sa.table("attachment", sa.column("record_id"))
    op.execute(attachment.delete().where(attachment.c.record_id.is_(None)))
    op.drop_index("ix_attachment_waiting", "attachment")
    op.alter_column("attachment", "record_id", nullable=False)
    op.drop_column("attachment", "field")

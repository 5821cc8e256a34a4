"""What gateways tell later of messages that were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

TEXTS = (("message_channel", "report_hash"), ("message", "delivery"), ("message", "report"))


def upgrade() -> None:
    for table, name in TEXTS:
        column = sa.Column(name, sa.String(), nullable=False, server_default="")
        op.add_column(table, column)
        op.alter_column(table, name, server_default=None)
    op.add_column("message", sa.Column("reported_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_message_provider",
        "message",
        ["channel_id", "provider_id"],
        postgresql_where=sa.text("kind = 'sms' AND provider_id <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_message_provider", "message")
    op.drop_column("message", "reported_at")
    for table, name in reversed(TEXTS):
        op.drop_column(table, name)

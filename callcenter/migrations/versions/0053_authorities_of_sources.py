"""A data source's server may have a certificate of the enterprise's own authority."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("data_source", sa.Column("ca", sa.String(), nullable=False, server_default=""))
    op.alter_column("data_source", "ca", server_default=None)


def downgrade() -> None:
    op.drop_column("data_source", "ca")

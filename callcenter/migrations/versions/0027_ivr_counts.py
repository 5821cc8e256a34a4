"""How often callers took each way of a flow."""

import sqlalchemy as sa
from alembic import op

from callcenter.migrations.policies import protect

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_KEY = ("service_id", "version", "day", "node", "exit")


def upgrade() -> None:
    op.create_table(
        "ivr_count",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("exit", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["ivr_service.id"], name=op.f("fk_ivr_count_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_ivr_count_enterprise_id")
        ),
        sa.PrimaryKeyConstraint(*_KEY, name=op.f("pk_ivr_count")),
    )  # fmt: skip
    op.create_index(op.f("ix_ivr_count_enterprise_id"), "ivr_count", ["enterprise_id"])
    protect("ivr_count")


def downgrade() -> None:
    op.drop_table("ivr_count")

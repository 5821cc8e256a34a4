"""Prompts that flows name: uploaded, or texts that are spoken."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ivr_prompt",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sounds", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_ivr_prompt_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ivr_prompt")),
        sa.UniqueConstraint("enterprise_id", "name", name=op.f("uq_ivr_prompt_enterprise_id_name")),
    )
    op.create_index(op.f("ix_ivr_prompt_enterprise_id"), "ivr_prompt", ["enterprise_id"])
    protect("ivr_prompt")


def downgrade() -> None:
    op.drop_table("ivr_prompt")

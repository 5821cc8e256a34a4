"""What callers hear and are offered while they wait, and what they answer after the talk."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.migrations.policies import protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agent_service", sa.Column("waiting", JSONB(), nullable=False, server_default="{}")
    )
    op.alter_column("agent_service", "waiting", server_default=None)
    op.create_table(
        "call_survey",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("agent_id", sa.Uuid(), nullable=True),
        sa.Column("text", JSONB(), nullable=False),
        sa.Column("answer", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_call_survey_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("call_id", "question", name=op.f("pk_call_survey")),
    )
    op.create_index(op.f("ix_call_survey_enterprise_id"), "call_survey", ["enterprise_id"])
    op.create_index("ix_call_survey_day", "call_survey", ["enterprise_id", "answered_at"])
    protect("call_survey")


def downgrade() -> None:
    op.drop_table("call_survey")
    op.drop_column("agent_service", "waiting")

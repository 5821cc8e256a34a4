"""How a service's callers are matched, and members who are named by a skill."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "agent_service",
        sa.Column("matching", postgresql.JSONB(), nullable=False, server_default="{}"),
    )
    op.alter_column("agent_service", "matching", server_default=None)
    op.create_table(
        "service_skill",
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["agent_service.id"],
            name=op.f("fk_service_skill_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_service_skill_skill_id")),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_service_skill_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("service_id", "skill_id", name=op.f("pk_service_skill")),
    )
    op.create_index(op.f("ix_service_skill_enterprise_id"), "service_skill", ["enterprise_id"])
    protect("service_skill")


def downgrade() -> None:
    op.drop_table("service_skill")
    op.drop_column("agent_service", "matching")

"""Conference rooms; calling tasks that ask a schedule; where callers go whom no IVR channel takes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conference",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pin", sa.String(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("waits_for_agent", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_conference_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conference")),
        sa.UniqueConstraint("enterprise_id", "name", name=op.f("uq_conference_enterprise_id_name")),
    )
    op.create_index(op.f("ix_conference_enterprise_id"), "conference", ["enterprise_id"])
    protect("conference")
    op.add_column("calling_task", sa.Column("schedule_id", sa.Uuid(), nullable=True))
    _overflow_is_any_target()


def _overflow_is_any_target() -> None:
    """It was the id of an agent service."""
    op.add_column("access_number", sa.Column("ivr_overflow", postgresql.JSONB(), nullable=True))
    _see_all()
    op.execute(
        "UPDATE access_number SET ivr_overflow = jsonb_build_object("
        "'kind', 'agent_service', 'id', ivr_overflow_id) WHERE ivr_overflow_id IS NOT NULL"
    )
    op.drop_column("access_number", "ivr_overflow_id")


def downgrade() -> None:
    op.add_column("access_number", sa.Column("ivr_overflow_id", sa.Uuid(), nullable=True))
    _see_all()
    op.execute(
        "UPDATE access_number SET ivr_overflow_id = (ivr_overflow ->> 'id')::uuid "
        "WHERE ivr_overflow ->> 'kind' = 'agent_service'"
    )
    op.drop_column("access_number", "ivr_overflow")
    op.drop_column("calling_task", "schedule_id")
    op.drop_table("conference")


def _see_all() -> None:
    """The tables' owner is behind their walls too: without it no row is there to be changed."""
    op.get_bind().execute(sa.select(sa.func.set_config("app.platform", "on", True)))

"""Records on their way in or out of files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_transfer",
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("wish", postgresql.JSONB(), nullable=False),
        sa.Column("tally", postgresql.JSONB(), nullable=False),
        sa.Column("problem", postgresql.JSONB(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_record_transfer_enterprise_id")
        ),
        sa.ForeignKeyConstraint(
            ["object_id"],
            ["data_object.id"],
            name=op.f("fk_record_transfer_object_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_transfer")),
    )
    op.create_index(op.f("ix_record_transfer_enterprise_id"), "record_transfer", ["enterprise_id"])
    op.create_index(
        "ix_record_transfer_made_by", "record_transfer", ["enterprise_id", "made_by", "made_at"]
    )
    protect("record_transfer")


def downgrade() -> None:
    op.drop_table("record_transfer")

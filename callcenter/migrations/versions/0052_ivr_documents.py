"""VoiceXML documents, with all their versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from callcenter.migrations.policies import protect

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

DOCUMENT = "ivr_document"
VERSION = "ivr_document_version"


def upgrade() -> None:
    op.create_table(
        DOCUMENT,
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *_owned(DOCUMENT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "enterprise_id", "name", name=op.f("uq_ivr_document_enterprise_id_name")
        ),
    )
    op.create_table(
        VERSION,
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("about", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        *_owned(VERSION),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["ivr_document.id"],
            name=op.f("fk_ivr_document_version_document_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "document_id", "number", name=op.f("uq_ivr_document_version_document_id_number")
        ),
    )
    for table in (DOCUMENT, VERSION):
        op.create_index(op.f(f"ix_{table}_enterprise_id"), table, ["enterprise_id"])
        protect(table)


def _owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f(f"fk_{table}_enterprise_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    op.drop_table(VERSION)
    op.drop_table(DOCUMENT)

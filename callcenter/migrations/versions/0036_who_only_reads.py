"""A role that only reads: what somebody wrote as text runs under it, over records and nothing else."""

import sqlalchemy as sa
from alembic import op

from callcenter.core.addresses import READER_ROLE

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

LEDGER = ("call", "call_leg", "call_summary")
"""Whose records somebody reaches hangs on the calls that he handled."""


def upgrade() -> None:
    for table in LEDGER:
        op.execute(sa.text(f'GRANT SELECT ON "{table}" TO {READER_ROLE}'))
    for schema in _schemas():
        op.execute(sa.text(f'GRANT USAGE ON SCHEMA "{schema}" TO {READER_ROLE}'))
        op.execute(sa.text(f'GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO {READER_ROLE}'))


def downgrade() -> None:
    for schema in _schemas():
        op.execute(sa.text(f'REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM {READER_ROLE}'))
        op.execute(sa.text(f'REVOKE ALL ON SCHEMA "{schema}" FROM {READER_ROLE}'))
    for table in LEDGER:
        op.execute(sa.text(f'REVOKE ALL ON "{table}" FROM {READER_ROLE}'))


def _schemas() -> list[str]:
    """Of enterprises, with the tables of their objects."""
    query = sa.text("SELECT nspname FROM pg_namespace WHERE nspname ~ '^e[0-9]{6}$'")
    return [*op.get_bind().scalars(query)]

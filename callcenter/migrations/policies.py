"""The second wall: row-level security on every table, and what the application's role may do.

Where no scope is set, no row is seen and none can be written.
"""

from alembic import op
from sqlalchemy import text

from callcenter.core.addresses import APP_ROLE
from callcenter.core.policies import OWN, PLATFORM

APPEND_ONLY = frozenset({"telephony_fact", "audit_entry", "recording_access", "record_change"})
"""History: the application adds to it and can change nothing."""

PURGED = frozenset({"record_change"})
"""Of it: what goes with the record that it is about, and never before (given by 0008)."""


def protect(table: str, rows: str = OWN, *, reads: str | None = None) -> None:
    """Enable and force row-level security. rows: which an enterprise may see and write.

    reads: which it may only see; then writing is the platform's alone.
    """
    quoted = f'"{table}"'
    op.execute(text(f"ALTER TABLE {quoted} ENABLE ROW LEVEL SECURITY"))
    op.execute(text(f"ALTER TABLE {quoted} FORCE ROW LEVEL SECURITY"))
    if reads is None:
        both = f"({rows}) OR {PLATFORM}"
        op.execute(text(f"CREATE POLICY tenant ON {quoted} USING ({both}) WITH CHECK ({both})"))
    else:
        op.execute(text(f"CREATE POLICY readers ON {quoted} FOR SELECT USING ({reads})"))
        op.execute(
            text(f"CREATE POLICY platform ON {quoted} USING ({PLATFORM}) WITH CHECK ({PLATFORM})")
        )
    grant(table)


def grant(table: str) -> None:
    """What the application may do with a table; it owns none and makes none.

    Rights that set-up gives by default are taken away first, or history could be changed.
    """
    op.execute(text(f'REVOKE ALL ON "{table}" FROM {APP_ROLE}'))
    rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
    op.execute(text(f'GRANT {rights} ON "{table}" TO {APP_ROLE}'))

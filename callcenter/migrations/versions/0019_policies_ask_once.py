"""The walls' policies ask for the scope once a statement, not once a row.

Most of what PostgreSQL did to count 100,000 rows was the same question, asked for each of them.
"""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ENTERPRISE = "(NULLIF(current_setting('app.enterprise_id'::text, true), ''::text))::uuid"
_PLATFORM = "(current_setting('app.platform'::text, true) = 'on'::text)"
"""As PostgreSQL writes down what it was told."""

_EACH_ROW = re.compile(f"(?<!SELECT )(?:{re.escape(_ENTERPRISE)}|{re.escape(_PLATFORM)})")
_ONCE = re.compile(rf"\( SELECT ({re.escape(_ENTERPRISE)}|{re.escape(_PLATFORM)})(?: AS [^)]+)?\)")


def upgrade() -> None:
    _rewrite(lambda text: _EACH_ROW.sub(lambda found: f"(SELECT {found[0]})", text))


def downgrade() -> None:
    _rewrite(lambda text: _ONCE.sub(lambda found: found[1], text))


def _rewrite(told: Callable[[str], str]) -> None:
    """Of the product's tables and of those that hold the enterprises' records."""
    policies = op.get_bind().execute(
        sa.text(
            "SELECT quote_ident(policyname), quote_ident(schemaname) || '.' || quote_ident(tablename),"
            " qual, with_check FROM pg_policies WHERE schemaname = 'public' OR schemaname ~ '^e[0-9]{6}$'"
        )
    )
    for name, table, using, check in policies.all():
        parts = {"USING": using, "WITH CHECK": check}
        changed = {
            part: now for part, text in parts.items() if text and (now := told(text)) != text
        }
        if changed:
            clauses = " ".join(f"{part} ({text})" for part, text in changed.items())
            op.execute(sa.text(f"ALTER POLICY {name} ON {table} {clauses}"))

"""Rights reach as far as own, team or all: what was granted before is granted for all.

Who made a record, whose a leg of a call was and whose customer called is looked for by an index.
"""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

Document = dict[str, Any]

_OBJECTS = sa.table(
    "data_object",
    sa.column("id", sa.Uuid()),
    sa.column("enterprise_id", sa.Uuid()),
    sa.column("identifier", sa.String()),
    sa.column("published_number", sa.Integer()),
    sa.column("draft", postgresql.JSONB(none_as_null=True)),
)
_VERSIONS = sa.table(
    "object_version",
    sa.column("id", sa.Uuid()),
    sa.column("definition", postgresql.JSONB()),
)
_CALLS = {
    "ix_call_customer": ("call", "customer_id"),
    "ix_call_summary_customer": ("call_summary", "customer_id"),
    "ix_call_leg_agent": ("call_leg", "agent_id"),
}
"""Indexes of columns that are empty in most rows."""

_ENTERPRISES = sa.table("enterprise", sa.column("id", sa.Uuid()), sa.column("code", sa.String()))


def upgrade() -> None:
    _see_all()
    _rewrite(reached)
    for index, (table, column) in _CALLS.items():
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(index, table, ["enterprise_id", column], postgresql_where=given)
    for schema, name in _tables():
        op.create_index(f"ix_{name}_author", name, ["enterprise_id", "created_by"], schema=schema)


def downgrade() -> None:
    """A narrower reach is none then, or it would become a wider one; rights on fields are gone."""
    _see_all()
    for schema, name in _tables():
        op.drop_index(f"ix_{name}_author", name, schema=schema, if_exists=True)
    for index, (table, _) in _CALLS.items():
        op.drop_index(index, table)
    _rewrite(listed)


def reached(document: Document) -> Document:
    """A draft may be anything: what is no list of roles stays as it is."""
    granted = document.get("permissions")
    if not isinstance(granted, dict):
        return document
    permissions = {
        act: {role: "all" for role in roles if isinstance(role, str)}
        if isinstance(roles, list)
        else roles
        for act, roles in granted.items()
    }
    return {**document, "permissions": permissions}


def listed(document: Document) -> Document:
    """The inverse of `reached`."""
    granted = document.get("permissions")
    if isinstance(granted, dict):
        permissions = {
            act: [role for role, reach in reaches.items() if reach == "all"]
            if isinstance(reaches, dict)
            else reaches
            for act, reaches in granted.items()
        }
        document = {**document, "permissions": permissions}
    groups = document.get("groups")
    for group in groups if isinstance(groups, list) else ():
        fields = group.get("fields") if isinstance(group, dict) else None
        for field in fields if isinstance(fields, list) else ():
            if isinstance(field, dict):
                field.pop("rights", None)
    return document


def _see_all() -> None:
    """The owner too is bound by the wall."""
    op.execute(sa.text("SELECT set_config('app.platform', 'on', true)"))


def _rewrite(change: Callable[[Document], Document]) -> None:
    connection = op.get_bind()
    for table, column in ((_OBJECTS, "draft"), (_VERSIONS, "definition")):
        query = sa.select(table.c.id, table.c[column]).where(table.c[column].is_not(None))
        for row_id, document in connection.execute(query).all():
            update = sa.update(table).where(table.c.id == row_id)
            connection.execute(update.values({column: change(document)}))


def _tables() -> list[tuple[str, str]]:
    """Schema and name of each table of records."""
    query = (
        sa.select(_ENTERPRISES.c.code, _OBJECTS.c.identifier)
        .join(_ENTERPRISES, _ENTERPRISES.c.id == _OBJECTS.c.enterprise_id)
        .where(_OBJECTS.c.published_number > 0)
    )
    return [(f"e{code}", name) for code, name in op.get_bind().execute(query).all()]

"""Statements that shape tables: by Alembic's operations, or templates whose parts are all our own."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Index, Table
from sqlalchemy.schema import DDL

from callcenter.core.addresses import APP_ROLE, READER_ROLE
from callcenter.core.policies import OWN, PLATFORM

if TYPE_CHECKING:
    from alembic.operations import Operations

# Templates of SQLAlchemy: %(fullname)s is the quoted table, and the rest are constants.
_WALL = (
    "ALTER TABLE %(fullname)s ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE %(fullname)s FORCE ROW LEVEL SECURITY",
    "CREATE POLICY enterprise ON %(fullname)s USING (%(own_rows)s) WITH CHECK (%(own_rows)s)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON %(fullname)s TO %(role)s",
    "GRANT SELECT ON %(fullname)s TO %(reader)s",
)


def ddl(template: str, **names: str) -> DDL:
    return DDL(template, context=names)  # type: ignore[no-untyped-call]


def wall(connection: Connection, table: Table) -> None:
    """The second wall: no row but those of the enterprise whose scope it is."""
    for template in _WALL:
        made = ddl(template, role=APP_ROLE, reader=READER_ROLE, own_rows=f"{OWN} OR {PLATFORM}")
        connection.execute(made.against(table))


def operations(connection: Connection) -> "Operations":
    # Most processes never publish, and it is a third of a second of their start.
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    return Operations(MigrationContext.configure(connection))


def create_index(
    connection: Connection, table: Table, index: Index, *, name: str = "", concurrently: bool
) -> None:
    """name: where it is not the index's own."""
    options = index.dialect_options["postgresql"]
    operations(connection).create_index(
        name or str(index.name),
        table.name,
        [column.name for column in index.columns],
        schema=table.schema,
        unique=index.unique,
        postgresql_using=options["using"] or None,
        postgresql_ops=options["ops"],
        postgresql_where=options["where"],
        postgresql_concurrently=concurrently,
    )

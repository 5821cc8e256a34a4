"""Publishing: a definition becomes a table, by the owner of the database.

The application's role may not change tables, so this runs over a connection of its own, apart from
the caller's transaction. It only ever adds, and doing it again changes nothing: a table whose
definition was then not published (the caller failed) is simply used by the next attempt.
"""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, create_engine, inspect, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import DDL, CreateSchema

from callcenter.core.addresses import APP_ROLE
from callcenter.objects.queries import schema_of, table_of
from callcenter.objects.schemas import Definition

if TYPE_CHECKING:
    from alembic.operations import Operations

_LOCK = 7_366_002

_OWN_ROWS = (
    "enterprise_id = nullif(current_setting('app.enterprise_id', true), '')::uuid"
    " OR current_setting('app.platform', true) = 'on'"
)
# Templates of SQLAlchemy: %(fullname)s is the quoted table, and the rest are constants.
_WALL = (
    "ALTER TABLE %(fullname)s ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE %(fullname)s FORCE ROW LEVEL SECURITY",
    "CREATE POLICY enterprise ON %(fullname)s USING (%(own_rows)s) WITH CHECK (%(own_rows)s)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON %(fullname)s TO %(role)s",
)


def _ddl(template: str, **names: str) -> DDL:
    return DDL(template, context=names)  # type: ignore[no-untyped-call]


class Publisher:
    def __init__(self, owner_url: str) -> None:
        self._engine = create_engine(owner_url, poolclass=NullPool)

    def publish(self, enterprise_code: str, definition: Definition) -> None:
        """Make or widen the table of `definition`."""
        # Most processes never publish, and it is a third of a second of their start.
        from alembic.migration import MigrationContext
        from alembic.operations import Operations

        schema = schema_of(enterprise_code)
        table = table_of(definition, schema)
        with self._engine.begin() as connection:
            # One at a time, and never behind a long reader: whoever waits is let through.
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            connection.execute(CreateSchema(schema, if_not_exists=True))
            grant = "GRANT USAGE ON SCHEMA %(place)s TO %(role)s"
            connection.execute(_ddl(grant, place=f'"{schema}"', role=APP_ROLE))
            operations = Operations(MigrationContext.configure(connection))
            if inspect(connection).has_table(table.name, schema=schema):
                _widen(connection, operations, table)
            else:
                _make(connection, operations, table)

    def dispose(self) -> None:
        self._engine.dispose()


def _make(connection: Connection, operations: "Operations", table: Table) -> None:
    operations.create_table(table.name, *table.columns, schema=table.schema)
    _index(operations, table, set())
    for template in _WALL:
        wall = _ddl(template, role=APP_ROLE, own_rows=_OWN_ROWS)
        connection.execute(wall.against(table))


def _widen(connection: Connection, operations: "Operations", table: Table) -> None:
    there = inspect(connection)
    columns = {column["name"] for column in there.get_columns(table.name, schema=table.schema)}
    for column in table.columns:
        if column.name not in columns:
            operations.add_column(table.name, column, schema=table.schema)
    indexes = there.get_indexes(table.name, schema=table.schema)
    _index(operations, table, {str(index["name"]) for index in indexes})


def _index(operations: "Operations", table: Table, there: set[str]) -> None:
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        if index.name in there:
            continue
        options = index.dialect_options["postgresql"]
        operations.create_index(
            str(index.name),
            table.name,
            [column.name for column in index.columns],
            schema=table.schema,
            unique=index.unique,
            postgresql_using=options["using"] or None,
            postgresql_ops=options["ops"],
            postgresql_where=options["where"],
        )

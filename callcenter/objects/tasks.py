"""Publishing: a definition becomes a table, by the owner of the database.

The application's role may not change tables, so this runs over a connection of its own, apart from
the caller's transaction. What a version needs is only added, and doing it again changes nothing: a
table whose definition was then not published (the caller failed) is simply used by the next attempt.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Index, Table, create_engine, func, inspect, select, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import DDL, CreateSchema

from callcenter.core.addresses import APP_ROLE
from callcenter.objects.errors import BeingPublished
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
        """Make the table of an object's first version."""
        self.prepare(schema_of(enterprise_code), definition, ())

    @contextmanager
    def alone(self, schema: str, identifier: str) -> Iterator[None]:
        """Nobody else publishes this object meanwhile; raises BeingPublished while somebody does.

        Two at once would have the same new columns, and one would empty what the other fills.
        """
        key = func.hashtextextended(f"publication of {schema}.{identifier}", 0)
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.scalar(select(func.pg_try_advisory_lock(key))):
                raise BeingPublished
            # The lock ends with the connection, however this process ends.
            yield

    def prepare(self, schema: str, definition: Definition, fresh: Collection[str]) -> None:
        """Make the table of `definition`, or widen it; columns that stay are not touched.

        fresh: columns that no version has; what an attempt that failed has left there goes.
        """
        with self._working() as connection:
            _prepare(connection, schema, definition, fresh)

    def index(self, schema: str, definition: Definition) -> None:
        """Make the indexes that it has not yet, while everybody works on.

        Raises IntegrityError when a value that shall be unique is not.
        """
        with self._while_others_work() as connection:
            _index(connection, table_of(definition, schema))

    def tidy(self, schema: str, definition: Definition) -> None:
        """Drop the indexes that the version in force has not, and those whose making failed."""
        with self._while_others_work() as connection:
            _tidy(connection, table_of(definition, schema))

    def dispose(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _while_others_work(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": _LOCK})
            connection.execute(text("SET lock_timeout = '60s'"))
            yield connection

    @contextmanager
    def _working(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            # One at a time, and never behind a long reader: whoever waits is let through.
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            yield connection


def _operations(connection: Connection) -> "Operations":
    # Most processes never publish, and it is a third of a second of their start.
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    return Operations(MigrationContext.configure(connection))


def _prepare(
    connection: Connection, schema: str, definition: Definition, fresh: Collection[str]
) -> None:
    table = table_of(definition, schema)
    connection.execute(CreateSchema(schema, if_not_exists=True))
    grant = "GRANT USAGE ON SCHEMA %(place)s TO %(role)s"
    connection.execute(_ddl(grant, place=f'"{schema}"', role=APP_ROLE))
    if inspect(connection).has_table(table.name, schema=schema):
        _widen(connection, table, fresh)
    else:
        _make(connection, table)


def _make(connection: Connection, table: Table) -> None:
    operations = _operations(connection)
    operations.create_table(table.name, *table.columns, schema=table.schema)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        _create(operations, table, index, concurrently=False)
    for template in _WALL:
        wall = _ddl(template, role=APP_ROLE, own_rows=_OWN_ROWS)
        connection.execute(wall.against(table))


def _widen(connection: Connection, table: Table, fresh: Collection[str]) -> None:
    operations = _operations(connection)
    columns = inspect(connection).get_columns(table.name, schema=table.schema)
    there = {column["name"] for column in columns}
    for name in there.intersection(fresh):
        operations.drop_column(table.name, name, schema=table.schema)
    for column in table.columns:
        if column.name not in there or column.name in fresh:
            operations.add_column(table.name, column, schema=table.schema)


def _index(connection: Connection, table: Table) -> None:
    there = _indexes(connection, table)
    missing = [index for index in table.indexes if not there.get(str(index.name))]
    operations = _operations(connection)
    for index in sorted(missing, key=lambda index: str(index.name)):
        if index.name in there:
            _drop(operations, table, str(index.name))
        _create(operations, table, index, concurrently=True)


def _tidy(connection: Connection, table: Table) -> None:
    wanted = {str(index.name) for index in table.indexes}
    operations = _operations(connection)
    for name, valid in _indexes(connection, table).items():
        if name not in wanted or not valid:
            _drop(operations, table, name)


def _drop(operations: "Operations", table: Table, name: str) -> None:
    operations.drop_index(name, table.name, schema=table.schema, postgresql_concurrently=True)


def _indexes(connection: Connection, table: Table) -> dict[str, bool]:
    """Name → whether it is valid: one whose making failed is not; but for the primary key."""
    query = text(
        "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
        " WHERE n.nspname = :schema AND t.relname = :name AND NOT i.indisprimary"
    )
    rows = connection.execute(query, {"schema": table.schema, "name": table.name})
    return {row.relname: row.indisvalid for row in rows}


def _create(operations: "Operations", table: Table, index: Index, *, concurrently: bool) -> None:
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
        postgresql_concurrently=concurrently,
    )

"""Publishing: a definition becomes a table, by the owner of the database.

The application's role may not change tables, so this runs over a connection of its own, apart from
the caller's transaction. What a version needs is only added, and doing it again changes nothing: a
table whose definition was then not published (the caller failed) is simply used by the next attempt.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table, create_engine, func, inspect, select, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema

from callcenter.core.addresses import APP_ROLE, READER_ROLE
from callcenter.core.clock import Clock
from callcenter.objects import partitions
from callcenter.objects.ddl import create_index, ddl, operations, wall
from callcenter.objects.errors import BeingPublished
from callcenter.objects.queries import column_at, schema_of, table_of
from callcenter.objects.schemas import Definition

_LOCK = 7_366_002


def owner_engine(url: str) -> Engine:
    """Publications are few: a connection is opened for each of their steps, and none is kept."""
    return create_engine(url, poolclass=NullPool)


class Publisher:
    """owner: its connections are the owner's, as new each time."""

    def __init__(self, owner: Engine, clock: Clock) -> None:
        self._clock = clock
        self._engine = owner

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

    def prepare(
        self,
        schema: str,
        definition: Definition,
        fresh: Collection[str],
        former: Definition | None = None,
    ) -> None:
        """Make the table of `definition`, or widen it; columns that stay are not touched.

        former: the version in force, which goes on until the switch.
        fresh: columns that no version has; what an attempt that failed has left there goes.
        Raises HasRecords for a table that shall be kept by month, or no longer.
        """
        with self._working() as connection:
            _prepare(connection, schema, definition, fresh, former)
            if definition.monthly:
                partitions.make_ready(connection, table_of(definition, schema), self._clock.now())

    def keep_months(self, schema: str, definition: Definition) -> Sequence[str]:
        """Make the months to come, take those out of use that are over; the names of these."""
        with self._working() as connection:
            table, now = table_of(definition, schema), self._clock.now()
            partitions.make_ready(connection, table, now)
            return partitions.detach(connection, table, now, definition.keep_months)

    def index(
        self, schema: str, definition: Definition, made: Callable[[], None] = lambda: None
    ) -> None:
        """Make the indexes that it has not yet, while everybody works on.

        made: called after each. Raises IntegrityError when a value that shall be unique is not.
        """
        with self._while_others_work() as connection:
            _index(connection, table_of(definition, schema), made)

    def tidy(self, schema: str, definition: Definition) -> None:
        """Drop the indexes that the version in force has not, and those whose making failed."""
        with self._while_others_work() as connection:
            _tidy(connection, table_of(definition, schema))

    def measure(self, schema: str, definition: Definition, added: int) -> None:
        """Tell the planner what the table has, where half of it or more has come since it knew.

        added: records. Autovacuum would tell it too, in its rounds, but never of a whole in months.
        Raises OperationalError where somebody else works at the table for longer.
        """
        table = table_of(definition, schema)
        with self._engine.begin() as connection:
            if added >= 2 * _known(connection, table):
                connection.execute(text("SET LOCAL lock_timeout = '5s'"))
                connection.execute(ddl("ANALYZE %(fullname)s").against(table))

    def drop(self, schema: str, definition: Definition, place: str) -> None:
        """Drop the column of a place that `definition`, the version in force, does not know.

        Where there is none (an attempt before has dropped it) nothing happens.
        """
        table, name = table_of(definition, schema), column_at(place)
        with self._working() as connection:
            columns = inspect(connection).get_columns(table.name, schema=schema)
            if name in {column["name"] for column in columns} - {*table.c.keys()}:
                operations(connection).drop_column(table.name, name, schema=schema)

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


def _prepare(
    connection: Connection,
    schema: str,
    definition: Definition,
    fresh: Collection[str],
    former: Definition | None,
) -> None:
    table = table_of(definition, schema)
    connection.execute(CreateSchema(schema, if_not_exists=True))
    grant = "GRANT USAGE ON SCHEMA %(place)s TO %(role)s"
    for role in (APP_ROLE, READER_ROLE):
        connection.execute(ddl(grant, place=f'"{schema}"', role=role))
    if inspect(connection).has_table(table.name, schema=schema):
        if partitions.is_monthly(connection, table) is definition.monthly:
            _widen(connection, table, fresh)
            return
        # A table is either kind from its beginning; one without records can begin again.
        partitions.drop_empty(connection, table)
        table = table_of(definition, schema, former)
    _make(connection, table)


def _make(connection: Connection, table: Table) -> None:
    operations(connection).create_table(
        table.name,
        *table.columns,
        schema=table.schema,
        postgresql_partition_by=table.dialect_options["postgresql"]["partition_by"],
    )
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        create_index(connection, table, index, concurrently=False)
    wall(connection, table)


def _widen(connection: Connection, table: Table, fresh: Collection[str]) -> None:
    change = operations(connection)
    columns = inspect(connection).get_columns(table.name, schema=table.schema)
    there = {column["name"] for column in columns}
    for name in there.intersection(fresh):
        change.drop_column(table.name, name, schema=table.schema)
    for column in table.columns:
        if column.name not in there or column.name in fresh:
            change.add_column(table.name, column, schema=table.schema)


def _index(connection: Connection, table: Table, made: Callable[[], None]) -> None:
    there = _indexes(connection, table)
    missing = [index for index in table.indexes if not there.get(str(index.name))]
    for index in sorted(missing, key=lambda index: str(index.name)):
        if index.name in there:
            _drop(connection, table, str(index.name))
        if partitions.is_monthly(connection, table):
            partitions.index(connection, table, index)
        else:
            create_index(connection, table, index, concurrently=True)
        made()


def _known(connection: Connection, table: Table) -> float:
    """Rows, as the planner thinks; -1 where it was never told."""
    query = text(
        "SELECT c.reltuples FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = :schema AND c.relname = :name"
    )
    known = connection.scalar(query, {"schema": table.schema, "name": table.name})
    return float(known or 0)


def _tidy(connection: Connection, table: Table) -> None:
    wanted = {str(index.name) for index in table.indexes}
    for name, valid in _indexes(connection, table).items():
        if name not in wanted or not valid:
            _drop(connection, table, name)


def _drop(connection: Connection, table: Table, name: str) -> None:
    # That of a partitioned table cannot go concurrently; it is a matter of a moment.
    concurrently = not partitions.is_monthly(connection, table)
    operations(connection).drop_index(
        name, table.name, schema=table.schema, postgresql_concurrently=concurrently
    )


def _indexes(connection: Connection, table: Table) -> dict[str, bool]:
    """Name → whether it is valid: one whose making failed is not; but for the primary key."""
    query = text(
        "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
        " WHERE n.nspname = :schema AND t.relname = :name AND NOT i.indisprimary"
    )
    rows = connection.execute(query, {"schema": table.schema, "name": table.name})
    return {row.relname: row.indisvalid for row in rows}

"""Tables of monthly objects: native partitions by the month in which a record was made.

What is done to the whole is done to each of its tables, where that cannot lock all of them for long.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Index, MetaData, Table, inspect, select, text
from sqlalchemy.schema import CreateIndex

from callcenter.objects import months
from callcenter.objects.ddl import create_index, ddl, operations, wall
from callcenter.objects.errors import HasRecords

_PART = "CREATE TABLE %(part)s PARTITION OF %(fullname)s %(bounds)s"


def is_monthly(connection: Connection, table: Table) -> bool:
    query = text(
        "SELECT relkind = 'p' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = :schema AND c.relname = :name"
    )
    return bool(connection.scalar(query, {"schema": table.schema, "name": table.name}))


def drop_empty(connection: Connection, table: Table) -> None:
    """Raises HasRecords."""
    connection.execute(text("SELECT set_config('app.platform', 'on', true)"))
    connection.execute(ddl("LOCK TABLE %(fullname)s IN ACCESS EXCLUSIVE MODE").against(table))
    if connection.execute(select(table.c.id).limit(1)).first() is not None:
        raise HasRecords
    connection.execute(ddl("DROP TABLE %(fullname)s").against(table))


def make_ready(connection: Connection, table: Table, now: datetime) -> None:
    """This month's table, those of the months to come, and that of the rest."""
    there = _parts(connection, table)
    for month in months.wanted(now):
        if (name := month.table(table.name)) not in there:
            since, until = month.begin.isoformat(), month.plus(1).begin.isoformat()
            _part(connection, table, name, f"FOR VALUES FROM ('{since}') TO ('{until}')")
    if months.rest(table.name) not in there:
        _part(connection, table, months.rest(table.name), "DEFAULT")


def detach(connection: Connection, table: Table, now: datetime, keep: int) -> Sequence[str]:
    """Take months out of the object that have been kept long enough; their tables stay.

    Beside a default partition PostgreSQL detaches none concurrently: for a moment all wait.
    """
    found = [(name, months.Month.named(name)) for name in _parts(connection, table)]
    over = sorted(name for name, month in found if month and months.is_over(month, now, keep))
    for name in over:
        part = f'"{table.schema}"."{name}"'
        connection.execute(
            ddl("ALTER TABLE %(fullname)s DETACH PARTITION %(part)s", part=part).against(table)
        )
    return over


def index(connection: Connection, table: Table, wanted: Index) -> None:
    """On each of its tables while everybody works on, then on the whole."""
    whole = str(CreateIndex(wanted).compile(dialect=connection.dialect))
    connection.exec_driver_sql(whole.replace(" ON ", " ON ONLY ", 1))
    for name in _parts(connection, table):
        part = table.to_metadata(MetaData(), name=name)
        own = months.of_part(str(wanted.name), name)
        there = {each["name"] for each in inspect(connection).get_indexes(name, table.schema)}
        if own in there:  # an attempt that failed has left it
            operations(connection).drop_index(own, name, schema=table.schema)
        same = next(each for each in part.indexes if each.name == wanted.name)
        create_index(connection, part, same, name=own, concurrently=True)
        attach = "ALTER INDEX %(whole)s ATTACH PARTITION %(own)s"
        places = {"whole": f'"{table.schema}"."{wanted.name}"', "own": f'"{table.schema}"."{own}"'}
        connection.execute(ddl(attach, **places))


def _part(connection: Connection, table: Table, name: str, bounds: str) -> None:
    part = table.to_metadata(MetaData(), name=name)
    made = ddl(_PART, part=f'"{table.schema}"."{name}"', bounds=bounds)
    connection.execute(made.against(table))
    wall(connection, part)


def _parts(connection: Connection, table: Table) -> list[str]:
    query = text(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace n ON n.oid = p.relnamespace"
        " WHERE n.nspname = :schema AND p.relname = :name ORDER BY c.relname"
    )
    return [*connection.scalars(query, {"schema": table.schema, "name": table.name})]

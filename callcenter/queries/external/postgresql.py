"""A line to somebody else's PostgreSQL."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from tempfile import NamedTemporaryFile
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import errors
from psycopg.adapt import Buffer, Loader
from psycopg.types.datetime import (
    DateLoader,
    IntervalLoader,
    TimeLoader,
    TimestampLoader,
    TimestamptzLoader,
)

from callcenter.queries.external.errors import (
    SourceFailed,
    SourceInsecure,
    SourceLost,
    SourceOtherName,
    SourceRefused,
    SourceSilent,
    SourceUnreachable,
    SourceUntrusted,
    StatementRefused,
    StatementTooSlow,
)
from callcenter.queries.external.guard import Guard
from callcenter.queries.external.guarded import GuardedLine
from callcenter.queries.external.lines import ForeignColumn, Found, Login

CONNECTING = 5
"""Seconds."""

KINDS: Mapping[int, str] = {
    16: "boolean", 20: "integer", 21: "integer", 23: "integer", 26: "integer", 700: "number",
    701: "number", 1082: "date", 1083: "time", 1114: "datetime", 1184: "datetime", 1700: "number",
}  # fmt: skip
"""PostgreSQL's numbers of types → the kinds that a page shows; whatever else is text."""

_NAMED: Mapping[str, str] = {
    "boolean": "boolean", "smallint": "integer", "integer": "integer", "bigint": "integer",
    "real": "number", "double precision": "number", "numeric": "number", "date": "date",
    "time without time zone": "time", "timestamp without time zone": "datetime",
    "timestamp with time zone": "datetime",
}  # fmt: skip
_TLS = {"off": "disable", "required": "require", "verified": "verify-full"}
_COLUMNS = """
SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_schema !~ '^pg_'
ORDER BY table_schema <> 'public', table_schema, table_name, ordinal_position
"""
_OF_VALUES = "22"
_TEXTS = ("text", "varchar", "bpchar", "name", "json", "jsonb", "xml")


class _Lenient(Loader):
    """What is no UTF-8 (of a database without an encoding) is shown as far as it is."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode("utf-8", "replace")


def _or_text(loader: type[Any]) -> type[Loader]:
    """Of what Python has no value for (`infinity`, before Christ), the words."""

    class OrText(loader):  # type: ignore[misc] # which one, is told
        def load(self, data: Buffer) -> Any:
            try:
                return super().load(data)
            except (psycopg.DataError, ValueError, OverflowError):
                return bytes(data).decode("utf-8", "replace")

    return OrText


_LOADERS: Mapping[str, type[Loader]] = {
    **dict.fromkeys(_TEXTS, _Lenient),
    "date": _or_text(DateLoader), "time": _or_text(TimeLoader),
    "timestamp": _or_text(TimestampLoader), "timestamptz": _or_text(TimestamptzLoader),
    "interval": _or_text(IntervalLoader),
}  # fmt: skip


@contextmanager
def postgresql(login: Login, zone: ZoneInfo, guard: Guard) -> Iterator["PostgresqlLine"]:
    """Raises SourceFailed."""
    connection = _connected(login, guard)
    try:
        held = socket.socket(fileno=socket.dup(connection.fileno()))
        with guard.over(held):
            line = PostgresqlLine(connection, login, guard)
            line.begin(zone)
            try:
                yield line
            finally:
                line.close()
    finally:
        with suppress(psycopg.Error):
            connection.close()


def _connected(login: Login, guard: Guard) -> "psycopg.Connection[tuple[Any, ...]]":
    try:
        with _roots(login) as roots:
            connection = psycopg.connect(
                host=login.host, hostaddr=login.address, port=login.port, dbname=login.database,
                user=login.user, password=login.password, sslmode=_TLS[login.tls],
                connect_timeout=min(CONNECTING, max(int(guard.left), 2)), client_encoding="utf8",
                application_name="callcenter", gssencmode="disable", channel_binding="prefer",
                passfile="/dev/null", autocommit=False, **roots,
            )  # fmt: skip
    except psycopg.Error as error:
        raise _failed(login, error) from error
    return connection


@contextmanager
def _roots(login: Login) -> Iterator[dict[str, Any]]:
    """Libpq reads certificates of files alone."""
    if login.tls != "verified":
        yield {}
    elif not login.ca:
        yield {"sslrootcert": "system"}
    else:
        with NamedTemporaryFile("w", prefix="callcenter-ca-", suffix=".pem") as file:
            file.write(login.ca)
            file.flush()
            yield {"sslrootcert": file.name}


def _failed(login: Login, error: psycopg.Error) -> SourceFailed:
    """What a failure to connect means: libpq has words for it, and a code only from the server."""
    said = " ".join(str(error).split())[-300:]
    if isinstance(error, errors.ConnectionTimeout):
        return SourceSilent(login.name, seconds=CONNECTING)
    if error.sqlstate and not error.sqlstate.startswith(("08", "57")):
        return SourceRefused(login.name, said=said)
    small = said.lower()
    if "ssl" in small or "certificate" in small:
        return _insecure(login, said)
    if "fatal:" in small and "starting up" not in small and "shutting down" not in small:
        return SourceRefused(login.name, said=said.rpartition("FATAL:")[2].strip())
    return SourceUnreachable(login.name, host=f"{login.host}:{login.port}")


def _insecure(login: Login, said: str) -> SourceInsecure:
    if "does not match host name" in said:
        return SourceOtherName(login.name, host=login.host)
    if "certificate verify failed" in said:
        return SourceUntrusted(login.name, said=said.rpartition("SSL error: ")[2])
    return SourceInsecure(login.name, said=said)


class PostgresqlLine(GuardedLine):
    def __init__(
        self, connection: "psycopg.Connection[tuple[Any, ...]]", login: Login, guard: Guard
    ) -> None:
        super().__init__(login, guard)
        self._connection = connection
        self._cursors: list[Any] = []

    def begin(self, zone: ZoneInfo) -> None:
        self._connection.read_only = True
        # What is prepared would not survive a pool in front of the server.
        self._connection.prepare_threshold = None
        for name, loader in _LOADERS.items():
            self._connection.adapters.register_loader(name, loader)
        with self._told():
            self._connection.execute(
                "SELECT set_config('timezone', %s, true), set_config('lock_timeout', '2s', true),"
                " set_config('standard_conforming_strings', 'on', true)",
                [zone.key],
            )

    def server(self) -> str:
        with self._told():
            found = self._connection.execute("SHOW server_version").fetchone()
        return f"PostgreSQL {str(found[0]).split()[0]}" if found else "PostgreSQL"

    def ask(self, statement: str, bound: Mapping[str, Any], milliseconds: int) -> Found:
        with self._told():
            self._limit(milliseconds)
            cursor = self._connection.cursor()
            cursor.execute(statement.encode(), dict(bound))
            return Found(_types(cursor), iter(cursor.fetchall()))

    def stream(
        self, statement: str, bound: Mapping[str, Any], milliseconds: int, batch: int
    ) -> Found:
        with self._told():
            self._limit(milliseconds)
            cursor = self._connection.cursor(name="expert")
            self._cursors.append(cursor)
            cursor.execute(statement.encode(), dict(bound))
            return Found(_types(cursor), self._batches(partial(self._taken, cursor, batch)))

    def _taken(self, cursor: Any, batch: int) -> Sequence[Any]:
        with self._told():
            found: Sequence[Any] = cursor.fetchmany(batch)
            return found

    def columns(self) -> Iterator[ForeignColumn]:
        with self._told():
            found = self._connection.execute(_COLUMNS).fetchall()
        for schema, table, name, kind in found:
            yield ForeignColumn(schema, table, name, _NAMED.get(kind, "text"))

    def close(self) -> None:
        for each in self._cursors:
            try:
                each.close()
            except psycopg.Error:
                # Of a connection that is closed a cursor is closed without asking.
                self._connection.close()
                each.close()

    def _limit(self, milliseconds: int) -> None:
        self._connection.execute(
            "SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)]
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise self._meant(error) from error

    def _meant(self, error: psycopg.Error) -> Exception:
        if cut := self._cut():
            return cut
        if isinstance(error, errors.QueryCanceled | errors.LockNotAvailable):
            return StatementTooSlow()
        if error.sqlstate is None or error.sqlstate.startswith(("08", "57")):
            return SourceLost(self._login.name)
        said = error.diag.message_primary or str(error)
        return StatementRefused(said, of_values=error.sqlstate.startswith(_OF_VALUES))


def _types(cursor: Any) -> list[str]:
    return [KINDS.get(column.type_code, "text") for column in cursor.description or ()]

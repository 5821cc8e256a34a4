"""A line to somebody else's MySQL or MariaDB."""

import codecs
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pymysql
from pymysql.constants import CR, ER, FIELD_TYPE
from pymysql.converters import conversions, escape_string
from pymysql.cursors import Cursor, SSCursor

from callcenter.core.clock import Clock
from callcenter.queries.external.authorities import trusting
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
from callcenter.queries.external.guard import Cut, Guard
from callcenter.queries.external.guarded import GuardedLine
from callcenter.queries.external.lines import ForeignColumn, Found, Login

CONNECTING = 5.0
"""Seconds."""

_INTEGERS = {FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.LONG, FIELD_TYPE.INT24,
             FIELD_TYPE.LONGLONG, FIELD_TYPE.YEAR, FIELD_TYPE.BIT}  # fmt: skip
_NUMBERS = {FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL, FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE}
KINDS: Mapping[int, str] = {
    **dict.fromkeys(_INTEGERS, "integer"), **dict.fromkeys(_NUMBERS, "number"),
    FIELD_TYPE.DATE: "date", FIELD_TYPE.NEWDATE: "date", FIELD_TYPE.DATETIME: "datetime",
    FIELD_TYPE.TIMESTAMP: "datetime",
}  # fmt: skip
_NAMED: Mapping[str, str] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year", "bit"), "integer"),
    **dict.fromkeys(("decimal", "float", "double"), "number"),
    "date": "date", "datetime": "datetime", "timestamp": "datetime",
}  # fmt: skip
_COLUMNS = """
SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position
"""
_LATE = {ER.LOCK_WAIT_TIMEOUT, 3024, 1969}
"""3024: MySQL's max_execution_time; 1969: MariaDB's max_statement_time."""
_GONE = {CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST, 1053, 1927, 4031}
_REFUSED = {ER.ACCESS_DENIED_ERROR, ER.DBACCESS_DENIED_ERROR, ER.BAD_DB_ERROR, 1130, 1040, 1129,
            1251, 1698, 2059}  # fmt: skip
_INSECURE = {2026, 3159}
"""TLS that does not come about; a server that takes no connection without it."""

_OTHER_NAME = {62, 64}
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""

_LENIENT = "callcenter_utf8"


def _lenient(name: str) -> codecs.CodecInfo | None:
    """UTF-8 as it is written; what is none of it is read as far as it is."""
    if name != _LENIENT:
        return None
    return codecs.CodecInfo(
        lambda text, _errors="strict": codecs.utf_8_encode(text),
        lambda data, _errors="strict": codecs.utf_8_decode(data, "replace", True),
        name=_LENIENT,
    )


codecs.register(_lenient)


@contextmanager
def mysql(login: Login, zone: ZoneInfo, guard: Guard, clock: Clock) -> Iterator["MysqlLine"]:
    """Raises SourceFailed."""
    try:
        connected = socket.create_connection(
            (login.address, login.port), min(CONNECTING, max(guard.left, 0.1))
        )
    except OSError as error:
        raise SourceUnreachable(login.name, host=f"{login.host}:{login.port}") from error
    connection = _prepared(login)
    with connected, guard.over(connected.dup()):
        try:
            line = MysqlLine(connection, login, guard)
            _connect(connection, connected, login, guard)
            # The greeting had a time of its own; what follows has the guard's.
            connection._read_timeout = None  # noqa: SLF001 - asked at each read
            line.begin(clock.now().astimezone(zone))
            yield line
        finally:
            # What was not read of its rows is not read when Python lets go of them either.
            if connection._result is not None:  # noqa: SLF001 - there is no other way to it
                connection._result.unbuffered_active = False  # noqa: SLF001
            # No word of farewell: it could wait for a server that does not read.
            with suppress(pymysql.Error, OSError):
                connection._force_close()  # noqa: SLF001 - `close` talks


def _prepared(login: Login) -> Any:
    tls = None if login.tls == "off" else _context(login)
    decoders = {**conversions, FIELD_TYPE.BIT: _bits, FIELD_TYPE.TIME: _plain}
    return pymysql.Connection(
        host=login.host, port=login.port, user=login.user, password=login.password,
        database=login.database, charset="utf8mb4", defer_connect=True, conv=decoders,
        ssl=tls, ssl_disabled=tls is None, local_infile=False, autocommit=False,
        program_name="callcenter", read_timeout=CONNECTING,
    )  # fmt: skip


def _context(login: Login) -> ssl.SSLContext:
    if login.tls == "verified":
        return trusting(login.ca)
    whoever = ssl.create_default_context()
    whoever.check_hostname, whoever.verify_mode = False, ssl.CERT_NONE
    return whoever


def _connect(connection: Any, connected: socket.socket, login: Login, guard: Guard) -> None:
    try:
        connection.connect(connected)
    except (pymysql.Error, OSError) as error:
        raise _failed(login, error, guard) from error


def _failed(login: Login, error: Exception, guard: Guard) -> SourceFailed:
    code, said = _told(error)
    reason = error.__cause__ or error.__context__ or error
    if isinstance(reason, ssl.SSLCertVerificationError):
        if reason.verify_code in _OTHER_NAME:
            return SourceOtherName(login.name, host=login.host)
        return SourceUntrusted(login.name, said=reason.verify_message)
    if code in _INSECURE or isinstance(reason, ssl.SSLError) or "SSL" in said:
        return SourceInsecure(login.name, said=said)
    late = guard.cut is Cut.LATE or isinstance(reason, TimeoutError)
    if late or "timed out" in said:
        return SourceSilent(login.name, seconds=round(CONNECTING))
    if code in _REFUSED:
        return SourceRefused(login.name, said=said)
    return SourceUnreachable(login.name, host=f"{login.host}:{login.port}")


def _told(error: Exception) -> tuple[int, str]:
    """The number, and the words."""
    known = isinstance(error, pymysql.Error) and len(error.args) > 1
    if known and isinstance(error.args[0], int):
        return error.args[0], str(error.args[1])
    return 0, str(error)


class MysqlLine(GuardedLine):
    def __init__(self, connection: Any, login: Login, guard: Guard) -> None:
        super().__init__(login, guard)
        self._connection = connection
        self._limits = ""

    def begin(self, now: datetime) -> None:
        with self._meaning():
            self._connection.encoding = _LENIENT
            offset = now.strftime("%z")
            zone = escape_string(f"{offset[:3]}:{offset[3:]}")
            maria = "MariaDB" in self._connection.get_server_info()
            self._limits = "max_statement_time" if maria else "max_execution_time"
            self._run(
                f"SET SESSION time_zone = '{zone}', sql_mode = 'ONLY_FULL_GROUP_BY',"
                " group_concat_max_len = 40000, lock_wait_timeout = 2"
            )
            self._run("START TRANSACTION READ ONLY")

    def server(self) -> str:
        version: str = self._connection.get_server_info()
        if "MariaDB" in version:
            return f"MariaDB {version.removeprefix('5.5.5-').partition('-')[0]}"
        return f"MySQL {version.partition('-')[0]}"

    def ask(self, statement: str, bound: Mapping[str, Any], milliseconds: int) -> Found:
        with self._meaning():
            cursor = self._asked(Cursor, statement, bound, milliseconds)
            return Found(_types(cursor), iter([_row(cursor, each) for each in cursor.fetchall()]))

    def stream(
        self, statement: str, bound: Mapping[str, Any], milliseconds: int, batch: int
    ) -> Found:
        with self._meaning():
            cursor = self._asked(SSCursor, statement, bound, milliseconds)
            return Found(_types(cursor), self._batches(partial(self._taken, cursor, batch)))

    def _taken(self, cursor: Any, batch: int) -> Sequence[Any]:
        with self._meaning():
            return [_row(cursor, each) for each in cursor.fetchmany(batch)]

    def columns(self) -> Iterator[ForeignColumn]:
        with self._meaning():
            found = self._run(_COLUMNS)
        for schema, table, name, kind in found:
            yield ForeignColumn(schema, table, name, _NAMED.get(str(kind).lower(), "text"))

    def _asked(
        self, kind: type[Any], statement: str, bound: Mapping[str, Any], milliseconds: int
    ) -> Any:
        in_seconds = self._limits == "max_statement_time"
        most = milliseconds / 1000 if in_seconds else milliseconds
        self._run(f"SET SESSION {self._limits} = {most}")
        cursor = self._connection.cursor(kind)
        # What is in no row cannot stand in a list.
        lists = {key: each or [None] for key, each in bound.items() if isinstance(each, list)}
        cursor.execute(statement, {**bound, **lists})
        return cursor

    def _run(self, statement: str) -> Sequence[Sequence[Any]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            found: Sequence[Sequence[Any]] = cursor.fetchall()
        return found

    @contextmanager
    def _meaning(self) -> Iterator[None]:
        try:
            yield
        except (pymysql.Error, OSError) as error:
            raise self._meant(error) from error

    def _meant(self, error: Exception) -> Exception:
        if cut := self._cut():
            return cut
        code, said = _told(error)
        if code in _LATE:
            return StatementTooSlow()
        if code in _GONE or code == 0:
            return SourceLost(self._login.name)
        return StatementRefused(said, of_values=isinstance(error, pymysql.DataError))


def _types(cursor: Any) -> list[str]:
    return [KINDS.get(column[1], "text") for column in cursor.description or ()]


def _row(cursor: Any, row: Sequence[Any]) -> list[Any]:
    """Days that are none (`0000-00-00`) come as texts, and are nothing."""
    kinds = _types(cursor)
    return [
        None if kind in {"date", "datetime"} and isinstance(value, str) else value
        for kind, value in zip(kinds, row, strict=True)
    ]


def _bits(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _plain(text: str | bytes) -> str:
    """A time of theirs may be longer than a day, or less than nothing."""
    return text.decode() if isinstance(text, bytes) else text

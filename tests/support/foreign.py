"""Databases of somebody else's: a MariaDB and a PostgreSQL with a shop's orders, and a way to them that
may be held up or cut.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pymysql
from psycopg import sql
from sqlalchemy import make_url

from callcenter.core.addresses import owner_url
from tests.support.certificates import Pair
from tests.support.databases import DataServices
from tests.support.ports import free_port
from tests.support.waiting import wait_until

DATABASE, USER, PASSWORD = "shop", "reader", "s'e\"c\\ret"

ORDERS_OF_MYSQL = """
CREATE TABLE Orders (id BIGINT UNSIGNED PRIMARY KEY, Customer VARCHAR(60) NOT NULL,
 mobile VARCHAR(20), total DECIMAL(20,4), paid BIT(1), made DATETIME, day DATE, lasting TIME,
 picture BLOB, city VARCHAR(20) CHARACTER SET gbk)
"""
ORDERS_OF_POSTGRESQL = """
CREATE TABLE orders (id bigint PRIMARY KEY, customer varchar(60) NOT NULL, mobile text,
 total numeric(30,4), paid boolean, made timestamptz, day date, lasting interval, picture bytea,
 city text, tags text[], more jsonb);
CREATE SCHEMA stock; CREATE TABLE stock.items (id bigint PRIMARY KEY, name text)
"""


@dataclass
class Foreign:
    """Somebody else's server. kind: as a data source has it."""

    kind: str
    port: int
    pid: int = 0

    @property
    def settings(self) -> dict[str, Any]:
        """Of a data source that asks it."""
        return {
            "kind": self.kind, "host": "127.0.0.1", "port": self.port, "database": DATABASE,
            "user": USER, "password": PASSWORD, "tls": "off",
        }  # fmt: skip


@dataclass
class Postgresql(Foreign):
    """cluster: its folder."""

    cluster: Path = field(default_factory=Path)

    @contextmanager
    def with_tls(self, pair: Pair) -> Iterator[None]:
        """In here it speaks TLS to whoever asks for it."""
        settings = self.cluster / "postgresql.auto.conf"
        before = settings.read_text()
        for source, name in ((pair.certificate, "server.crt"), (pair.key, "server.key")):
            self._place(source, self.cluster / name)
        settings.write_text(f"{before}ssl = on\n")
        self._reload(tls=True)
        try:
            yield
        finally:
            settings.write_text(before)
            self._reload(tls=False)

    def _place(self, source: Path, place: Path) -> None:
        """As PostgreSQL wants a key: its own, and nobody else's to read."""
        shutil.copyfile(source, place)
        place.chmod(0o600)
        owner = self.cluster.stat()
        os.chown(place, owner.st_uid, owner.st_gid)

    def _reload(self, *, tls: bool) -> None:
        os.kill(int((self.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGHUP)
        wait_until(lambda: self._speaks_tls() is tls, 20, "the cluster's settings")

    def _speaks_tls(self) -> bool:
        login = {"host": "127.0.0.1", "port": self.port, "dbname": DATABASE, "user": USER}
        try:
            psycopg.connect(**login, password=PASSWORD, sslmode="require").close()
        except psycopg.OperationalError:
            return False
        return True


@dataclass
class Mariadb(Foreign):
    folder: Path = field(default_factory=Path)
    serving: Any = None

    def start(self, *options: str) -> None:
        command = [
            "mariadbd", "--no-defaults", f"--datadir={self.folder / 'data'}", f"--port={self.port}",
            "--bind-address=127.0.0.1", f"--socket={self.folder / 's'}", "--skip-log-bin",
            # What is committed outlives it when it is killed, not a power cut.
            "--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=32M",
            "--innodb-log-file-size=8M", "--innodb-fast-shutdown=2", "--skip-name-resolve",
            "--performance-schema=off", *_AS_ROOT, *options,
        ]  # fmt: skip
        told = self.folder / "log"
        with told.open("wb") as log:
            self.serving = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=log)
        self.pid = self.serving.pid
        wait_until(lambda: b"ready for connections" in told.read_bytes(), 30)

    def stop(self) -> None:
        self.serving.kill()
        self.serving.wait()

    @contextmanager
    def with_tls(self, pair: Pair) -> Iterator[None]:
        """In here it speaks TLS to whoever asks for it."""
        self.stop()
        self.start(f"--ssl-cert={pair.certificate}", f"--ssl-key={pair.key}")
        try:
            yield
        finally:
            self.stop()
            self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """In here it runs no more, and its connections stand."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def run(self, *statements: str) -> None:
        """As the one who keeps it."""
        with (
            pymysql.connect(
                unix_socket=str(self.folder / "s"), user="root", autocommit=True
            ) as own,
            own.cursor() as cursor,
        ):
            for each in statements:
                cursor.execute(each)


_SHARED = Path("/usr/share/mysql")
_AS_ROOT = ["--user=root"] if os.getuid() == 0 else []


@contextmanager
def a_mariadb() -> Iterator[Mariadb]:
    """One whose tables are our own: made in seconds, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cc-maria-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _make_tables(folder / "data")
        made = Mariadb("mysql", free_port(), folder=folder)
        made.start()
        try:
            made.run(
                f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
                f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{_escaped(PASSWORD)}'",
                f"GRANT ALL ON {DATABASE}.* TO {USER}@'127.0.0.1'",
                f"USE {DATABASE}", ORDERS_OF_MYSQL, "SET SESSION sql_mode = ''",
                "SET NAMES utf8mb4",
                "INSERT INTO Orders VALUES (18446744073709551615, '王小明', '13800006207',"
                " 9007199254740993.1234, 1, '2026-11-24 10:00:00', '2026-11-24', '30:05:09',"
                " X'00ff10', '上海'), (2, 'Bob''s \\\\ %s', '0108888', 0.1000, 0,"
                " '0000-00-00 00:00:00', '0000-00-00', '-01:00:00', NULL, '北京'),"
                " (3, 'cleo', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
            )  # fmt: skip
            yield made
        finally:
            made.stop()
            shutil.rmtree(folder / "data", ignore_errors=True)


@contextmanager
def a_shop_on_postgresql(services: DataServices) -> Iterator[Postgresql]:
    """A database of its own in a cluster that runs already."""
    owner = make_url(owner_url(services.settings, services.secrets)).set(drivername="postgresql")
    # Not the product's database, which others are copied from.
    login = owner.set(database="postgres").render_as_string(hide_password=False)
    own = owner.set(database=DATABASE).render_as_string(hide_password=False)
    with psycopg.connect(login, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
        role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(role.format(sql.Identifier(USER), sql.Literal(PASSWORD)))
        with psycopg.connect(own, autocommit=True) as shop:
            shop.execute(ORDERS_OF_POSTGRESQL)
            shop.execute(f"GRANT ALL ON SCHEMA public TO {USER}")
            shop.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {USER}")
            shop.execute(f"GRANT USAGE ON SCHEMA stock TO {USER}")
            shop.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA stock TO {USER}")
            shop.execute(
                "INSERT INTO orders VALUES (9007199254740993, '王小明', '13800006207',"
                " 9007199254740993.1234, true, '2026-11-24 10:00+08', '2026-11-24', '30:05:09',"
                " '\\x00ff10', '上海', '{a,\"b c\"}', '{\"n\": 1.10}'),"
                " (2, 'Bob''s \\ %s', '0108888', 0.1000, false, 'infinity', '0044-03-15 BC',"
                " '-1 hour', NULL, '北京', NULL, NULL),"
                " (3, 'cleo', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)"
            )
            shop.execute("INSERT INTO stock.items VALUES (1, '茶')")
        settings = services.settings
        yield Postgresql("postgresql", settings.database.port, cluster=settings.paths.postgres)
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(USER)))


def _make_tables(data: Path) -> None:
    """What `mariadb-install-db` does, which needs programs of another package."""
    data.mkdir()
    files = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
    told = ["CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket=NULL;"]
    told += [(_SHARED / each).read_text() for each in files]
    subprocess.run(
        ["mariadbd", "--no-defaults", "--bootstrap", f"--datadir={data}", "--skip-log-bin",
         "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=32M", "--enforce-storage-engine=", *_AS_ROOT],
        input="\n".join(told), text=True, check=True, capture_output=True,
    )  # fmt: skip


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


@dataclass
class Way:
    """Between us and a server. held: nothing passes; connections stand."""

    port: int
    passing: threading.Event = field(default_factory=threading.Event)
    open: list[socket.socket] = field(default_factory=list)
    made: int = 0

    def hold(self) -> None:
        self.passing.clear()

    def release(self) -> None:
        self.passing.set()

    def cut(self) -> None:
        for each in (*self.open,):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextmanager
def a_way_to(port: int) -> Iterator[Way]:
    """A proxy in front of a server of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        way = Way(listening.getsockname()[1])
        way.release()
        threading.Thread(target=_serve, args=[listening, port, way], daemon=True).start()
        try:
            yield way
        finally:
            way.release()
            way.cut()


def _serve(listening: socket.socket, port: int, way: Way) -> None:
    with suppress(OSError):
        while True:
            taken, _ = listening.accept()
            way.made += 1
            there = socket.create_connection(("127.0.0.1", port))
            way.open += [taken, there]
            for one, other in ((taken, there), (there, taken)):
                threading.Thread(target=_carry, args=[one, other, way], daemon=True).start()


def _carry(one: socket.socket, other: socket.socket, way: Way) -> None:
    with suppress(OSError):
        while content := one.recv(65_536):
            way.passing.wait()
            other.sendall(content)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)

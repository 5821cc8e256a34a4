"""A private PostgreSQL and Redis for tests that need no more than these."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Engine, create_engine, event, make_url

from callcenter.core.addresses import DATABASE, OWNER_ROLE, app_url, owner_url, redis_url
from callcenter.core.ids import new_id
from callcenter.core.secrets import Secrets, load_secrets
from callcenter.core.settings import Settings
from callcenter.processes.ports import settle_ports
from callcenter.processes.prepare import SCHEMA
from callcenter.processes.services import postgres, redis
from callcenter.processes.services.programs import unprivileged
from callcenter.processes.services.running import Service, started
from tests.support.ports import rtp_range

PROJECT = Path(__file__).resolve().parents[2]

IN_A_HURRY = {
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Every table that is emptied or dropped has the pages in memory gone through, used or not.
    "shared_buffers": "32MB",
}
"""A test's cluster need not survive a power cut, and has next to nothing in it."""

_MEMORY = Path("/dev/shm")  # noqa: S108 - files in it are made by `tempfile`
_ROOM = 2 << 30
"""Bytes for the clusters of all workers."""

_LONGEST_RUN = 2 * 60 * 60
"""Seconds."""


@dataclass(frozen=True)
class DataServices:
    settings: Settings
    secrets: Secrets

    @property
    def redis_url(self) -> str:
        return redis_url(self.settings, self.secrets)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"CALLCENTER_HOME": str(self.settings.paths.home)}


@dataclass(frozen=True)
class FreshDatabase:
    """A database of one test: migrated, empty. `environment` points processes to it."""

    owner_url: str
    app_url: str
    environment: dict[str, str]


@contextmanager
def data_services(options: Mapping[str, str] = IN_A_HURRY) -> Iterator[DataServices]:
    """options: of the cluster, beside the product's own."""
    place = in_memory() if options is IN_A_HURRY else None
    with tempfile.TemporaryDirectory(
        prefix=f"cc-{os.getpid()}-", dir=place, ignore_cleanup_errors=True
    ) as folder:
        environ = {"CALLCENTER_HOME": folder}
        # No exchange runs here: what is claimed for voices is not there for the exchanges beside it.
        first, _ = rtp_range()
        voices = {"CALLCENTER_RTP_START": str(first), "CALLCENTER_RTP_END": str(first + 1)}
        settings = settle_ports(environ | voices)
        secrets = load_secrets(settings.paths.home)
        postgres.make_cluster(settings, secrets)
        _let_owner_copy_databases(settings)
        services = [
            Service(
                "redis",
                redis.command(settings, secrets),
            ),
            Service(
                "postgres",
                postgres.command(settings, options),
                stop_signal="INT",
            ),
        ]
        with started(services, os.environ | environ, settings.paths):
            yield DataServices(settings, secrets)


def in_memory() -> Path | None:
    """A folder for what need not survive; None where there is no room for it.

    Each test's database is a copy of some 800 files: on a disk that costs ten times as much.
    """
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ROOM:
        return None
    for left in _MEMORY.glob("cc-*-*"):
        # Of a run that was killed; another's processes need not be seen from here.
        is_old = time.time() - left.stat().st_mtime > _LONGEST_RUN
        if is_old and not Path("/proc", left.name.split("-")[1]).exists():
            shutil.rmtree(left, ignore_errors=True)
    return _MEMORY


def migrate(services: DataServices) -> None:
    """The product's own schema in the database that each test's is copied from."""
    postgres.prepare_roles(services.settings, services.secrets)
    subprocess.run(
        [sys.executable, "-m", SCHEMA], env=services.environment, cwd=PROJECT, check=True
    )


@contextmanager
def fresh_database(services: DataServices) -> Iterator[FreshDatabase]:
    name = f"test_{new_id().hex}"
    owner = make_url(owner_url(services.settings, services.secrets))
    app = make_url(app_url(services.settings, services.secrets))
    admin = owner.set(drivername="postgresql", database="postgres")
    dsn = admin.render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        # FILE_COPY needs two checkpoints, which cost nothing without fsync.
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(DATABASE)))
        url = owner.set(database=name).render_as_string(hide_password=False)
        yield FreshDatabase(
            url,
            app.set(database=name).render_as_string(hide_password=False),
            services.environment | {"CALLCENTER_DATABASE_URL": url},
        )
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def kept_engine(url: str) -> Engine:
    """Of an owner whose connections are kept from test to test, and as new for each.

    To open one costs more than what most tests do with it.
    """
    engine = create_engine(url)
    event.listen(engine, "reset", _as_new)
    return engine


def _as_new(connection: Any, _record: Any, _state: Any) -> None:
    connection.rollback()
    connection.execute("SELECT pg_advisory_unlock_all()")
    connection.execute("RESET ALL")
    connection.commit()


def _let_owner_copy_databases(settings: Settings) -> None:
    """And the cluster: in single-user mode, since the product's cluster has no superuser with a password."""
    cluster = settings.paths.postgres
    grant = (
        sql.SQL("ALTER ROLE {0} CREATEDB REPLICATION; GRANT pg_signal_backend TO {0}")
        .format(sql.Identifier(OWNER_ROLE))
        .as_string()
    )
    command = [str(postgres.programs() / "postgres"), "--single", "-D", str(cluster), "postgres"]
    subprocess.run(
        [*unprivileged(postgres.USER, cluster), *command],
        input=f"{grant}\n",
        text=True,
        check=True,
        capture_output=True,
        cwd="/",
    )

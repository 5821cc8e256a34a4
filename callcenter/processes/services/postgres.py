"""A private PostgreSQL cluster in the data folder, made from the system's programs."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import structlog
from psycopg import sql

from callcenter.core.addresses import APP_ROLE, DATABASE, OWNER_ROLE, READER_ROLE, owner_url
from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings, SettingsError
from callcenter.processes.services.programs import hand_over, unprivileged

USER = "postgres"
"""Who runs it when we are root: PostgreSQL refuses to run as root."""

OLDEST = 15

ANSWERED_BY_INDEX = (
    "pg_catalog.textlike(text, text)",
    *(f"pg_catalog.numeric_{name}(numeric, numeric)" for name in ("eq", "lt", "le", "gt", "ge")),
)
"""What searches and filters ask. Behind row-level security an index answers only what is LEAKPROOF,

and these are not by themselves (docs/adr/0024-large-objects.md).
"""

_TAUGHT = "callcenter.search"
"""In the cluster's folder, once that is done."""

log = structlog.get_logger()


def programs() -> Path:
    """Folder of the newest PostgreSQL's programs; Debian keeps them out of PATH."""
    found = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if which := shutil.which("initdb"):
        found.append(Path(which).resolve().parent)
    versions = {_version(folder): folder for folder in found}
    if not versions or max(versions) < OLDEST:
        raise SettingsError(f"PostgreSQL {OLDEST} or newer is missing; run: make setup")
    return versions[max(versions)]


def _version(folder: Path) -> int:
    told = subprocess.run([folder / "postgres", "-V"], capture_output=True, text=True, check=True)
    match = re.search(r"(\d+)", told.stdout)
    return int(match[1]) if match else 0


def command(settings: Settings, extra: Mapping[str, str] | None = None) -> list[str]:
    """How to run the cluster in the foreground. SIGINT ends it at once and cleanly."""
    sockets = settings.paths.sockets / "pg"
    hand_over(sockets, USER)
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(settings.database.port),
        "unix_socket_directories": str(sockets),
        "max_connections": "200",
        "shared_buffers": f"{_buffers()}MB",
        # The first change of a page after a checkpoint is logged as the whole page; a record changes
        # one in each of its indexes.
        "wal_compression": "lz4",
        "max_wal_size": "2GB",
        # After a twentieth of a table, not a fifth: an import slows a large list until then.
        "autovacuum_vacuum_scale_factor": "0.05",
        "autovacuum_vacuum_insert_scale_factor": "0.05",
        "autovacuum_analyze_scale_factor": "0.02",
        "timezone": "UTC",
        "password_encryption": "scram-sha-256",
        **(extra or {}),
    }
    cluster = settings.paths.postgres
    return [
        *unprivileged(USER, cluster),
        str(programs() / "postgres"),
        *("-D", str(cluster)),
        *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
    ]


def _buffers() -> int:
    """Megabytes: an eighth of the machine's memory, no less than 128, no more than 1,024."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(max(memory // 8 // 1024**2, 128), 1024)


def make_cluster(settings: Settings, secrets: Secrets) -> None:
    """Make the cluster with its owner role and database; nothing where it stands already.

    It is made beside its place and renamed at the end: what stands there is always whole.
    """
    cluster = settings.paths.postgres
    if not cluster.exists():
        _make(cluster, secrets)
    if not (cluster / _TAUGHT).exists():
        _let_indexes_search(cluster)


def _make(cluster: Path, secrets: Secrets) -> None:
    draft = cluster.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.parent.mkdir(parents=True, exist_ok=True)
    hand_over(draft, USER)
    as_user = unprivileged(USER, draft)
    locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
    auth = ["--auth-local=peer", "--auth-host=scram-sha-256"]
    _run([*as_user, str(programs() / "initdb"), "--no-sync", *locale, *auth, "-D", str(draft)])
    _alone(draft, "postgres", _first_statements(secrets))
    draft.replace(cluster)


def _let_indexes_search(cluster: Path) -> None:
    """Only a superuser can, and of those the cluster has none that may connect."""
    _alone(cluster, DATABASE, "".join(f"{each};\n" for each in _marks()))
    (cluster / _TAUGHT).touch()


def _marks() -> list[str]:
    return [f"ALTER FUNCTION {function} LEAKPROOF" for function in ANSWERED_BY_INDEX]


def _alone(cluster: Path, database: str, statements: str) -> None:
    """Before it serves anybody."""
    single = [str(programs() / "postgres"), "--single", "-D", str(cluster), database]
    _run([*unprivileged(USER, cluster), *single], statements)


def _first_statements(secrets: Secrets) -> str:
    owner, database = sql.Identifier(OWNER_ROLE), sql.Identifier(DATABASE)
    statements = (
        sql.SQL("CREATE ROLE {} LOGIN CREATEROLE PASSWORD {}").format(
            owner, sql.Literal(secrets.database_owner_password)
        ),
        sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner),
    )
    return "".join(f"{statement.as_string()}\n" for statement in statements)


def _run(command: list[str], given: str = "") -> None:
    done = subprocess.run(
        command,
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    if done.returncode != 0:
        raise SettingsError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def prepare_roles(settings: Settings, secrets: Secrets) -> None:
    """As the owner: the application's roles, what they may do, and the trigram extension.

    Rights are given as defaults for tables to come, so that a migration can take some away.
    """
    app, owner_schema = sql.Identifier(APP_ROLE), sql.Identifier("public")
    reader = sql.Identifier(READER_ROLE)
    password = sql.Literal(secrets.database_app_password)
    with psycopg.connect(_dsn(settings, secrets), connect_timeout=5) as connection:
        for statement in (
            _role(connection, APP_ROLE, sql.SQL("LOGIN PASSWORD {}").format(password)),
            _role(connection, READER_ROLE, sql.SQL("NOLOGIN")),
            sql.SQL("GRANT {} TO {}").format(reader, app),
            sql.SQL("CREATE EXTENSION IF NOT EXISTS pg_trgm"),
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(owner_schema, app),
            sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(owner_schema, reader),
            sql.SQL(
                "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}"
            ).format(app),
            sql.SQL("ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO {}").format(app),
        ):
            connection.execute(statement)
        _refuse_mighty(connection)
        _tell_of_slow_search(connection)


def _role(
    connection: "psycopg.Connection[tuple[Any, ...]]", name: str, kind: sql.Composable
) -> sql.Composed:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = sql.SQL("ALTER ROLE {} {}" if known else "CREATE ROLE {} {}")
    return verb.format(sql.Identifier(name), kind)


def _tell_of_slow_search(connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
    query = "SELECT proleakproof FROM pg_proc WHERE oid = %s::regprocedure"
    known = [connection.execute(query, [each]).fetchone() for each in ANSWERED_BY_INDEX]
    if not all(row and row[0] for row in known):
        log.warning("postgres.search_without_index", run="; ".join(_marks()))


def _refuse_mighty(connection: "psycopg.Connection[tuple[bool, bool]]") -> None:
    """In a database that others manage, the role may stand already: with rights that undo RLS."""
    for role in (APP_ROLE, READER_ROLE):
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = %s", [role]
        ).fetchone()
        if row and any(row):
            raise SettingsError(
                f"The role {role} may bypass row-level security;"
                f" run: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"
            )


def _dsn(settings: Settings, secrets: Secrets) -> str:
    return owner_url(settings, secrets).replace("postgresql+psycopg", "postgresql", 1)

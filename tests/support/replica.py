"""A streaming replica of the tests' cluster: made in a folder of its own, in seconds."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, make_url, text

from callcenter.core.addresses import owner_url
from callcenter.processes.services import postgres
from callcenter.processes.services.programs import hand_over, unprivileged
from tests.support.databases import DataServices
from tests.support.ports import free_port
from tests.support.waiting import wait_until


@dataclass
class Standby:
    """port: where it listens. Its replaying can be held up, and itself frozen."""

    port: int
    pid: int
    superuser: str

    def url(self, primary: str) -> str:
        """The same database and role there."""
        there = make_url(primary).set(port=self.port)
        return there.render_as_string(hide_password=False)

    def catch_up(self, primary: Engine) -> None:
        """Waits until all that is written by now is there."""
        with primary.connect() as connection:
            written = connection.execute(text("SELECT pg_current_wal_insert_lsn()")).scalar_one()
        reached = f"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn"
        wait_until(lambda: self._run(reached), 30, "the replica follows")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """In here none of its processes runs, and its connections stand."""
        pids = [self.pid, *_children(self.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """In here it does not follow."""
        self._run("SELECT pg_wal_replay_pause()")
        paused = "SELECT pg_get_wal_replay_pause_state() = 'paused'"
        wait_until(lambda: self._run(paused), 10, "replaying is held up")
        try:
            yield
        finally:
            self._run("SELECT pg_wal_replay_resume()")

    def _run(self, statement: str) -> Any:
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
        return row and row[0]


def _children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in told.split()]


@contextmanager
def a_standby(services: DataServices) -> Iterator[Standby]:
    owner = make_url(owner_url(services.settings, services.secrets)).set(drivername="postgresql")
    source = owner.set(database="postgres").render_as_string(hide_password=False)
    programs = postgres.programs()
    with tempfile.TemporaryDirectory(prefix="cc-rep-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        hand_over(folder, postgres.USER)
        as_user = unprivileged(postgres.USER, folder)
        data = folder / "data"
        subprocess.run(
            [*as_user, str(programs / "pg_basebackup"), "-D", str(data), "-R", "-X", "stream",
             "--checkpoint=fast", "--no-sync", "--no-manifest", "-d", source],
            check=True, capture_output=True, cwd="/",
        )  # fmt: skip
        # Whoever is on this machine may hold up its replaying.
        rights = data / "pg_hba.conf"
        rights.write_text(f"host all {postgres.USER} 127.0.0.1/32 trust\n{rights.read_text()}")
        port = free_port()
        options = {
            "port": str(port), "listen_addresses": "127.0.0.1", "max_connections": "200",
            "unix_socket_directories": str(folder), "shared_buffers": "16MB", "fsync": "off",
            "wal_receiver_status_interval": "1s", "hot_standby": "on",
        }  # fmt: skip
        words = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with (folder / "log").open("wb") as log:
            serving = subprocess.Popen(
                [*as_user, str(programs / "postgres"), "-D", str(data), *words],
                stdout=log, stderr=log, cwd="/",
            )  # fmt: skip
        try:
            there = owner.set(port=port).render_as_string(hide_password=False)
            wait_until(lambda: _answers(there, serving), 30, "the replica answers")
            pid = int((data / "postmaster.pid").read_text().split()[0])
            yield Standby(port, pid, f"postgresql://{postgres.USER}@127.0.0.1:{port}/postgres")
        finally:
            serving.send_signal(signal.SIGINT)
            serving.wait()


def _answers(url: str, serving: Any) -> bool:
    assert serving.poll() is None, "the replica has ended"
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False

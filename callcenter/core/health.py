"""Is the product there? `/healthz` (this process), `/readyz` (every component), `/metrics`.

A check is a function that returns when its component answered and raises otherwise. All run at
once, each with a deadline of one second; one that still hangs from the last time is not started
again, so that asking often does not pile up threads.
"""

import http.client
import json
import socket
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import redis
from flask import Blueprint, Response, jsonify

from callcenter.core import metrics
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.clock import Clock
from callcenter.core.http import public
from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings, Web
from callcenter.core.tls import towards_ourselves

DEADLINE = 1.0
FRESH = timedelta(seconds=3)
"""A status that a process wrote into Redis says something for so long."""

FEW_FILES = 4096
"""Below this many file descriptors a few hundred calls stop the process."""

Facts = Mapping[str, int]
Check = Callable[[], Facts | None]
"""What it returns is told beside `ok`."""


class Unhealthy(Exception):
    """What a component lacks, in a few words."""


@dataclass(frozen=True)
class Finding:
    ok: bool
    milliseconds: float
    error: str = ""
    facts: Facts | None = None

    def dump(self) -> dict[str, Any]:
        found: dict[str, Any] = {"ok": self.ok, "milliseconds": round(self.milliseconds, 1)}
        found |= self.facts or {}
        return found if self.ok else {**found, "error": self.error}


class Examiner:
    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = dict(checks)
        self._running: dict[str, Future[Finding]] = {}
        self._pool = ThreadPoolExecutor(len(self._checks), thread_name_prefix="health")

    def examine(self) -> dict[str, Finding]:
        until = time.monotonic() + DEADLINE
        asked = {name: self._ask(name) for name in self._checks}
        return {name: _answer(future, until) for name, future in asked.items()}

    def _ask(self, name: str) -> "Future[Finding]":
        running = self._running.get(name)
        if running is None or running.done():
            running = self._running[name] = self._pool.submit(_run, self._checks[name])
        return running


def _run(check: Check) -> Finding:
    started = time.monotonic()
    error, facts = "", None
    try:
        facts = check()
    except Exception as problem:  # noqa: BLE001 - whatever it is, the component is not well
        error = str(problem).strip() or type(problem).__name__
    return Finding(not error, (time.monotonic() - started) * 1000, error, facts)


def _answer(future: "Future[Finding]", until: float) -> Finding:
    try:
        return future.result(max(0.0, until - time.monotonic()))
    except TimeoutError:
        return Finding(False, DEADLINE * 1000, f"no answer within {DEADLINE:.0f} s")


def blueprint(checks: Mapping[str, Check]) -> Blueprint:
    """Registered by `web` at the root of its application."""
    pages = Blueprint("health", __name__)
    examiner = Examiner(checks)

    @pages.get("/healthz")
    @public
    def healthz() -> Response:
        return jsonify(ok=True)

    @pages.get("/readyz")
    @public
    def readyz() -> tuple[Response, int]:
        found = examiner.examine()
        ready = all(finding.ok for finding in found.values())
        components = {name: finding.dump() for name, finding in found.items()}
        return jsonify(ready=ready, components=components), 200 if ready else 503

    @pages.get("/metrics")
    @public
    def told() -> Response:
        text, content_type = metrics.exposition()
        return Response(text, content_type=content_type)

    return pages


def standard_checks(settings: Settings, secrets: Secrets, clock: Clock) -> dict[str, Check]:
    """Every component of the product, by name."""
    statuses = Statuses(redis_url(settings, secrets), clock)
    sockets = settings.paths.sockets
    return {
        "postgres": lambda: _postgres(app_url(settings, secrets)),
        "redis": statuses.ping,
        "asterisk": lambda: statuses.check("telephony", "ami"),
        "telephony": lambda: statuses.check("telephony", "ready"),
        "worker": lambda: statuses.check("worker"),
        "worker-long": lambda: statuses.check("worker-long"),
        "messenger": lambda: statuses.check("messenger"),
        "tasks": lambda: statuses.check("tasks"),
        "cron": lambda: statuses.check("cron"),
        "facts": lambda: statuses.check("facts", "delivered"),
        "realtime": lambda: _realtime(sockets / "realtime.sock"),
        "nginx": lambda: _nginx(settings.web),
        "files": lambda: _files(settings.paths.run, ("asterisk", "telephony")),
    }


class Statuses:
    """What processes say of themselves in Redis: `status:<name>`, JSON with `at` and `pid`.

    Who has ended is not there, however fresh the last words: with them alone a process that died and
    comes back behind would be called ready until they are old.
    """

    def __init__(self, url: str, clock: Clock) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=DEADLINE, socket_connect_timeout=DEADLINE
        )
        self._clock = clock

    def ping(self) -> None:
        self._redis.ping()

    def check(self, name: str, *needs: str) -> None:
        raw = self._redis.get(f"status:{name}")
        if not isinstance(raw, bytes):
            raise Unhealthy("not started yet")
        status = json.loads(raw)
        age = self._clock.now() - datetime.fromisoformat(status["at"])
        if age > FRESH:
            raise Unhealthy(f"silent for {age.total_seconds():.0f} s")
        if not _lives(status["pid"]):
            raise Unhealthy("has ended")
        for need in needs:
            if not status.get(need):
                raise Unhealthy(f"{name} says: {need} is {status.get(need)!r}")


def _lives(pid: int) -> bool:
    """A zombie does not: its keeper has not heard of its end yet."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}


def _postgres(url: str) -> None:
    dsn = url.replace("postgresql+psycopg", "postgresql", 1)
    with psycopg.connect(dsn, connect_timeout=2) as connection:
        connection.execute("SELECT 1")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=DEADLINE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _nginx(web: Web) -> None:
    address = web.url.rsplit("/", 1)[1]
    if web.tls:
        context = towards_ourselves()
        _answers(http.client.HTTPSConnection(address, timeout=DEADLINE, context=context))
    else:
        _answers(http.client.HTTPConnection(address, timeout=DEADLINE))


def _realtime(path: Path) -> None:
    _answers(_UnixConnection(path))


def _answers(connection: http.client.HTTPConnection) -> None:
    """Any answer will do, as long as it is not a failure of the server's."""
    try:
        connection.request("GET", "/alive")
        status = connection.getresponse().status
    finally:
        connection.close()
    if status >= 500:
        raise Unhealthy(f"answered {status}")


def _files(run: Path, names: tuple[str, ...]) -> Facts:
    """How many files each process may open; Asterisk needs five for a call."""
    limits_of: dict[str, int] = {}
    for name in names:
        limits = Path("/proc", (run / f"{name}.pid").read_text().strip(), "limits").read_text()
        line = next(line for line in limits.splitlines() if line.startswith("Max open files"))
        soft = line.split()[3]
        limits_of[name] = sys.maxsize if soft == "unlimited" else int(soft)
        if limits_of[name] < FEW_FILES:
            raise Unhealthy(f"{name} may open only {soft} files; raise the limit (ulimit -n)")
    return limits_of

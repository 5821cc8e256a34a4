"""Carries out scheduled tasks: a few processes, one run each at a time, watched by their parent.

A run that has had its time is told so by an alarm, and its process begins anew; one that does not
heed it is killed. Nothing else waits for either (ADR 46).
"""

import os
import signal
import threading
import time
from datetime import timedelta
from functools import partial
from typing import Any

import redis
import structlog
from sqlalchemy.exc import OperationalError

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.automation.events import QUEUE
from callcenter.automation.tasks import Claimed, Runner, TimeIsUp, Watch
from callcenter.core import logging
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue
from callcenter.core.sealed import Seal
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import Settings, load_settings
from callcenter.people.service import find_actor
from callcenter.processes.automation import tools
from callcenter.processes.copies import Copy
from callcenter.processes.listening import attend
from callcenter.processes.means import means
from callcenter.processes.parent import die_with_parent
from callcenter.processes.status import Status

RUNNERS = 4
OF_AN_ENTERPRISE = RUNNERS - 1
"""Runs of one enterprise at once: there is always one runner for the others."""

GRACE = timedelta(seconds=2)
"""Between the alarm and the end of a run that does not heed it."""

WATCHED_EVERY = 0.5
SHORTEST_LIFE = 1.0
log = structlog.get_logger()


class Parent:
    """Keeps its runners alive, and ends those that do not heed their time."""

    def __init__(self, settings: Settings, database: Database, watch: Watch) -> None:
        self._node = settings.telephony.node
        self._settings = settings
        self._database = database
        self._watch = watch
        self._copies: list[tuple[Copy, float]] = []
        self._begins_at = 0.0

    def begin(self) -> None:
        """What was under way here when we were killed is over."""
        self._watch.bury(f"{self._node}:", "task.runner_died")

    def keep(self) -> None:
        living = []
        for copy, since in self._copies:
            if copy.poll() is None:
                living.append((copy, since))
                continue
            self._watch.bury(_name(self._node, copy.pid), "task.runner_died")
            if time.monotonic() - since < SHORTEST_LIFE:
                # One that cannot live is not begun anew without a breath; the others are watched.
                self._begins_at = time.monotonic() + SHORTEST_LIFE
        self._copies = living
        while len(self._copies) < RUNNERS and time.monotonic() >= self._begins_at:
            # A connection is not to be shared with the copy.
            self._database.dispose()
            program = partial(_run, self._settings)
            made = Copy(program, begin=partial(die_with_parent, signal.SIGKILL))
            self._copies.append((made, time.monotonic()))

    def end_overdue(self) -> None:
        for runner in self._watch.overdue(GRACE):
            for copy, _ in self._copies:
                if _name(self._node, copy.pid) == runner:
                    copy.kill()
                    copy.wait()
            if runner.startswith(f"{self._node}:"):
                log.warning("task.killed", runner=runner)
                self._watch.bury(runner, "task.runner_died")


def _name(node: str, pid: int) -> str:
    return f"{node}:{pid}"


def main() -> None:
    settings = load_settings(os.environ)
    logging.configure(settings.log.level)
    secrets = load_secrets(settings.paths.home)
    clock = SystemClock()
    database = Database(app_url(settings, secrets), pool_size=1, max_overflow=0)
    connection = redis.Redis.from_url(
        redis_url(settings, secrets), socket_timeout=2, socket_connect_timeout=2
    )
    status = Status(connection, "tasks", clock)
    parent = Parent(settings, database, Watch(database, clock))
    begun, pause = False, threading.Event()
    while True:
        try:
            if not begun:
                parent.begin()
                begun = True
            parent.keep()
            parent.end_overdue()
            status.tell()
        except (OperationalError, redis.RedisError) as error:
            log.warning("tasks wait", error=str(error))
        pause.wait(WATCHED_EVERY)


def _run(settings: Settings) -> None:
    """A runner's life; it ends with a run that had to be broken off."""
    signal.signal(signal.SIGALRM, _time_is_up)
    secrets = load_secrets(settings.paths.home)
    clock = SystemClock()
    url = app_url(settings, secrets)
    database = Database(url, pool_size=2, max_overflow=0)
    connection = redis.Redis.from_url(redis_url(settings, secrets), socket_timeout=5)
    jobs = JobQueue(connection, clock)
    runner = Runner(
        database, tools(settings, means(clock, jobs), jobs, Seal(secrets.sealing_key)), find_actor, clock,
        name=_name(settings.telephony.node, os.getpid()), most=OF_AN_ENTERPRISE,
    )  # fmt: skip

    def look() -> None:
        while claimed := runner.claim():
            _carry_out(runner, claimed)

    attend(url, QUEUE, look)


def _carry_out(runner: Runner, claimed: Claimed) -> None:
    signal.setitimer(signal.ITIMER_REAL, claimed.seconds)
    try:
        runner.carry_out(claimed)
    except TimeIsUp:
        # What it held may be in any state; the next one begins with nothing.
        raise SystemExit(0) from None
    except Exception:
        # Its parent buries just this run; a runner that went on would be killed for it later.
        log.exception("task.lost", task=str(claimed.task_id), run=str(claimed.run_id))
        raise SystemExit(1) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _time_is_up(_number: int, _frame: Any) -> None:
    raise TimeIsUp


if __name__ == "__main__":
    main()

"""Loops of programs that PostgreSQL tells of work, and that outlive it: cron, messenger, runners of tasks."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from typing import Any, NoReturn

import psycopg
import structlog
from sqlalchemy.exc import OperationalError

WAIT = 1.0
"""Seconds between two looks without a notification, and between two tries."""

log = structlog.get_logger()


Beside = Callable[[], Sequence[Any]]
"""Lines and files of one's own, as `multiprocessing.connection.wait` takes them."""


def attend(
    url: str,
    channel: str,
    look: Callable[[], object],
    *faults: type[Exception],
    beside: Beside = tuple,
    heard: Callable[[], object] = tuple,
) -> NoReturn:
    """Look when PostgreSQL is there (again), when it tells of something, and once a WAIT.

    faults: what else than the database may be gone for a while. beside: what it waits for as well. heard:
    called when PostgreSQL has told of something.
    """
    gone: tuple[type[Exception], ...] = (psycopg.OperationalError, OperationalError, *faults)
    pause = threading.Event()
    while True:
        try:
            _listen(url, channel, look, beside, heard)
        except gone as error:
            log.warning("work waits", channel=channel, error=str(error))
            # Nobody tells when it is back.
            pause.wait(WAIT)


def _listen(
    url: str,
    channel: str,
    look: Callable[[], object],
    beside: Beside,
    heard: Callable[[], object],
) -> NoReturn:
    dsn = url.replace("postgresql+psycopg", "postgresql", 1)
    with psycopg.connect(dsn, autocommit=True, connect_timeout=2) as listener:
        listener.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
        while True:
            look()
            if others := beside():
                wait([listener.fileno(), *others], WAIT)
            for _ in listener.notifies(timeout=0 if others else WAIT, stop_after=1):
                heard()


class Every:
    """Asked again and again, it says yes once in so many seconds."""

    def __init__(self, seconds: float, *, at_once: bool = False) -> None:
        self._seconds = seconds
        self._since = -math.inf if at_once else time.monotonic()

    def is_due(self) -> bool:
        now = time.monotonic()
        if now - self._since <= self._seconds:
            return False
        self._since = now
        return True

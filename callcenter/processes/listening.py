"""Loops of programs that PostgreSQL tells of work, and that outlive it: cron, messenger, runners of tasks."""

import math
import threading
import time
from collections.abc import Callable
from typing import NoReturn

import psycopg
import structlog
from sqlalchemy.exc import OperationalError

WAIT = 1.0
"""Seconds between two looks without a notification, and between two tries."""

log = structlog.get_logger()


def attend(
    url: str, channel: str, look: Callable[[], object], *faults: type[Exception]
) -> NoReturn:
    """Look when PostgreSQL is there (again), when it tells of something, and once a WAIT.

    faults: what else than the database may be gone for a while.
    """
    gone: tuple[type[Exception], ...] = (psycopg.OperationalError, OperationalError, *faults)
    pause = threading.Event()
    while True:
        try:
            _listen(url, channel, look)
        except gone as error:
            log.warning("work waits", channel=channel, error=str(error))
            # Nobody tells when it is back.
            pause.wait(WAIT)


def _listen(url: str, channel: str, look: Callable[[], object]) -> NoReturn:
    dsn = url.replace("postgresql+psycopg", "postgresql", 1)
    with psycopg.connect(dsn, autocommit=True, connect_timeout=2) as listener:
        listener.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
        while True:
            look()
            for _ in listener.notifies(timeout=WAIT, stop_after=1):
                pass


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

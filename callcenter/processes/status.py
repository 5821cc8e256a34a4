"""What a process says of itself for `/readyz`: `status:<name>` in Redis, JSON with `at` and `pid`."""

import json
import os
import threading

import redis
import structlog

from callcenter.core.clock import Clock

EVERY = 1.0
KEPT = 10
"""Seconds: a process that is gone leaves no status."""

log = structlog.get_logger()


def spoken(clock: Clock, **fields: object) -> str:
    """What this process says now, as JSON."""
    return json.dumps({**fields, "at": clock.now().isoformat(), "pid": os.getpid()})


class Status:
    def __init__(self, connection: redis.Redis, name: str, clock: Clock) -> None:
        self._redis = connection
        self._key = f"status:{name}"
        self._clock = clock

    def tell(self, **fields: object) -> None:
        self._redis.set(self._key, spoken(self._clock, **fields), ex=KEPT)

    def keep_telling(self) -> None:
        """From a thread of its own, for a process whose main loop belongs to a library."""
        threading.Thread(target=self._loop, daemon=True, name="status").start()

    def _loop(self) -> None:
        pause = threading.Event()
        while True:
            try:
                self.tell()
            except redis.RedisError as error:
                log.warning("status not told", error=str(error))
            pause.wait(EVERY)

"""Sends messages: several at once, of a channel no more than a few, so that none waits for another.

It outlives both data services, and dies at any moment without sending anything twice (ADR 45). Asked
to end, it begins nothing more, puts back what it has not begun, and waits for what is truly under
way, as long as whoever ends it lets it.
"""

import os
import signal
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

import redis
import structlog
from sqlalchemy.exc import SQLAlchemyError

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.core import logging
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.sealed import Seal
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.messaging.events import QUEUE
from callcenter.messaging.load import Load
from callcenter.messaging.tasks import Claimed, Courier
from callcenter.processes.listening import Every, attend
from callcenter.processes.messages import courier
from callcenter.processes.status import Status

AT_ONCE = 16
OF_A_CHANNEL = 4
OF_AN_ENTERPRISE = 8
"""Messages that are sent at once, of one channel, and of one enterprise with all its channels."""

CONNECTIONS = 8
GLANCE = 0.1
"""Seconds between two looks for more while some are under way."""

RECOVERED_EVERY = 5.0
log = structlog.get_logger()


class Dispatcher:
    def __init__(self, courier: Courier) -> None:
        self._courier = courier
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sending")
        self._under_way: dict[Future[None], Claimed] = {}

    def fill(self) -> bool:
        """Give out what waits; whether there may be more that could be sent now."""
        for each in [one for one in self._under_way if one.done()]:
            _look(each, self._under_way.pop(each))
        free = AT_ONCE - len(self._under_way)
        if not free:
            return False
        load = Load(OF_A_CHANNEL, OF_AN_ENTERPRISE)
        for one in self._under_way.values():
            load.take(one.enterprise_id, one.channel_id)
        claimed = self._courier.claim(free, load)
        for one in claimed:
            self._under_way[self._pool.submit(self._courier.deliver, one)] = one
        return bool(claimed)

    def rest(self) -> bool:
        """Until one has been sent, for a moment; False where none is under way."""
        if not self._under_way:
            return False
        wait(self._under_way, timeout=GLANCE, return_when=FIRST_COMPLETED)
        return True


def _look(sending: Future[None], claimed: Claimed) -> None:
    """How it ended could not be written down; its lease tells."""
    if (failure := sending.exception()) is not None:
        log.error("message.lost", message=str(claimed.id), exc_info=failure)


def _end(sending: Courier, _number: int, _frame: Any) -> None:
    """The pool's threads are waited for as the interpreter ends."""
    sending.stop()
    raise SystemExit(0)


def main() -> None:
    settings = load_settings(os.environ)
    logging.configure(settings.log.level)
    secrets = load_secrets(settings.paths.home)
    url = app_url(settings, secrets)
    connection = redis.Redis.from_url(
        redis_url(settings, secrets), socket_timeout=2, socket_connect_timeout=2
    )
    clock = SystemClock()
    database = Database(url, pool_size=2, max_overflow=CONNECTIONS)
    sending = courier(database, Seal(secrets.sealing_key), clock, settings.paths.transfers)
    signal.signal(signal.SIGTERM, partial(_end, sending))
    dispatcher = Dispatcher(sending)
    # From a thread of its own: messages need no Redis.
    Status(connection, "messenger", clock).keep_telling()
    recovering = Every(RECOVERED_EVERY, at_once=True)

    def look() -> None:
        while True:
            if recovering.is_due() and (lost := sending.recover()):
                log.warning("messages.recovered", count=lost)
            if not (dispatcher.fill() or dispatcher.rest()):
                return

    attend(url, QUEUE, look, SQLAlchemyError)


if __name__ == "__main__":
    main()

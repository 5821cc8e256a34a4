"""`python -m callcenter.processes.telephony`: serves one Asterisk node until it is told to stop."""

import asyncio
import gc
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import phonenumbers.geocoder  # noqa: F401 - else the first call waits until it is loaded
import structlog
import uvloop
from redis.exceptions import RedisError

from callcenter.core import logging
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.processes.telephony.node import Node

log = structlog.get_logger()

BEAT_SECONDS = 0.5
STATUS_KEPT = 10


async def _beat(node: Node, file: Path) -> None:
    """Prove that the loop turns: the supervisor kills a process whose file grows old."""
    await asyncio.to_thread(file.touch)
    while True:
        os.utime(file)
        node.beat()
        await asyncio.sleep(BEAT_SECONDS)


async def _tell_status(node: Node) -> None:
    while True:
        with suppress(RedisError, OSError):
            await node.redis.set("status:telephony", node.status(), ex=STATUS_KEPT)
        await asyncio.sleep(BEAT_SECONDS)


async def _serve() -> None:
    settings = load_settings(os.environ)
    logging.configure(settings.log.level)
    node = Node(settings, load_secrets(settings.paths.home))
    # What stands now stands for ever: searching it for garbage again and again would hold up calls.
    gc.freeze()
    file = settings.paths.run / "telephony.beat"
    tasks = [
        asyncio.create_task(node.run()),
        asyncio.create_task(_beat(node, file)),
        asyncio.create_task(_tell_status(node)),
    ]
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in tasks if task.done() and task.exception()]
    await node.stop()
    for task in tasks:
        task.cancel()
    for task in failed:
        log.error("telephony.failed", exc_info=task.exception())
    if failed:
        sys.exit(1)


def main() -> None:
    # A thread at work on the ledger must not hold up the loop for the default 5 ms.
    sys.setswitchinterval(0.001)
    uvloop.run(_serve())


if __name__ == "__main__":
    main()

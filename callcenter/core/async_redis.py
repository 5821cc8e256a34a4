"""The asynchronous Redis client, with one mend: a cancelled task ends.

redis-py sends under `asyncio.wait_for`, which in Python 3.11 returns a result that is just there
and forgets that the task was cancelled (python/cpython#86296). A loop that writes would go on for
ever, and so would everything that waits for its end.
"""

import asyncio
from collections.abc import Iterable

from redis.asyncio import Connection, ConnectionPool, Redis


class _Connection(Connection):
    async def send_packed_command(
        self, command: bytes | str | Iterable[bytes], check_health: bool = True
    ) -> None:
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        await super().send_packed_command(command, check_health)
        if task and task.cancelling() > before:
            # Its answer will not be read: the next command must not find it.
            await self.disconnect(nowait=True)
            raise asyncio.CancelledError


def async_redis(url: str, *, timeout: float, connect_timeout: float) -> Redis:
    """Texts, not bytes. Seconds; `timeout` must be longer than a blocking command blocks."""
    pool = ConnectionPool.from_url(
        url, connection_class=_Connection, decode_responses=True,
        socket_timeout=timeout, socket_connect_timeout=connect_timeout,
    )  # fmt: skip
    return Redis.from_pool(pool)

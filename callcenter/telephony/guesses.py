"""Entries at a PIN, counted for a caller's number, whatever calls they are made in."""

from typing import Any

from redis.asyncio import Redis

from callcenter.telephony.live import LiveCall

_COUNT = """
local count = redis.call('INCR', KEYS[1])
if count <= tonumber(ARGV[1]) then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return count
"""
"""Whoever goes on entering while the number is locked does not make it longer."""


class Guesses:
    """Raises RedisError where nothing can be counted: then nothing may be let through either."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def count(self, call: LiveCall, most: int, lock_seconds: int) -> int:
        """This entry among those that were not right, before it is looked at; above `most`: locked.

        Calls side by side of one number so have one number of attempts together. The lock ends
        `lock_seconds` after the last entry that was not refused.
        """
        counting: Any = self._redis.eval(_COUNT, 1, _key(call), str(most), str(lock_seconds))
        return int(await counting)

    async def give_back(self, call: LiveCall) -> None:
        """Nobody could say whether it was right."""
        await self._redis.decr(_key(call))

    async def forget(self, call: LiveCall) -> None:
        """It was right."""
        await self._redis.delete(_key(call))


def _key(call: LiveCall) -> str:
    return f"ivr:wrong:{call.enterprise_id}:{call.customer}"

"""Entries at a PIN, counted for a caller's number and what is guessed, whatever calls they are made in."""

from typing import Any

from redis.asyncio import Redis

from callcenter.telephony.live import LiveCall

_COUNT = """
local count, lock = redis.call('INCR', KEYS[1]), tonumber(ARGV[2])
if count <= tonumber(ARGV[1]) and redis.call('TTL', KEYS[1]) < lock then
  redis.call('EXPIRE', KEYS[1], lock)
end
return count
"""
"""Whoever goes on entering while the number is locked does not make it longer, nor shorter elsewhere."""

_GIVE_BACK = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end
"""
"""What has run out, or was right in another call, is not counted below nothing."""

_TOGETHER = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""
"""A window from the first entry on: all who show no number are not locked out by each other for ever."""

CROWD = 10
"""Callers who show no number have so many times the attempts of one caller, together, in a window."""


class Guesses:
    """Raises RedisError where nothing can be counted: then nothing may be let through either.

    secret: what is guessed, within the enterprise; who knows one says nothing of another.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def count(self, call: LiveCall, secret: str, most: int, lock_seconds: int) -> int:
        """This entry among those that were not right, before it is looked at; above `most`: locked.

        Calls side by side of one number so have one number of attempts together. The lock ends
        `lock_seconds` after the last entry that was not refused. Who shows no number has them for
        the call; calling again would give new ones, so all who show none on the number called are
        counted together as well, within `lock_seconds` from the first of them.
        """
        key = _key(call, secret)
        counting: Any = self._redis.eval(_COUNT, 1, key, str(most), str(lock_seconds))
        count = int(await counting)
        if call.customer.value or count > most:
            return count
        together: Any = self._redis.eval(_TOGETHER, 1, _crowd(call, secret), str(lock_seconds))
        return count if int(await together) <= most * CROWD else most + 1

    async def give_back(self, call: LiveCall, secret: str) -> None:
        """Nobody could say whether it was right."""
        giving: Any = self._redis.eval(_GIVE_BACK, 1, _key(call, secret))
        await giving
        await self._forgive(call, secret)

    async def forget(self, call: LiveCall, secret: str) -> None:
        """It was right."""
        await self._redis.delete(_key(call, secret))
        await self._forgive(call, secret)

    async def _forgive(self, call: LiveCall, secret: str) -> None:
        """The entry of a caller who shows no number was none that counts for all of them."""
        if not call.customer.value:
            giving: Any = self._redis.eval(_GIVE_BACK, 1, _crowd(call, secret))
            await giving


def _key(call: LiveCall, secret: str) -> str:
    # Who shows no number is nobody else who shows none.
    who = str(call.customer) if call.customer.value else f"call:{call.id}"
    return f"ivr:wrong:{call.enterprise_id}:{secret}:{who}"


def _crowd(call: LiveCall, secret: str) -> str:
    return f"ivr:wrong:{call.enterprise_id}:{secret}:withheld:{call.access_number}"

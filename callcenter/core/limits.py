"""How often something may be done: counted in Redis, so that all processes count together.

No more than `most` in any span of `seconds`: moments are kept, not numbers by the clock's minute, at
whose border twice as much would pass.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import ceil
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from callcenter.core.clock import Clock
from callcenter.core.errors import TooManyRequests, Unavailable
from callcenter.core.ids import new_id

MINUTE, DAY = 60, 86_400

_TAKE = """
local now, member = tonumber(ARGV[1]), ARGV[2]
local wait = 0
for i, key in ipairs(KEYS) do
  local most, span = tonumber(ARGV[i * 2 + 1]), tonumber(ARGV[i * 2 + 2])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - span)
  if redis.call('ZCARD', key) >= most then
    local place = redis.call('ZCARD', key) - most
    local freed = redis.call('ZRANGE', key, place, place, 'WITHSCORES')
    wait = math.max(wait, freed[2] + span - now)
  end
end
if wait > 0 then return tostring(wait) end
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, member)
  redis.call('EXPIRE', key, ARGV[i * 2 + 2])
end
return false
"""
"""All limits are looked at before one is counted: what is refused costs nothing."""


@dataclass(frozen=True, slots=True)
class Limit:
    """subject: what is counted, `key:<id>`. most: in any span of `seconds`."""

    subject: str
    most: int
    seconds: int


class Limiter:
    """redis: a client that decodes answers to text."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._take = redis.register_script(_TAKE)

    def take(self, *limits: Limit) -> str:
        """Count it once under each limit; returns what it was counted as.

        Raises TooManyRequests with the seconds to wait; Unavailable without Redis: what nobody
        counts is not let through.
        """
        member = str(new_id())
        asked: list[Any] = [self._clock.now().timestamp(), member]
        for limit in limits:
            asked += [limit.most, limit.seconds]
        try:
            wait: Any = self._take(keys=_names(limits), args=asked)
        except RedisError as error:
            raise Unavailable({"part": "redis"}) from error
        if wait is not None:
            raise TooManyRequests({"retry_after": max(1, ceil(float(wait)))})
        return member

    @contextmanager
    def taken(self, *limits: Limit) -> Iterator[None]:
        """As `take`, for an act that counts only when it succeeds."""
        member = self.take(*limits)
        try:
            yield
        except BaseException:
            with suppress(RedisError):
                for name in _names(limits):
                    self._redis.zrem(name, member)
            raise


def _names(limits: Sequence[Limit]) -> list[str]:
    return [f"limit:{limit.subject}" for limit in limits]

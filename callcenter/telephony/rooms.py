"""Rooms in Redis: what browsers see now (docs/events.md §3).

The whole state is kept here as well. With Redis away, changes only go into it; when Redis is back
everything is written anew under a new epoch, and every client asks for its snapshot.
"""

import asyncio
from collections.abc import Mapping
from itertools import islice
from typing import Any

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from callcenter.core.clock import Clock

log = structlog.get_logger()

OWN = ("agent:", "callers:", "wall:", "queues:", "ivr:", "platform")
"""What the names of telephony's rooms begin with; others write those of users."""

STREAM = "rooms"
SEQUENCE = "#seq"
_KEEP = 20_000
_BATCH = 500
GATHER_SECONDS = 0.015
GATHER_SECONDS_EACH = 0.001
BREATH_SECONDS = 0.002


def room_key(room: str) -> str:
    return f"room:{room}"


class RoomWriter:
    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._rooms: dict[str, dict[str, str]] = {}
        self._numbers: dict[str, int] = {}
        self._queue: dict[tuple[str, str], str | None] = {}
        self._wake = asyncio.Event()
        self._epoch = 0
        self.connected = False

    @property
    def backlog(self) -> int:
        return len(self._queue)

    def set(self, room: str, key: str, value: Mapping[str, Any] | None) -> None:
        state = self._rooms.setdefault(room, {})
        text = None if value is None else orjson.dumps(value).decode()
        if state.get(key) == text:
            return
        if text is None:
            state.pop(key, None)
        else:
            state[key] = text
        # Of what nobody has been told yet, only the last value of a key is worth telling.
        self._queue.pop((room, key), None)
        self._queue[room, key] = text
        self._wake.set()

    async def run(self) -> None:
        while True:
            try:
                if not self.connected:
                    await self._write_all()
                await self._wake.wait()
                self._wake.clear()
                # An agent is reserved and the call is put on the desk in one breath: they go together.
                await asyncio.sleep(BREATH_SECONDS)
                while self._queue:
                    batch = self._take_batch()
                    await self._write(batch)
                    # The first changes go at once; those that follow closely go together, and the
                    # more there are, the longer they are gathered.
                    await asyncio.sleep(min(GATHER_SECONDS, GATHER_SECONDS_EACH * len(batch)))
            except (RedisError, OSError) as error:
                if self.connected:
                    log.warning("rooms.no_redis", reason=repr(error))
                self.connected = False
                await asyncio.sleep(0.2)

    def _take_batch(self) -> dict[tuple[str, str], str | None]:
        taken = dict(islice(self._queue.items(), _BATCH))
        for place in taken:
            del self._queue[place]
        return taken

    async def _write(self, batch: dict[tuple[str, str], str | None]) -> None:
        states: dict[str, dict[Any, Any]] = {}
        async with self._redis.pipeline(transaction=True) as pipeline:
            for (room, key), text in batch.items():
                number = self._numbers[room] = self._numbers.get(room, 0) + 1
                sequence = f"{self._epoch}:{number}"
                state = states.setdefault(room, {})
                state[SEQUENCE] = sequence
                if text is None:
                    pipeline.hdel(room_key(room), key)
                else:
                    state[key] = text
                self._announce(pipeline, room, sequence, key, text)
            for room, state in states.items():
                pipeline.hset(room_key(room), mapping=state)
            await pipeline.execute()

    async def _write_all(self) -> None:
        """A new epoch: what stood in Redis is replaced by what is."""
        for room in await self._left_behind():
            self._rooms.setdefault(room, {})
        self._epoch = int(self._clock.now().timestamp() * 1000)
        self._numbers = {}
        self._queue = {}
        async with self._redis.pipeline(transaction=True) as pipeline:
            for room, state in self._rooms.items():
                sequence = f"{self._epoch}:0"
                pipeline.delete(room_key(room))
                pipeline.hset(room_key(room), mapping=_with_sequence(state, sequence))
                self._announce(pipeline, room, sequence, SEQUENCE, None)
            await pipeline.execute()
        self.connected = True

    async def _left_behind(self) -> list[str]:
        """Rooms of an earlier life that nothing has been told of in this one: they are empty now."""
        known = [
            key.removeprefix(room_key(""))
            for kind in OWN
            async for key in self._redis.scan_iter(f"{room_key(kind)}*")
        ]
        return [room for room in known if room not in self._rooms]

    def _announce(
        self, pipeline: Any, room: str, sequence: str, key: str, text: str | None
    ) -> None:
        fields = {"room": room, "seq": sequence, "key": key, "value": text or "null"}
        pipeline.xadd(STREAM, fields, maxlen=_KEEP, approximate=True)


def _with_sequence(state: Mapping[str, str], sequence: str) -> dict[Any, Any]:
    return {**state, SEQUENCE: sequence}

"""Rooms in a real Redis: snapshot plus messages is the later snapshot, also after an outage."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from callcenter.core.clock import ManualClock
from callcenter.telephony.rooms import SEQUENCE, STREAM, RoomWriter, room_key
from tests.fakes.switchboard import START
from tests.support.centre import until

pytestmark = pytest.mark.integration

ROOM = "agent:8001"


class Reader:
    """A browser's side: the snapshot, then every message of the room."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.last = "0-0"

    async def snapshot(self) -> tuple[str, dict[str, Any]]:
        state = await self.redis.hgetall(room_key(ROOM))
        sequence = state.pop(SEQUENCE, "")
        return sequence, {key: json.loads(value) for key, value in state.items()}

    async def messages(self) -> list[tuple[str, str, Any]]:
        entries = await self.redis.xrange(STREAM, min=f"({self.last}")
        self.last = entries[-1][0] if entries else self.last
        return [
            (fields["seq"], fields["key"], json.loads(fields["value"]))
            for _, fields in entries
            if fields["room"] == ROOM
        ]

    async def until(self, last: str) -> list[tuple[str, str, Any]]:
        """The messages up to the one that sets `last`."""
        found: list[tuple[str, str, Any]] = []
        async with asyncio.timeout(10):
            while not found or found[-1][1] != last:
                await self.redis.xread({STREAM: self.last}, block=1_000)
                found += await self.messages()
        return found

    async def has(self, expected: dict[str, Any]) -> str:
        async with asyncio.timeout(10):
            while True:
                sequence, state = await self.snapshot()
                if state == expected and sequence:
                    return sequence
                await asyncio.sleep(0.01)


@pytest.fixture
async def client(redis: Any, redis_url: str) -> AsyncIterator[Redis]:
    made = Redis.from_url(redis_url, decode_responses=True)
    yield made
    await made.aclose()


@pytest.fixture
async def reader(client: Redis) -> Reader:
    return Reader(client)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def rooms(redis: Any, redis_url: str, clock: ManualClock) -> AsyncIterator[RoomWriter]:
    own = Redis.from_url(redis_url, decode_responses=True, socket_timeout=1)
    writer = RoomWriter(own, clock)
    task = asyncio.create_task(writer.run())
    # What is set before stands in the snapshot alone, and is no message.
    await until(lambda: writer.connected, "the writer has begun")
    yield writer
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await own.aclose()


def numbers(messages: list[tuple[str, str, Any]]) -> list[int]:
    return [int(sequence.partition(":")[2]) for sequence, _, _ in messages]


async def test_what_is_set_is_in_the_snapshot(rooms, reader) -> None:
    rooms.set(ROOM, "agent", {"state": "ready"})
    rooms.set(ROOM, "phone", {"registered": True})
    await reader.has({"agent": {"state": "ready"}, "phone": {"registered": True}})


async def test_removing_a_key_removes_it(rooms, reader) -> None:
    rooms.set(ROOM, "call:1", {"id": "1"})
    rooms.set(ROOM, "agent", {"state": "ready"})
    rooms.set(ROOM, "call:1", None)
    await reader.has({"agent": {"state": "ready"}})


async def test_the_same_value_again_is_no_message(rooms, reader) -> None:
    for _ in range(3):
        rooms.set(ROOM, "agent", {"state": "ready"})
    rooms.set(ROOM, "end", {})
    await reader.has({"agent": {"state": "ready"}, "end": {}})
    changes = [m for m in await reader.messages() if m[1] != SEQUENCE]
    assert [key for _, key, _ in changes] == ["agent", "end"]


async def test_snapshot_and_messages_are_the_later_snapshot(rooms, reader) -> None:
    rooms.set(ROOM, "agent", {"state": "ready"})
    first = await reader.has({"agent": {"state": "ready"}})
    _, state = await reader.snapshot()
    await reader.messages()
    for number in range(700):  # more than one batch
        rooms.set(ROOM, f"key{number % 5}", {"n": number} if number % 3 else None)
    rooms.set(ROOM, "agent", {"state": "talking"})
    rooms.set(ROOM, "last", {"done": True})
    messages = await reader.until("last")
    start = int(first.partition(":")[2])
    assert numbers(messages) == list(range(start + 1, start + len(messages) + 1))
    for _, key, value in messages:
        if value is None:
            state.pop(key, None)
        else:
            state[key] = value
    assert (await reader.snapshot())[1] == state


async def test_every_message_is_of_the_writers_epoch(rooms, reader, clock) -> None:
    rooms.set(ROOM, "agent", {"state": "ready"})
    sequence = await reader.has({"agent": {"state": "ready"}})
    assert sequence.partition(":")[0] == str(int(clock.now().timestamp() * 1000))


async def test_after_redis_lost_everything_all_is_written_anew_under_a_new_epoch(
    rooms, reader, client, clock
) -> None:
    rooms.set(ROOM, "agent", {"state": "ready"})
    rooms.set(ROOM, "call:1", {"id": "1"})
    before = await reader.has({"agent": {"state": "ready"}, "call:1": {"id": "1"}})
    clock.advance(3)
    await client.client_kill_filter(skipme=True)
    await client.flushall()
    rooms.set(ROOM, "agent", {"state": "talking"})
    rooms.set(ROOM, "call:1", None)
    after = await reader.has({"agent": {"state": "talking"}})
    assert after.partition(":")[0] > before.partition(":")[0]


async def test_a_redis_that_is_frozen_for_a_while_has_the_last_state_afterwards(
    rooms, reader, client
) -> None:
    rooms.set(ROOM, "agent", {"n": 0})
    await reader.has({"agent": {"n": 0}})
    await client.execute_command("CLIENT", "PAUSE", "1500", "ALL")
    for number in range(1, 50):
        rooms.set(ROOM, "agent", {"n": number})
    await reader.has({"agent": {"n": 49}})


async def test_what_stood_there_of_an_earlier_life_is_replaced(redis, redis_url, clock) -> None:
    own = Redis.from_url(redis_url, decode_responses=True)
    await own.hset(room_key(ROOM), mapping={"call:old": "{}", SEQUENCE: "1:9"})
    writer = RoomWriter(own, clock)
    writer.set(ROOM, "agent", {"state": "ready"})
    task = asyncio.create_task(writer.run())
    await Reader(own).has({"agent": {"state": "ready"}})
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await own.aclose()


async def test_a_room_that_this_life_has_said_nothing_of_is_emptied_and_told(
    client: Redis, reader: Reader, clock: ManualClock
) -> None:
    killed, others = "ivr:e1:s1", "user:8001"
    for room in (killed, others):
        await client.hset(room_key(room), mapping={"call:1": "{}", SEQUENCE: "1:7"})
    writer = RoomWriter(client, clock)
    writer.set(ROOM, "agent", {"state": "ready"})
    task = asyncio.create_task(writer.run())
    await reader.has({"agent": {"state": "ready"}})
    assert list(await client.hgetall(room_key(killed))) == [SEQUENCE]
    told = [fields for _, fields in await client.xrange(STREAM) if fields["room"] == killed]
    assert [fields["key"] for fields in told] == [SEQUENCE]
    assert await client.hget(room_key(others), "call:1") == "{}"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_without_redis_setting_never_waits(clock) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)
    writer = RoomWriter(nowhere, clock)
    task = asyncio.create_task(writer.run())
    async with asyncio.timeout(1):
        for number in range(10_000):
            writer.set(ROOM, "agent", {"n": number})
        await asyncio.sleep(0)
    assert not writer.connected
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await nowhere.aclose()

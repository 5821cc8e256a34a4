"""A task that is cancelled while it talks to a real Redis ends, whatever moment strikes it."""

import asyncio
from typing import Any

import pytest

from callcenter.core.async_redis import async_redis

pytestmark = pytest.mark.integration

MOMENTS = 60
"""Turns of the loop that a few commands take; the swallowing ones are among them."""


async def test_no_cancellation_is_swallowed(redis: Any, redis_url: str) -> None:
    client = async_redis(redis_url, timeout=4, connect_timeout=2)
    swallowed = []
    for turns in range(MOMENTS):

        async def talk() -> None:
            while True:
                await client.set("key", "value")

        talking = asyncio.create_task(talk())
        for _ in range(turns):
            await asyncio.sleep(0)
        talking.cancel()
        await asyncio.wait([talking], timeout=0.2)
        if not talking.cancelled():
            swallowed.append(turns)
        while not talking.done():
            talking.cancel()
            await asyncio.wait([talking], timeout=0.01)
        assert await client.get("key") in ("value", None)
    await client.aclose()
    assert swallowed == []

"""A client that reconnects quickly, and a record of what it told us."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from callcenter.telephony.ami import AmiAddress, AmiClient, AmiEvent, AmiTiming
from tests.fakes.ami import FakeAsterisk

QUICK = AmiTiming(
    connect=0.5,
    login=0.5,
    ping_interval=0.1,
    ping_deadline=0.1,
    backoff_first=0.02,
    backoff_last=0.08,
)


@dataclass
class Watched:
    """The client under test with everything it called back."""

    client: AmiClient
    counts: Counter[str]
    connections: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    losses: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    overflows: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    events: asyncio.Queue[AmiEvent] = field(default_factory=asyncio.Queue)

    async def next_event(self) -> AmiEvent:
        async with asyncio.timeout(5):
            return await self.events.get()


Connect = Callable[..., AbstractAsyncContextManager[Watched]]


@pytest.fixture
def connect() -> Connect:
    @asynccontextmanager
    async def _connect(
        fake: FakeAsterisk, *, wait: bool = True, **options: Any
    ) -> AsyncIterator[Watched]:
        counts: Counter[str] = Counter()
        client = AmiClient(
            AmiAddress("127.0.0.1", fake.port, "telephony", "secret"),
            **{
                "timing": QUICK,
                "on_connected": _into(lambda: watched.connections.put("connected")),
                "on_lost": _into(lambda: watched.losses.put("lost")),
                "on_overflow": _into(lambda: watched.overflows.put("overflow")),
                "meter": lambda name, amount: counts.update({name: int(amount)}),
                **options,
            },
        )
        watched = Watched(client, counts)
        client.subscribe(watched.events.put_nowait)
        await client.start()
        try:
            if wait:
                async with asyncio.timeout(5):
                    await watched.connections.get()
                assert (await watched.next_event()).name == "FullyBooted"
            yield watched
        finally:
            await client.stop()

    return _connect


def _into(put: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def callback() -> None:
        await put()

    return callback


@pytest.fixture(autouse=True)
def _no_network() -> None:
    """Loopback is what is tested here."""

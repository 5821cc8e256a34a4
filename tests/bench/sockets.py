"""Socket.IO clients as the pages have them, many in one process."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from simple_websocket import AioClient, ConnectionClosed

from callcenter.core.audit import Audit
from callcenter.core.clock import SystemClock
from callcenter.people.service import SignInService
from tests.bench.floor import CODE, Floor

Told = Callable[[dict[str, Any], float], None]
"""Called with each change and the moment of its receipt, in seconds since the epoch."""


class Listener:
    """One signed-in socket. The server's questions after presence are answered."""

    def __init__(self, url: str, cookie: str, told: Told) -> None:
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        self._address, self._cookie = address, cookie
        self._told = told
        self.signed_in = asyncio.Event()

    async def run(self) -> None:
        headers = {"Cookie": f"cc_session={self._cookie}"}
        self._client = await AioClient.connect(self._address, headers=headers)
        await self._client.send("40")
        try:
            while True:
                await self._take(await self._client.receive(), time.time())
        except ConnectionClosed:
            return

    async def _take(self, frame: str, at: float) -> None:
        if frame == "2":
            await self._client.send("3")
        elif frame.startswith("40"):
            self.signed_in.set()
        elif frame.startswith("42"):
            await self._take_event(frame[2:], at)

    async def _take_event(self, text: str, at: float) -> None:
        start = text.index("[")
        name, payload = json.loads(text[start:])
        if name == "change":
            self._told(payload, at)
        elif name == "presence":
            await self._client.send(f"43{text[:start]}[]")


@asynccontextmanager
async def listening(
    floor: Floor, agents: Sequence[str], told: Callable[[str], Told]
) -> AsyncIterator[None]:
    """Each of these agents at a socket of their own; told makes what hears its changes."""
    clock = SystemClock()
    sign_in = SignInService(floor.database, clock, Audit(clock))
    cookies = {
        code: (await asyncio.to_thread(sign_in.open_here, CODE, code)).cookie for code in agents
    }
    listeners = [Listener(floor.stack.url, cookie, told(code)) for code, cookie in cookies.items()]
    async with AsyncExitStack() as stack:
        for listener in listeners:
            task = asyncio.create_task(listener.run())
            stack.callback(task.cancel)
            await asyncio.wait_for(listener.signed_in.wait(), 10)
        yield

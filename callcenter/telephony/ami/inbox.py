"""Between the reader of the socket and the handlers: bounded, and never in the reader's way."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

import structlog

from callcenter.telephony.ami.connection import Meter
from callcenter.telephony.ami.messages import AmiEvent

log = structlog.get_logger(__name__)

Handler = Callable[[AmiEvent], Awaitable[None] | None]

FAIR_SHARE = 50
"""Events handled before others may run: a full queue never suspends the one who reads it."""


class Inbox:
    """Events in order of arrival. When it is full the newest are dropped and counted; once the rest

    are handled, `on_overflow` is awaited: the picture must then be read anew from Asterisk.
    """

    def __init__(self, size: int, on_overflow: Callable[[], Awaitable[None]], meter: Meter) -> None:
        self.queue: asyncio.Queue[AmiEvent] = asyncio.Queue(size)
        self._on_overflow = on_overflow
        self._meter = meter
        self._handlers: list[tuple[frozenset[str], Handler]] = []
        self._overflowed = False

    def subscribe(self, handler: Handler, *names: str) -> None:
        """Call `handler` with each event of these names, or with every event."""
        self._handlers.append((frozenset(names), handler))

    def put(self, event: AmiEvent) -> None:
        try:
            self.queue.put_nowait(event)
        except asyncio.QueueFull:
            self._overflowed = True
            self._meter("ami_events_dropped", 1)

    async def run(self) -> None:
        handled = 0
        while True:
            await self._handle(await self.queue.get())
            handled += 1
            if self._overflowed and self.queue.empty():
                await self._resync()
            if handled % FAIR_SHARE == 0:
                await asyncio.sleep(0)

    async def _handle(self, event: AmiEvent) -> None:
        for names, handler in self._handlers:
            if names and event.name not in names:
                continue
            try:
                result = handler(event)
                if inspect.isawaitable(result):
                    await result
            except Exception:
                self._meter("ami_handler_failures", 1)
                log.exception("ami.handler_failed", ami_event=event.name)

    async def _resync(self) -> None:
        self._overflowed = False
        log.warning("ami.inbox_overflowed", size=self.queue.maxsize)
        try:
            await self._on_overflow()
        except Exception:
            self._meter("ami_handler_failures", 1)
            self._overflowed = True  # asked for again after the next event
            log.exception("ami.resync_failed")

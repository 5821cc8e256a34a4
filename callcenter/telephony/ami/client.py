"""The only manager client of the product: stays connected, acts with deadlines, hands events on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from callcenter.telephony.ami.connection import ActionFields, AmiConnection, Meter
from callcenter.telephony.ami.errors import AmiDown, AmiError
from callcenter.telephony.ami.exchange import EventList, Exchange, LaterEvent, SingleReply
from callcenter.telephony.ami.inbox import Handler, Inbox
from callcenter.telephony.ami.messages import AmiEvent, AmiResponse
from callcenter.telephony.ami.settings import AmiAddress, AmiTiming

log = structlog.get_logger(__name__)

T = TypeVar("T")
Callback = Callable[[], Awaitable[None]]


async def _nothing() -> None:
    """Stands for a callback nobody asked for."""


def _uncounted(_name: str, _amount: float) -> None:
    """Stands for a meter nobody reads."""


class AmiClient:
    """
    on_connected  awaited in a task of its own after every FullyBooted, with actions allowed; when
                  it raises, the connection is given up and made anew, so a resync is never skipped
    on_lost       awaited after every end of a connection that was announced by on_connected
    on_overflow   awaited after events were dropped and the rest were handled: resync
    meter         called with (name, amount): ami_events, ami_events_dropped, ami_timeouts,
                  ami_unknown_replies, ami_handler_failures, ami_connections, ami_losses
    """

    def __init__(
        self,
        address: AmiAddress,
        *,
        on_connected: Callback = _nothing,
        on_lost: Callback = _nothing,
        on_overflow: Callback = _nothing,
        meter: Meter = _uncounted,
        timing: AmiTiming | None = None,
        inbox_size: int = 20_000,
    ) -> None:
        self._address = address
        self._on_connected = on_connected
        self._on_lost = on_lost
        self._meter = meter
        self._timing = timing or AmiTiming()
        self._inbox = Inbox(inbox_size, on_overflow, meter)
        self._connection: AmiConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def subscribe(self, handler: Handler, *names: str) -> None:
        """Call `handler` (plain or async) with events of these names, or with all; in order."""
        self._inbox.subscribe(handler, *names)

    async def start(self) -> None:
        """Begin to connect; does not wait for the connection."""
        self._tasks = [
            asyncio.create_task(self._inbox.run(), name="ami-inbox"),
            asyncio.create_task(self._stay_connected(), name="ami-connection"),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    @property
    def connected(self) -> bool:
        return self._connection is not None

    @property
    def backlog(self) -> int:
        """Events read and not yet handled."""
        return self._inbox.queue.qsize()

    async def caught_up(self) -> None:
        """Returns once everything that was read is handled; never within a handler of events."""
        while self.backlog:  # noqa: ASYNC110 (it turns many times a second, and only at a resync)
            await asyncio.sleep(0.005)

    async def call(self, action: ActionFields, deadline: float = 5.0) -> AmiResponse:
        """Perform an action. Raises AmiRefused, AmiTimeout, AmiDown, UnsafeValue."""
        return await self._perform(action, SingleReply(), deadline)

    async def list(self, action: ActionFields, deadline: float = 5.0) -> list[AmiEvent]:
        """Perform an action that answers with a list of events (`CoreShowChannels`…)."""
        return await self._perform(action, EventList(), deadline)

    async def follow(self, action: ActionFields, event: str, deadline: float) -> AmiEvent:
        """Perform an action and wait for the event it ends with; subscribers get that event too."""
        return await self._perform(action, LaterEvent(event), deadline)

    async def _perform(self, action: ActionFields, exchange: Exchange[T], deadline: float) -> T:
        if self._connection is None:
            raise AmiDown("not connected")
        return await self._connection.perform(action, exchange, deadline)

    async def _stay_connected(self) -> None:
        delay = self._timing.backoff_first
        while True:
            try:
                await self._connect_and_serve()
                delay = self._timing.backoff_first
            except (OSError, AmiError, TimeoutError) as error:
                log.warning("ami.not_connected", reason=repr(error), again_in=delay)
            await asyncio.sleep(delay)
            delay = min(delay * 2, self._timing.backoff_last)

    async def _connect_and_serve(self) -> None:
        """Returns when a connection that was up is lost; raises when it never came up."""
        connection = await self._open()
        try:
            await self._sign_in(connection)
            watchdog = asyncio.create_task(self._watch(connection))
            try:
                await self._first(connection.booted, connection.lost)
                if connection.lost.is_set():
                    raise AmiDown("lost before Asterisk was booted")
                await self._serve(connection)
            finally:
                await _end(watchdog)
        finally:
            connection.transport.abort()
            await connection.lost.wait()

    async def _open(self) -> AmiConnection:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._timing.connect):
            _, connection = await loop.create_connection(
                lambda: AmiConnection(self._inbox.put, self._meter),
                self._address.host,
                self._address.port,
            )
        return connection

    async def _sign_in(self, connection: AmiConnection) -> None:
        login = {
            "Action": "Login",
            "Username": self._address.username,
            "Secret": self._address.secret,
            "Events": "on",
        }
        await connection.perform(login, SingleReply(), self._timing.login)

    async def _serve(self, connection: AmiConnection) -> None:
        self._connection = connection
        self._meter("ami_connections", 1)
        log.info("ami.connected", port=self._address.port)
        welcome = asyncio.create_task(self._welcome(connection))
        try:
            await connection.lost.wait()
        finally:
            self._connection = None
            await _end(welcome)
            self._meter("ami_losses", 1)
            log.warning("ami.lost", port=self._address.port)
            await self._say_lost()

    async def _welcome(self, connection: AmiConnection) -> None:
        try:
            await self._on_connected()
        except Exception:
            log.exception("ami.on_connected_failed")
            connection.transport.abort()

    async def _say_lost(self) -> None:
        try:
            await self._on_lost()
        except Exception:
            log.exception("ami.on_lost_failed")

    async def _watch(self, connection: AmiConnection) -> None:
        while True:
            await asyncio.sleep(self._timing.ping_interval)
            try:
                await connection.perform(
                    {"Action": "Ping"}, SingleReply(), self._timing.ping_deadline
                )
            except AmiError as error:
                log.warning("ami.mute", reason=repr(error))
                connection.transport.abort()
                return

    @staticmethod
    async def _first(*events: asyncio.Event) -> None:
        waiting = [asyncio.create_task(event.wait()) for event in events]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])  # unlike `await task`, tells its cancellation from our own

"""One AGI connection: commands answered in order, and its end noticed at once."""

import asyncio
from collections import deque

import structlog

from callcenter.telephony.agi.errors import AgiRefused, AgiTimeout
from callcenter.telephony.agi.wire import Reply, command_line, parse_reply
from callcenter.telephony.session import SessionGone

log = structlog.get_logger(__name__)

QUICK = 5.0
"""Seconds for a command that plays and dials nothing (it takes 0.2 ms)."""

_DEAD_CHANNEL = 511


class AgiLink:
    """Replies are matched by order. A command that was given up keeps its place in the line, so a

    reply that comes late is dropped and never taken for the next command's.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.gone = asyncio.Event()
        self._reader = reader
        self._writer = writer
        self._waiting: deque[asyncio.Future[Reply]] = deque()

    async def read(self) -> None:
        """Take replies until the connection ends."""
        try:
            while line := await self._reader.readline():
                self._take(line.decode("utf-8", "replace").rstrip("\r\n"))
        except (ConnectionError, ValueError) as error:
            log.warning("agi.broken", reason=repr(error))
        finally:
            self._end()

    async def command(self, verb: str, *arguments: str, deadline: float | None = QUICK) -> Reply:
        """Raises SessionGone, AgiTimeout, AgiRefused, UnsafeArgument; no deadline: None."""
        line = command_line(verb, *arguments)
        if self.gone.is_set():
            raise SessionGone
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._writer.write(line)
        try:
            async with asyncio.timeout(deadline):
                reply = await future
        except TimeoutError:
            raise AgiTimeout(verb) from None
        if reply.code == _DEAD_CHANNEL:
            self.gone.set()
            raise SessionGone
        if reply.code != 200:
            raise AgiRefused(f"{reply.code} {reply.data}")
        return reply

    def _take(self, line: str) -> None:
        if line == "HANGUP":
            self.gone.set()
            return
        reply = parse_reply(line)
        if reply is None or reply.code == 100:  # "100 Trying" precedes the reply itself
            return
        if not self._waiting:
            log.warning("agi.unasked_reply", code=reply.code)
            return
        future = self._waiting.popleft()
        if not future.done():
            future.set_result(reply)

    def _end(self) -> None:
        self.gone.set()
        for future in self._waiting:
            if not future.done():
                future.set_exception(SessionGone())
        self._waiting.clear()

"""The FastAGI server: each connection is a session, each script a coroutine.

Whoever connects may be a port scan, half a connection, or a slow peer: none of them costs the
others anything.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

import structlog

from callcenter.telephony.agi.errors import AgiError, BadRequest
from callcenter.telephony.agi.link import AgiLink
from callcenter.telephony.agi.session import AgiSession
from callcenter.telephony.agi.wire import LONGEST_ENVIRONMENT, Request, read_request
from callcenter.telephony.session import SessionGone

log = structlog.get_logger(__name__)

Handler = Callable[[AgiSession], Awaitable[None]]
Meter = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class AgiLimits:
    """environment: seconds in which a peer must have said who it is."""

    sessions: int = 4000
    environment: float = 2.0


def _uncounted(_name: str, _amount: float) -> None:
    """Stands for a meter nobody reads."""


class AgiServer:
    """meter: called with agi_sessions, agi_refused, agi_failures and an amount."""

    def __init__(
        self,
        host: str,
        port: int,
        token: str,
        handlers: Mapping[str, Handler],
        *,
        limits: AgiLimits | None = None,
        meter: Meter = _uncounted,
    ) -> None:
        self._host = host
        self._port = port
        self._token = token.encode()
        self._handlers = handlers
        self._limits = limits or AgiLimits()
        self._meter = meter
        self._sessions: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port it listens on; the one the system picked, when it was made with 0."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def sessions(self) -> int:
        return len(self._sessions)

    async def start(self) -> None:
        self._server = await asyncio.start_server(
            self._accept, self._host, self._port, limit=LONGEST_ENVIRONMENT, backlog=1024
        )

    async def stop(self) -> None:
        """Stop listening and end every session; talks that are bridged go on in Asterisk."""
        if self._server is not None:
            self._server.close()
        for task in self._sessions:
            task.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        if len(self._sessions) >= self._limits.sessions:
            self._meter("agi_refused", 1)
            writer.transport.abort()
            return
        self._sessions.add(task)
        try:
            await self._converse(reader, writer)
        except asyncio.CancelledError:
            pass  # stop(): asyncio.streams would log the cancellation as an error
        finally:
            self._sessions.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._limits.environment):
                request = await read_request(reader)
            handler = self._handler_for(request)
        except (BadRequest, TimeoutError, ConnectionError) as error:
            self._meter("agi_refused", 1)
            log.info("agi.refused", reason=repr(error))
            return
        self._meter("agi_sessions", 1)
        link = AgiLink(reader, writer)
        listening = asyncio.create_task(link.read())
        try:
            await self._serve(handler, AgiSession(request, link))
            with suppress(ConnectionError):
                await writer.drain()
        finally:
            listening.cancel()

    def _handler_for(self, request: Request) -> Handler:
        if not hmac.compare_digest(request.token.encode(), self._token):
            raise BadRequest("wrong token")
        handler = self._handlers.get(request.script)
        if handler is None:
            raise BadRequest(f"unknown script {request.script!r}")
        return handler

    async def _serve(self, handler: Handler, session: AgiSession) -> None:
        """Whatever goes wrong, the session just ends: CC_NEXT is empty and the dialplan copes."""
        try:
            await handler(session)
        except SessionGone:
            log.info("agi.session_gone", script=session.script, uniqueid=session.uniqueid)
        except AgiError as error:
            self._meter("agi_failures", 1)
            log.warning("agi.failed", uniqueid=session.uniqueid, reason=repr(error))
        except Exception:
            self._meter("agi_failures", 1)
            log.exception("agi.handler_failed", script=session.script, uniqueid=session.uniqueid)

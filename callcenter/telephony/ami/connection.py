"""One TCP connection to the manager interface: panoramisk's codec with its holes closed.

panoramisk 1.4 loses a character that is split over two reads, closes the socket when a handler
raises, hides events that carry our ActionID, replays unanswered actions (Originate!) after a
reconnect, keeps what was never answered for ever, and lets CR/LF in a value begin another action.
Its framing and parsing are sound and fast, and they are what we use.
"""

import asyncio
import codecs
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from callcenter.telephony.ami.errors import AmiDown, AmiTimeout, UnsafeValue
from callcenter.telephony.ami.exchange import Exchange
from callcenter.telephony.ami.messages import AmiEvent, AmiResponse, headers_of

log = structlog.get_logger(__name__)

T = TypeVar("T")
ActionFields = Mapping[str, str | Sequence[str]]
Meter = Callable[[str, float], None]

LONGEST_MESSAGE = 1 << 20
"""Characters without an empty line: this is no Asterisk."""

_FORBIDDEN = frozenset("\r\n\0")


class AmiConnection(AMIProtocol):  # type: ignore[misc]
    """deliver: where events go; it must not block. meter: (name, amount) of what is counted."""

    encoding = "utf-8"

    def __init__(self, deliver: Callable[[AmiEvent], None], meter: Meter) -> None:
        self._deliver = deliver
        self._meter = meter
        self._exchanges: dict[str, Exchange[Any]] = {}
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.booted = asyncio.Event()
        self.lost = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.log = logging.getLogger("panoramisk")

    def data_received(self, data: bytes) -> None:
        super().data_received(self._decoder.decode(data).encode())
        if len(self.queue[-1]) > LONGEST_MESSAGE:
            log.error("ami.endless_message")
            self.transport.abort()

    def handle_message(self, message: Message) -> None:
        headers = headers_of(message.items())
        if "event" in headers:
            self._take_event(AmiEvent(headers))
        else:
            self._take_response(AmiResponse(headers))

    def connection_lost(self, _exc: Exception | None) -> None:
        self.closed = True
        self.lost.set()
        for exchange in self._exchanges.values():
            exchange.lose()
        self._exchanges.clear()

    async def perform(self, fields: ActionFields, exchange: Exchange[T], deadline: float) -> T:
        """Send an action and wait for what the exchange calls complete, at most `deadline` seconds."""
        action = Action(checked(fields), ActionID=secrets.token_hex(8))
        if self.lost.is_set():
            raise AmiDown("connection lost")
        self._exchanges[action.id] = exchange
        self.transport.write(str(action).encode(self.encoding))
        try:
            async with asyncio.timeout(deadline):
                return await exchange.future
        except TimeoutError:
            self._meter("ami_timeouts", 1)
            raise AmiTimeout(action["Action"]) from None
        finally:
            self._exchanges.pop(action.id, None)

    @property
    def under_way(self) -> int:
        return len(self._exchanges)

    def _take_event(self, event: AmiEvent) -> None:
        self._meter("ami_events", 1)
        if event.name == "FullyBooted":
            self.booted.set()
        exchange = self._exchanges.get(event.action_id)
        if exchange is None or not exchange.take_event(event):
            self._deliver(event)

    def _take_response(self, response: AmiResponse) -> None:
        exchange = self._exchanges.get(response.action_id)
        if exchange is None:
            self._meter("ami_unknown_replies", 1)
        else:
            exchange.take_response(response)


def checked(fields: ActionFields) -> dict[str, str | list[str]]:
    """The action's headers, none of which can end its line. Raises UnsafeValue."""
    safe: dict[str, str | list[str]] = {}
    for name, value in fields.items():
        values = [value] if isinstance(value, str) else list(value)
        for text in (name, *values):
            _refuse_unsafe(text)
        safe[name] = value if isinstance(value, str) else values
    return safe


def _refuse_unsafe(text: str) -> None:
    if not _FORBIDDEN.isdisjoint(text):
        raise UnsafeValue("CR, LF or NUL in an action")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UnsafeValue("not UTF-8 in an action") from None

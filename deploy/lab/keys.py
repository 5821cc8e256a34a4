"""Callers by the hundred who press keys: SIP by hand on one socket, keys as RFC 4733 events.

sipp sends keys only out of recorded packets. These callers send no sound but their keys, and throw
away what they hear; a call's times are those of the socket.
"""

import asyncio
import re
import secrets
import socket
import struct
import time
from typing import Self

EVENTS = 101
"""Payload type of keys."""

KEY_SECONDS, BETWEEN_KEYS = 0.06, 0.12
WITHIN = 20.0
_PACKET = 0.02
_RATE = 8000
_LOUDNESS = 10
_KEYS = "0123456789*#"


class Exchange(asyncio.DatagramProtocol):
    """The socket of all callers; each is found by its Call-ID."""

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self._callers: dict[str, KeyCaller] = {}
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._transport
        self._transport.close()

    def datagram_received(self, data: bytes, _address: object) -> None:
        text = data.decode(errors="replace")
        found = re.search(r"(?im)^call-id:\s*(\S+)", text)
        if found and (caller := self._callers.get(found[1])):
            caller.received(text)

    async def call(self, called: str, number: str) -> "KeyCaller":
        """Dial and be answered. Raises TimeoutError."""
        caller = KeyCaller(self, called, number)
        self._callers[caller.key] = caller
        await caller.dial()
        return caller

    def forget(self, key: str) -> None:
        self._callers.pop(key, None)

    @property
    def address(self) -> str:
        assert self._transport
        host, port = self._transport.get_extra_info("sockname")
        return f"{host}:{port}"

    def send(self, lines: list[str], body: str = "") -> None:
        assert self._transport
        text = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])
        self._transport.sendto(text.encode(), self._target)


class KeyCaller:
    """ended_at: of the monotonic clock, when the other side hung up."""

    def __init__(self, exchange: Exchange, called: str, number: str) -> None:
        self.key = secrets.token_hex(8)
        self.ended = asyncio.Event()
        self.ended_at = 0.0
        self._exchange, self._called, self._number = exchange, called, number
        self._answered = asyncio.Event()
        self._to = f"To: <sip:{called}@127.0.0.1>"
        self._sound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sound.bind(("127.0.0.1", 0))
        self._sound.setblocking(False)
        self._sound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._sequence, self._source = 0, secrets.randbits(32)

    async def dial(self) -> None:
        port = self._sound.getsockname()[1]
        sdp = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 8 {EVENTS}\r\na=rtpmap:8 PCMA/8000\r\n"
            f"a=rtpmap:{EVENTS} telephone-event/8000\r\na=fmtp:{EVENTS} 0-15\r\n"
        )
        self._request("INVITE", 1, sdp)
        async with asyncio.timeout(WITHIN):
            await self._answered.wait()

    async def press(self, keys: str) -> float:
        """Press them one after the other; the moment when the last one was let go."""
        released = 0.0
        for place, key in enumerate(keys):
            if place:
                await asyncio.sleep(BETWEEN_KEYS - KEY_SECONDS)
            released = await self._press(_KEYS.index(key))
        return released

    async def _press(self, event: int) -> float:
        began = int(time.monotonic() * _RATE) & 0xFFFFFFFF
        steps = int(KEY_SECONDS / _PACKET)
        for step in range(1, steps + 1):
            duration = int(step * _PACKET * _RATE)
            self._event(event, began, duration, first=step == 1)
            await asyncio.sleep(_PACKET)
        # Before it is told, three times as RFC 4733 has it: who is told may run before we do again.
        released = time.monotonic()
        for _ in range(3):
            self._event(event, began, int(KEY_SECONDS * _RATE), end=True)
        return released

    def _event(
        self, event: int, began: int, duration: int, *, first: bool = False, end: bool = False
    ) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        kind = EVENTS | (0x80 if first else 0)
        header = struct.pack("!BBHII", 0x80, kind, self._sequence, began, self._source)
        payload = struct.pack("!BBH", event, _LOUDNESS | (0x80 if end else 0), duration)
        self._sound.sendto(header + payload, self._media)

    def received(self, text: str) -> None:
        first = text.split("\r\n", 1)[0]
        if first.startswith("SIP/2.0 200") and "INVITE" in text:
            self._take(text)
        elif first.startswith("BYE"):
            self.ended_at = time.monotonic()
            self._accept(text)
            self.close()

    def _take(self, text: str) -> None:
        found = re.search(r"(?im)^to:.*$", text)
        media = re.search(r"(?m)^m=audio (\d+)", text)
        assert found
        assert media
        self._to, self._media = found[0].strip(), ("127.0.0.1", int(media[1]))
        self._request("ACK", 1)
        self._answered.set()

    def _accept(self, text: str) -> None:
        kept = [
            line for line in text.split("\r\n")
            if line.lower().startswith(("via:", "from:", "to:", "call-id:", "cseq:"))
        ]  # fmt: skip
        self._exchange.send(["SIP/2.0 200 OK", *kept])

    def close(self) -> None:
        self.ended.set()
        self._sound.close()
        self._exchange.forget(self.key)

    def _request(self, method: str, count: int, body: str = "") -> None:
        address = self._exchange.address
        lines = [
            f"{method} sip:{self._called}@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP {address};branch=z9hG4bK{self.key}{method}{count}",
            f"From: <sip:{self._number}@{address}>;tag={self.key}",
            self._to,
            f"Call-ID: {self.key}",
            f"CSeq: {count} {method}",
            f"Contact: <sip:{self._number}@{address}>",
            "Max-Forwards: 20",
            *(["Content-Type: application/sdp"] if body else []),
        ]
        self._exchange.send(lines, body)

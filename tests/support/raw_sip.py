"""A caller who writes SIP by hand, as no telephone would: any bytes in From, over one UDP socket."""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Self

WITHIN = 10.0
SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)


class _Wire(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, _address: object) -> None:
        self._received(data)


class RawCaller:
    """sender: the whole From header's value, without a tag."""

    def __init__(self, target: tuple[str, int], number: str, sender: bytes) -> None:
        self._target, self._number, self._sender = target, number, sender
        self._key = secrets.token_hex(6)
        self._answers: asyncio.Queue[bytes] = asyncio.Queue()
        self._to = b""
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Wire(self._answers.put_nowait), ("127.0.0.1", 0)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._to:
            with suppress(TimeoutError):
                await self.hang_up()
        assert self._transport
        self._transport.close()

    def dial(self) -> None:
        self._send("INVITE", 1, SDP)

    async def give_up(self) -> int:
        """Before anybody answered; the status with which the call ends."""
        self._send("CANCEL", 1)
        while b"INVITE" not in (answer := await self._final()):
            continue
        self._send("ACK", 1)
        return int(answer.split()[1])

    async def call(self) -> int:
        """Dial; the final status. A call that is answered is acknowledged and stays."""
        self.dial()
        answer = await self._final()
        self._to = next(line for line in answer.split(b"\r\n") if line.lower().startswith(b"to:"))
        status = int(answer.split()[1])
        self._send("ACK", 1)
        if status != 200:
            self._to = b""
        return status

    async def hang_up(self) -> None:
        self._send("BYE", 2)
        self._to = b""
        await self._final()

    async def _final(self) -> bytes:
        async with asyncio.timeout(WITHIN):
            while True:
                answer = await self._answers.get()
                if answer.startswith(b"SIP/2.0") and answer.split()[1][:1] != b"1":
                    return answer

    def _send(self, method: str, count: int, body: str = "") -> None:
        assert self._transport
        host, port = self._transport.get_extra_info("sockname")
        to = self._to or f"To: <sip:{self._number}@127.0.0.1>".encode()
        lines = [
            f"{method} sip:{self._number}@127.0.0.1 SIP/2.0".encode(),
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{self._key}{count}".encode(),
            b"From: " + self._sender + b";tag=" + self._key.encode(),
            to,
            f"Call-ID: {self._key}".encode(),
            f"CSeq: {count} {method}".encode(),
            f"Contact: <sip:raw@{host}:{port}>".encode(),
            b"Max-Forwards: 20",
            *([b"Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}".encode(),
        ]
        self._transport.sendto(b"\r\n".join(lines) + b"\r\n\r\n" + body.encode(), self._target)

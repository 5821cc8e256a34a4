"""Watches a connection from outside: whatever its server does, it ends in time, and is not flooded.

A driver's own timeout counts each read anew, and a driver reads whatever comes before it gives back
the first value of it. Here the socket itself is shut when its time is over, or when more bytes have
come than may: the kernel counts them.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum

from callcenter.core.clock import Clock

_LOOKED = 0.05
_RECEIVED = struct.Struct("=Q")
_RECEIVED_AT = 128
"""Where `tcp_info` has `tcpi_bytes_received`."""


class Cut(StrEnum):
    """Why it was cut."""

    LATE = "late"
    LARGE = "large"


class Guard:
    """until: of the monotonic clock; most: bytes that may come; at_once: that may be held at once."""

    def __init__(self, clock: Clock, until: float, most: int, at_once: int | None = None) -> None:
        self._clock = clock
        self._until = until
        self._most = most
        self._at_once = at_once or most
        self._read = 0
        self._connected: socket.socket | None = None
        self.seconds = self.left
        """That it has in all."""
        self.cut: Cut | None = None

    @property
    def left(self) -> float:
        """Seconds."""
        return max(self._until - self._clock.monotonic(), 0.0)

    @property
    def megabytes(self) -> int:
        """That may be held at once."""
        return min(self._most, self._at_once) // 1024**2

    def took(self) -> bool:
        """What has come is read and will be let go: whether it was no more than may be held at once."""
        come = _received(self._connected) if self._connected else 0
        fits = come - self._read <= self._at_once
        self._read = come
        return fits

    @contextmanager
    def over(self, connected: socket.socket) -> Iterator[None]:
        """In here; connected: a duplicate, since a driver closes its own. It is closed here."""
        ended = threading.Event()
        self._connected = connected
        watching = threading.Thread(target=self._watch, args=[connected, ended], daemon=True)
        watching.start()
        try:
            yield
        finally:
            ended.set()
            watching.join()
            self._connected = None
            connected.close()

    def _watch(self, connected: socket.socket, ended: threading.Event) -> None:
        while not ended.wait(min(_LOOKED, max(self.left, 0.001))):
            if self.left <= 0:
                self.cut = Cut.LATE
            elif self._is_flooded(_received(connected)):
                self.cut = Cut.LARGE
            if self.cut:
                with suppress(OSError):
                    connected.shutdown(socket.SHUT_RDWR)
                return

    def _is_flooded(self, come: int) -> bool:
        return come > self._most or come - self._read > self._at_once


def _received(connected: socket.socket) -> int:
    try:
        told = connected.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    except OSError:
        return 0
    if len(told) < _RECEIVED_AT + _RECEIVED.size:
        return 0
    found: int = _RECEIVED.unpack_from(told, _RECEIVED_AT)[0]
    return found

"""The way to the process in which templates run. Threads take turns; none waits for ever."""

import json
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping
from contextlib import suppress
from threading import BoundedSemaphore, Lock
from typing import Any

import structlog

from callcenter.core.errors import TooManyRequests, Unavailable
from callcenter.core.places import PROJECT
from callcenter.rendering.child import SECONDS
from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.plain import dump

PATIENCE = 10.0
"""Seconds by the clock after which a child is killed, however little of the processor it got."""

START = 30.0
"""Seconds in which a child must have begun, on a full machine."""

MOST_AT_ONCE = 3
"""Threads that render or wait for it: a process serves others too."""

_CHUNK = 64 * 1024
_LONGEST = 4 * 1024 * 1024

log = structlog.get_logger()


class Renderer:
    """Of one process. Its child begins with the first template, after any fork, and is kept."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(MOST_AT_ONCE)
        self._turn = Lock()
        self._child: _Child | None = None

    def render(self, text: str, data: Mapping[str, Any], locale: str, *, html: bool = False) -> str:
        """data: plain (`plain.py`). html: values are escaped; the text is still to be cleaned.

        Raises RenderFailed, TooManyRequests, Unavailable when no child can be begun.
        """
        request = dump({"text": text, "data": data, "locale": locale, "html": html}) + b"\n"
        if not self._places.acquire(blocking=False):
            raise TooManyRequests
        try:
            with self._turn:
                answer = self._ask(request)
        finally:
            self._places.release()
        if "failure" in answer:
            raise RenderFailed(**answer["failure"])
        rendered: str = answer["text"]
        return rendered

    def close(self) -> None:
        with self._turn:
            self._end()

    def _ask(self, request: bytes) -> dict[str, Any]:
        child = self._ready()
        try:
            answer: dict[str, Any] = json.loads(child.ask(request, PATIENCE))
        except OSError as error:
            slow = isinstance(error, TimeoutError) or child.was_out_of_time()
            self._end()
            log.warning("rendering.child_lost", slow=slow)
            if slow:
                raise RenderFailed("template.too_slow", {"seconds": int(SECONDS)}) from None
            raise RenderFailed("template.too_much") from None
        return answer

    def _ready(self) -> "_Child":
        if self._child is not None and self._child.is_gone:
            self._end()
        if self._child is None:
            try:
                self._child = _Child()
            except OSError as error:
                log.exception("rendering.no_child")
                raise Unavailable({"part": "rendering"}) from error
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


class _Child:
    """Raises OSError when it does not begin."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        end = theirs.fileno()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "callcenter.rendering.child"],
                cwd=PROJECT, env={"LANG": "C.UTF-8"}, stdin=end, stdout=end,
            )  # fmt: skip
        # Also when nobody ends it: with the renderer, at the latest with the process.
        self.end = weakref.finalize(self, _end, self._process, self._socket)
        try:
            self._receive(time.monotonic() + START)
        except OSError:
            self.end()
            raise

    @property
    def is_gone(self) -> bool:
        return self._process.poll() is not None

    def was_out_of_time(self) -> bool:
        """Of one that is ending or has ended: whether by Linux's own limit."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(PATIENCE) == -signal.SIGXCPU
        return False

    def ask(self, request: bytes, seconds: float) -> bytes:
        """Raises TimeoutError, and OSError for one that is gone."""
        until = time.monotonic() + seconds
        self._socket.settimeout(seconds)
        self._socket.sendall(request)
        return self._receive(until)

    def _receive(self, until: float) -> bytes:
        """A line."""
        line = bytearray()
        while not line.endswith(b"\n"):
            self._socket.settimeout(max(until - time.monotonic(), 0.001))
            chunk = self._socket.recv(_CHUNK)
            if not chunk or len(line) > _LONGEST:
                raise ConnectionResetError("the child is gone")
            line += chunk
        return bytes(line)


def _end(process: "subprocess.Popen[bytes]", connection: socket.socket) -> None:
    with suppress(OSError):
        connection.close()
    process.kill()
    process.wait()

"""The way to the processes in which templates run. Threads take turns; none waits for ever."""

import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import ceil
from threading import BoundedSemaphore, Condition
from typing import Any

import structlog

from callcenter.core.errors import TooManyRequests, Unavailable
from callcenter.core.places import PROJECT
from callcenter.rendering.asking import Answering, Services
from callcenter.rendering.child import SECONDS
from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.plain import dump, load

PATIENCE = 10.0
"""Seconds by the clock after which a child is killed, however little of the processor it got."""

START = 30.0
"""Seconds in which a child must have begun, on a full machine."""

MOST_AT_ONCE = 3
"""Threads that render or wait for it: a process serves others too."""

TURN = 0.1
"""Seconds for which a thread waits for a child of another, before it begins one more: most are done
by then, and one whose questions take long keeps nobody waiting.
"""

_CHUNK = 64 * 1024
_LONGEST = 4 * 1024 * 1024

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """log: lines that it noted, {"line", "text"}; would: what a pretence did not carry out, as `Would`
    keeps it.
    """

    text: str
    log: Sequence[Mapping[str, Any]] = ()
    would: Sequence[Mapping[str, Any]] = ()


class Renderer:
    """Of one process. Its first child begins with the first template, after any fork, and is kept.

    seconds: of the processor, for one template.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._places = BoundedSemaphore(MOST_AT_ONCE)
        self._turn = Condition()
        self._free: list[_Child] = []
        self._count = 0

    def render(
        self,
        text: str,
        data: Mapping[str, Any],
        locale: str,
        *,
        html: bool = False,
        services: Services | None = None,
        pretending: bool = False,
    ) -> Outcome:
        """data: plain (`plain.py`). html: values are escaped; the text is still to be cleaned.
        services: what it may ask for; pretending: nothing outside is done, and it is told what would be.

        Raises RenderFailed, TooManyRequests, Unavailable when no child can be begun.
        """
        request = dump({"text": text, "data": data, "locale": locale, "html": html}) + b"\n"
        answering = Answering(services or {}, pretending=pretending)
        if not self._places.acquire(blocking=False):
            raise TooManyRequests
        try:
            with self._child() as child:
                answer = child.rendered(request, answering)
        finally:
            self._places.release()
        if "failure" in answer:
            failure = RenderFailed(**answer["failure"])
            failure.log = answer["log"]
            raise failure
        return Outcome(answer["text"], answer["log"], answering.would.kept)

    def close(self) -> None:
        """Those that render still end with it as well, when they are done."""
        with self._turn:
            while self._free:
                self._end(self._free.pop())

    @contextmanager
    def _child(self) -> Iterator["_Child"]:
        """One for this thread alone; whatever goes wrong, it is ended. Raises Unavailable."""
        child = self._taken()
        try:
            yield child
        except BaseException:
            with self._turn:
                self._end(child)
                self._turn.notify()
            raise
        with self._turn:
            if self._free:
                self._end(child)
            else:
                self._free.append(child)
            self._turn.notify()

    def _taken(self) -> "_Child":
        with self._turn:
            if self._count:
                self._turn.wait_for(lambda: self._free or not self._count, TURN)
            while self._free:
                child = self._free.pop()
                if not child.is_gone:
                    return child
                self._end(child)
            self._count += 1
        try:
            return _Child(self._seconds)
        except OSError as error:
            with self._turn:
                self._count -= 1
            log.exception("rendering.no_child")
            raise Unavailable({"part": "rendering"}) from error

    def _end(self, child: "_Child") -> None:
        self._count -= 1
        child.end()


class _Child:
    """Raises OSError when it does not begin."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._socket, theirs = socket.socketpair()
        end = theirs.fileno()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "callcenter.rendering.child", str(seconds)],
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

    def rendered(self, request: bytes, answering: Answering) -> dict[str, Any]:
        """What it says in the end. Raises RenderFailed for one that is lost by it."""
        until = time.monotonic() + PATIENCE
        answer = self._asked(request, until)
        while "ask" in answer:
            reply = answering(answer)
            # What the product itself takes is not the template's.
            answer = self._asked(reply, until + answering.seconds)
        return answer

    def _asked(self, line: bytes, until: float) -> dict[str, Any]:
        try:
            self._socket.settimeout(max(until - time.monotonic(), 0.001))
            self._socket.sendall(line)
            answer: dict[str, Any] = load(self._receive(until))
        except ValueError:
            log.warning("rendering.nonsense")
            raise RenderFailed("template.too_much") from None
        except OSError as error:
            slow = isinstance(error, TimeoutError) or self.was_out_of_time()
            log.warning("rendering.child_lost", slow=slow)
            if slow:
                raise RenderFailed("template.too_slow", {"seconds": ceil(self._seconds)}) from None
            raise RenderFailed("template.too_much") from None
        return answer

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

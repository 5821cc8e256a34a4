"""Waiting for something to become true, with a deadline that fails loudly."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_never = threading.Event()


def wait_until(condition: Callable[[], T], deadline: float = 10.0, what: str = "") -> T:
    """The first true value of `condition`; AssertionError naming `what` after `deadline` seconds.

    For what announces itself in no other way: files, processes, pages of another process.
    """
    until = time.monotonic() + deadline
    while not (value := condition()):
        if time.monotonic() > until:
            raise AssertionError(f"not within {deadline:.0f} s: {what or condition}")
        _never.wait(0.02)
    return value


async def ask_until(ask: Callable[[], Awaitable[T]], deadline: float = 20.0, what: str = "") -> T:
    """The first true answer; AssertionError naming `what` and the last one after `deadline` seconds.

    For what another process does and tells nobody.
    """
    until = time.monotonic() + deadline
    while not (answer := await ask()):
        if time.monotonic() > until:
            raise AssertionError(f"not within {deadline:.0f} s: {what or ask}; last: {answer!r}")
        await asyncio.sleep(0.1)
    return answer

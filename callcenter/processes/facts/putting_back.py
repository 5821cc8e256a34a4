"""Facts that were set aside are put back when an operator wishes it.

The wish lies in Redis. Each receiver puts back its own, in its own thread: what it takes late never
meets what it takes now.
"""

import threading
from collections.abc import Callable, Iterable

from redis import Redis

from callcenter.telephony.aside import SetAside

WISH = "facts:put_back"


class PuttingBack:
    """Of one receiver. deliver: as `SetAside.put_back` has it."""

    def __init__(self, aside: SetAside, deliver: Callable[[str], None]) -> None:
        self._aside = aside
        self._deliver = deliver
        self._wished = threading.Event()

    def wish(self) -> None:
        self._wished.set()

    def look(self) -> None:
        """Where it fails, because the database is away, the wish stays."""
        if self._wished.is_set():
            self._aside.put_back(self._deliver)
            self._wished.clear()


class Wishes:
    def __init__(self, connection: Redis, receivers: Iterable[PuttingBack]) -> None:
        self._redis = connection
        self._receivers = tuple(receivers)

    def look(self) -> None:
        if self._redis.getdel(WISH) is not None:
            for receiver in self._receivers:
                receiver.wish()

"""From the journal to those who must have every fact: the database, and the stream.

Each has its own position, kept on disk, and its own pace: with the database stalled the stream goes
on, and the other way round. A batch may be delivered twice, never not at all. It happens beside
telephony, not in it: writing the ledger would take a third of the time that it has for calls.
"""

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from callcenter.callbacks import service as callbacks
from callcenter.calls import ledger
from callcenter.calls.events import Fact
from callcenter.core.bus import FACTS_STREAM
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.telephony.aside import OF_THE_FACT
from callcenter.telephony.segments import Position, Segments

log = structlog.get_logger()

BATCH = 500
LOOK_EVERY = 0.5
"""Seconds. What comes within them goes together: at a peak a statement carries hundreds."""

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
DATABASE, STREAM = "database", "stream"
_STREAM_KEEPS = 100_000

Deliver = Callable[[list[str]], None]
"""Called with facts in order, each as the journal has it; raises to be called again with them."""


class Bookmark:
    """How far one receiver has come, on disk beside the segments."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"{name}.position"

    def load(self, segments: Segments) -> Position:
        try:
            stored = json.loads(self._file.read_text())
        except FileNotFoundError:
            return Position(min(segments.numbers(), default=1), 0)
        return Position(stored["segment"], stored["offset"])

    def save(self, position: Position) -> None:
        temporary = self._file.with_suffix(".tmp")
        temporary.write_text(json.dumps({"segment": position.segment, "offset": position.offset}))
        temporary.replace(self._file)


class Delivery:
    """caught_up: whether what lay there was delivered since it began or last failed.

    between: is called before each look, in the thread of the delivery.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        deliver: Deliver,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._between = between
        self._segments = Segments(folder)
        self._bookmark = Bookmark(folder, name)
        self._deliver = deliver
        self._pause = threading.Event()
        self.position = self._bookmark.load(self._segments)
        self.caught_up = False

    def run(self) -> None:
        """In a thread of its own, until `stop`."""
        pause = FIRST_PAUSE
        while not self._pause.is_set():
            try:
                self._between()
                while self.step():
                    pause = FIRST_PAUSE
            except (SQLAlchemyError, RedisError, OSError) as error:
                log.warning("delivery.failed", to=self.name, reason=repr(error)[:200])
                self.caught_up = False
                self._pause.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                self._pause.wait(LOOK_EVERY)

    def stop(self) -> None:
        self._pause.set()

    @property
    def backlog_bytes(self) -> int:
        return self._segments.bytes_after(self.position)

    def step(self) -> bool:
        """Deliver one batch; whether there was one."""
        facts, position = self._segments.read(self.position, BATCH)
        if facts:
            self._deliver(facts)
        if position != self.position:
            self.position = position
            self._bookmark.save(position)
        # Under load there is always something; less than a batch came while the last went.
        self.caught_up = self.caught_up or len(facts) < BATCH
        return bool(facts)


def setting_aside(deliver: Deliver, keep: Callable[[str, Exception], None]) -> Deliver:
    """As `deliver`, but what cannot be folded holds up nothing: it is kept, all others go on in order.

    What the database itself is the cause of goes on being raised: then every fact would fail.
    """

    def carefully(lines: list[str]) -> None:
        try:
            deliver(lines)
        except OF_THE_FACT as error:
            if len(lines) == 1:
                keep(lines[0], error)
                return
            half = len(lines) // 2
            carefully(lines[:half])
            carefully(lines[half:])

    return carefully


def to_database(database: Database) -> Deliver:
    def deliver(lines: list[str]) -> None:
        with database.begin(Scope.platform()) as session:
            callbacks.fold(session, ledger.record(session, [Fact.load(line) for line in lines]))

    return deliver


def late_to_database(database: Database) -> Callable[[str], None]:
    """For a fact that was set aside: what came after it is there already."""

    def deliver(line: str) -> None:
        with database.begin(Scope.platform()) as session:
            callbacks.fold_anew(session, ledger.record_late(session, [Fact.load(line)]))

    return deliver


def to_stream(redis: Redis) -> Deliver:
    def deliver(lines: list[str]) -> None:
        pipeline = redis.pipeline(transaction=True)
        for line in lines:
            pipeline.xadd(FACTS_STREAM, {"event": line}, maxlen=_STREAM_KEEPS, approximate=True)
        pipeline.execute()

    return deliver


def forget_delivered(folder: Path, deliveries: Sequence[Delivery]) -> None:
    """Remove the segments that everyone has."""
    Segments(folder).forget_before(min(delivery.position for delivery in deliveries))

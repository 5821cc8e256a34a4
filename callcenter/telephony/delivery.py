"""From the journal to those who must have every fact: the database, and the stream.

Each has its own position, kept on disk, and its own pace: with the database stalled the stream goes
on, and the other way round. A batch may be delivered twice, never not at all.
"""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from callcenter.calls import ledger
from callcenter.calls.events import Fact
from callcenter.core.bus import FACTS_STREAM
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.telephony.journal import Journal, Position

log = structlog.get_logger()

BATCH = 500
GATHER_SECONDS = 0.5
_STREAM_KEEPS = 100_000

Deliver = Callable[[list[str]], None]
"""Called in a thread with facts in order, each as the journal has it; raises to be called again

with the same ones.
"""


class Delivery:
    def __init__(self, name: str, journal: Journal, folder: Path, deliver: Deliver) -> None:
        self._name = name
        self._journal = journal
        self._file = folder / f"{name}.position"
        self._deliver = deliver
        self._written = journal.subscribe()
        self.position = self._load()

    async def run(self) -> None:
        delay = 0.2
        while True:
            self._written.clear()
            try:
                while await asyncio.to_thread(self.step):
                    delay = 0.2
            except (SQLAlchemyError, RedisError, OSError) as error:
                log.warning("delivery.failed", to=self._name, reason=repr(error)[:200])
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)
                continue
            await self._written.wait()
            # What comes within a moment goes together: at a peak a statement carries hundreds.
            await asyncio.sleep(GATHER_SECONDS)

    def step(self) -> bool:
        """Deliver one batch; whether there was one."""
        facts, position = self._journal.read(self.position, BATCH)
        if facts:
            self._deliver(facts)
        if position != self.position:
            self.position = position
            self._save()
        return bool(facts)

    def _load(self) -> Position:
        try:
            stored = json.loads(self._file.read_text())
        except FileNotFoundError:
            return Position(min(self._journal.segments(), default=1), 0)
        return Position(stored["segment"], stored["offset"])

    def _save(self) -> None:
        temporary = self._file.with_suffix(".tmp")
        stored = {"segment": self.position.segment, "offset": self.position.offset}
        temporary.write_text(json.dumps(stored))
        temporary.replace(self._file)


def to_database(database: Database) -> Deliver:
    def deliver(lines: list[str]) -> None:
        with database.begin(Scope.platform()) as session:
            ledger.record(session, [Fact.load(line) for line in lines])

    return deliver


def to_stream(redis: Redis) -> Deliver:
    def deliver(lines: list[str]) -> None:
        pipeline = redis.pipeline(transaction=True)
        for line in lines:
            pipeline.xadd(FACTS_STREAM, {"event": line}, maxlen=_STREAM_KEEPS, approximate=True)
        pipeline.execute()

    return deliver


async def forget_delivered(journal: Journal, deliveries: list[Delivery], every: float) -> None:
    """Remove segments that everyone has; the newest stays for the next start."""
    while True:
        await asyncio.sleep(every)
        journal.forget_before(min(delivery.position for delivery in deliveries))

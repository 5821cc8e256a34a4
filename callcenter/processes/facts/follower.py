"""What follows from telephony's facts: outcomes of attempts and messages are kept, recordings

processed at once.

A consumer group remembers what was read; what was read and not done is read again at the start.
With it gone nothing is lost: recordings and messages are found by housekeeping, attempts when it is back.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import redis

from callcenter.calls.tasks import RecordingStore
from callcenter.core.bus import FACTS_STREAM, Event
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.jobs import JobQueue
from callcenter.core.tenant import Scope
from callcenter.telephony.aside import OF_THE_FACT
from callcenter.voicemail.events import LEFT, Left
from callcenter.voicemail.service import Keeping
from dialer.service import apply_outcome

GROUP = "records"
CONSUMER = "facts"
BATCH = 100
BLOCK_MS = 500
LOOK_EVERY = 0.25
LOOK_FOR = 5.0
"""Seconds in which the ledger, which is written beside the stream, has the recording's row."""

_MARKS = ("attempt.dialled", "attempt.ended", "recording.stopped", LEFT)


class FactsFollower:
    """redis decodes answers to text. set_aside: keeps an event that cannot be followed, and why."""

    def __init__(
        self,
        database: Database,
        connection: redis.Redis,
        jobs: JobQueue,
        recordings: RecordingStore,
        messages: Keeping,
        clock: Clock,
        set_aside: Callable[[str, Exception], None],
    ) -> None:
        self._database = database
        self._redis = connection
        self._jobs = jobs
        self._recordings = recordings
        self._messages = messages
        self._clock = clock
        self._set_aside = set_aside
        self._stopped: dict[UUID, dict[UUID, float]] = {}
        self._looked = -LOOK_EVERY
        self._again = True

    def open(self) -> None:
        """Make the group where it is missing, also after Redis lost everything."""
        try:
            self._redis.xgroup_create(FACTS_STREAM, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        self._again = True

    def step(self) -> int:
        """Follow one batch; returns how many facts it had."""
        position = "0" if self._again else ">"
        read: Any = self._redis.xreadgroup(
            GROUP, CONSUMER, {FACTS_STREAM: position}, count=BATCH, block=BLOCK_MS
        )
        entries = _entries(read)
        self._again = self._again and bool(entries)
        for _, fields in entries:
            # What the stream's limit took away has no fields.
            event = fields.get("event", "")
            if _concerns_us(event):
                self._try(event)
        if entries:
            self._redis.xack(FACTS_STREAM, GROUP, *(entry_id for entry_id, _ in entries))
        self._ask_for_recordings()
        return len(entries)

    def follow(self, event: str) -> None:
        """One that was set aside before. Raises what comes from the event, and of the database."""
        self._follow(Event.load(event))

    def _try(self, event: str) -> None:
        try:
            self.follow(event)
        except OF_THE_FACT as error:
            # Read again it would be no better, and hold up all that come after it.
            self._set_aside(event, error)

    def _follow(self, event: Event) -> None:
        if event.type in ("attempt.dialled", "attempt.ended"):
            told = {"type": event.type, "data": event.data}
            with self._database.begin(Scope(event.enterprise_id)) as session:
                apply_outcome(session, told, self._clock)
        elif event.type == "recording.stopped":
            wanted = self._stopped.setdefault(event.enterprise_id, {})
            wanted[UUID(event.data["call_id"])] = self._clock.monotonic() + LOOK_FOR
        elif event.type == LEFT:
            left = Left.read(event.data, event.at)
            with self._database.begin(Scope(event.enterprise_id)) as session:
                self._messages.keep(session, left)

    def _ask_for_recordings(self) -> None:
        """Of the calls whose recording stopped; what the ledger has not yet is looked for again."""
        now = self._clock.monotonic()
        if not self._stopped or now < self._looked + LOOK_EVERY:
            return
        self._looked = now
        for enterprise_id, wanted in list(self._stopped.items()):
            with self._database.begin(Scope(enterprise_id)) as session:
                asked = self._recordings.request(session, self._jobs, wanted)
            left = {c: until for c, until in wanted.items() if c not in asked and until > now}
            if left:
                self._stopped[enterprise_id] = left
            else:
                del self._stopped[enterprise_id]


def _concerns_us(event: str) -> bool:
    """Most facts do not; they are not worth being read as JSON."""
    return any(mark in event for mark in _MARKS)


def _entries(read: Any) -> list[tuple[str, dict[str, str]]]:
    """redis-py answers with a list under RESP2 and a mapping under RESP3."""
    streams = read.values() if isinstance(read, dict) else [part for _, part in read or []]
    found: list[tuple[str, dict[str, str]]] = []
    for entries in streams:
        found += entries[0] if entries and isinstance(entries[0], list) else entries
    return found

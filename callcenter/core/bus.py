"""Events between processes: the outbox for what people did, Redis streams for everyone who listens.

A service records an event in its own transaction; the relay publishes it after commit, at least
once and in order. Consumers deduplicate by id. The envelope is the one of docs/events.md.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from redis import Redis
from sqlalchemy import BigInteger, Identity, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from callcenter.core.clock import Clock
from callcenter.core.db import Base, Database, Identified, TenantRow
from callcenter.core.jobs import JobQueue, put_down
from callcenter.core.tenant import Scope

DOMAIN_STREAM = "domain"
FACTS_STREAM = "facts"
OUTBOX_CHANNEL = "outbox"
_WAKE = text("SELECT pg_notify(:channel, '')")
_KEEP = 100_000
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Event:
    id: UUID
    type: str
    at: datetime
    enterprise_id: UUID
    data: Mapping[str, Any]

    def dump(self) -> str:
        return json.dumps(
            {
                "id": str(self.id),
                "type": self.type,
                "at": self.at.isoformat().replace("+00:00", "Z"),
                "enterprise_id": str(self.enterprise_id),
                "data": dict(self.data),
            },
            ensure_ascii=False,
        )

    @classmethod
    def load(cls, payload: str | bytes) -> "Event":
        raw = json.loads(payload)
        return cls(
            UUID(raw["id"]),
            raw["type"],
            datetime.fromisoformat(raw["at"]),
            UUID(raw["enterprise_id"]),
            raw["data"],
        )


class OutboxEvent(Identified, TenantRow, Base):
    """position orders events as their rows were made; ids alone are not ordered within a ms."""

    __tablename__ = "outbox"

    position: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    type: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[dict[str, Any]]


class Outbox:
    """What leaves with a commit: events, and work for others.

    jobs: without it a job waits for the sweep, which finds it within seconds.
    """

    def __init__(self, clock: Clock, jobs: JobQueue | None = None) -> None:
        self._clock = clock
        self._jobs = jobs

    def record(
        self,
        session: Session,
        kind: str,
        entity_id: object,
        changed: list[str] | None = None,
        *,
        enterprise_id: UUID | None = None,
    ) -> None:
        """Publish after this transaction's commit. enterprise_id: whose, when the platform acts."""
        scope: Scope = session.info["scope"]
        owner = enterprise_id or scope.enterprise_id or scope.require_actor().enterprise_id
        data = {
            "entity_id": str(entity_id),
            "actor_id": str(scope.actor.user_id) if scope.actor else None,
            "changed": changed or [],
        }
        row = OutboxEvent(enterprise_id=owner, type=kind, at=self._clock.now(), data=data)
        session.add(row)
        # Delivered by PostgreSQL at commit: the relay wakes at once and needs no polling.
        # The row may wait until something has to be written before it is asked for.
        with session.no_autoflush:
            session.execute(_WAKE, {"channel": OUTBOX_CHANNEL})

    def request(
        self, session: Session, kind: str, arguments: Mapping[str, Any], job_id: UUID
    ) -> None:
        """Work that nobody waits for; asking again under the same id changes nothing."""
        if self._jobs is not None:
            self._jobs.request(session, kind, arguments, job_id=job_id, nobodys=True)
        else:
            put_down(session, self._clock, kind, arguments, job_id=job_id, nobodys=True)


class OutboxRelay:
    """Moves committed events to the stream. One relay at a time holds the advisory lock."""

    _LOCK = 7_366_001

    def __init__(
        self, database: Database, redis: Redis, tell: Callable[[Event], None] | None = None
    ) -> None:
        """tell: is handed each event as well, before it is deleted; maybe more than once."""
        self._database = database
        self._redis = redis
        self._tell = tell or (lambda _: None)

    def relay(self) -> int:
        """Publish what waits; returns how many. Deleted only after Redis has them."""
        with self._database.begin(Scope.platform()) as session:
            locked = session.scalar(text("SELECT pg_try_advisory_xact_lock(:n)"), {"n": self._LOCK})
            if not locked:
                return 0
            query = select(OutboxEvent).order_by(OutboxEvent.position).limit(_BATCH)
            rows = list(session.scalars(query))
            if not rows:
                return 0
            pipeline = self._redis.pipeline(transaction=True)
            events = [Event(row.id, row.type, row.at, row.enterprise_id, row.data) for row in rows]
            for event in events:
                pipeline.xadd(DOMAIN_STREAM, {"event": event.dump()}, maxlen=_KEEP)
            pipeline.execute()
            for event in events:
                self._tell(event)
            session.execute(delete(OutboxEvent).where(OutboxEvent.id.in_([r.id for r in rows])))
            return len(rows)


def entries(answer: Any) -> list[tuple[str, Mapping[str, str]]]:
    """What XREAD of one stream gave: (entry id, fields); a list under RESP2, a mapping under RESP3."""
    streams = answer.values() if isinstance(answer, dict) else [items for _, items in answer or []]
    entries: list[tuple[str, Mapping[str, str]]] = []
    for items in streams:
        batch = items[0] if items and isinstance(items[0], list) else items
        entries.extend((str(entry_id), fields) for entry_id, fields in batch)
    return entries

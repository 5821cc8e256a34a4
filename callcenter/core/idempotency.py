"""Idempotency keys: a repeated request answers as the first did, and acts once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint, delete, select, text
from sqlalchemy.orm import Mapped, mapped_column

from callcenter.core.clock import Clock
from callcenter.core.db import Base, Database, Identified, TenantRow
from callcenter.core.errors import AppError, Conflict
from callcenter.core.tenant import Scope

KEPT = timedelta(hours=24)


class KeyReused(AppError):
    """The same key came with another request."""

    code = "idempotency-key-reused"
    status = 422


class IdempotencyKey(Identified, TenantRow, Base):
    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    user_id: Mapped[UUID]
    key: Mapped[str]
    request_hash: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    made_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]


class Idempotency:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def once(self, scope: Scope, key: str, request: bytes, act: Callable[[], Answer]) -> Answer:
        """Act, unless this user did so under `key` before; then repeat that answer.

        Raises KeyReused for another request under the same key, Conflict while the first is
        still under way. An act that raises leaves no trace, so it can be tried again.
        """
        actor = scope.require_actor()
        digest = hashlib.sha256(request).hexdigest()
        if (earlier := self._claim(scope, actor.user_id, key, digest)) is not None:
            return earlier
        try:
            answer = act()
        except BaseException:
            self._finish(scope, actor.user_id, key, None)
            raise
        self._finish(scope, actor.user_id, key, answer)
        return answer

    def _claim(self, scope: Scope, user_id: UUID, key: str, digest: str) -> Answer | None:
        with self._database.begin(scope) as session:
            # Two requests at once: the second waits here for the first one's claim to commit.
            session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:k))"), {"k": key})
            owned = IdempotencyKey.user_id == user_id
            expired = self._clock.now() - KEPT
            session.execute(delete(IdempotencyKey).where(owned, IdempotencyKey.made_at < expired))
            row = session.scalar(select(IdempotencyKey).where(owned, IdempotencyKey.key == key))
            if row is None:
                claim = IdempotencyKey(
                    user_id=user_id, key=key, request_hash=digest, made_at=self._clock.now()
                )
                session.add(claim)
                return None
            if row.request_hash != digest:
                raise KeyReused
            if row.status is None or row.body is None:
                raise Conflict
            return Answer(row.status, row.body)

    def _finish(self, scope: Scope, user_id: UUID, key: str, answer: Answer | None) -> None:
        with self._database.begin(scope) as session:
            query = select(IdempotencyKey).where(
                IdempotencyKey.user_id == user_id, IdempotencyKey.key == key
            )
            row = session.scalars(query).one()
            if answer is None:
                session.delete(row)
            else:
                row.status, row.body = answer.status, answer.body

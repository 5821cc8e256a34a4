"""Rows of cached objects, kept in Redis under their object's stamp (`service/stamps.py`).

What lies there is a row, never somebody's answer: rights are worked out on it as on any other. The
database answers whenever Redis does not.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Self
from uuid import UUID

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import Row, Table
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables
from callcenter.objects import queries
from callcenter.objects.packing import pack, unpack
from callcenter.objects.service.stamps import stamp_of

KEPT = 600
"""Seconds. Not for truth, which the stamp sees to: Redis evicts nothing, so all must go by itself."""

TIMEOUT = 0.2
"""Seconds that a request waits for Redis; the database has answered by then."""

PAUSE = 5.0
"""Seconds in which nobody asks a Redis that has just failed."""

LARGEST = 32 * 1024
"""Characters of a row that is kept."""

_FORM = 1
"""Of what is kept: another release may have another."""

log = structlog.get_logger()


class CachedRows:
    """Made once a process. redis: a client that gives up within `TIMEOUT` and tries nothing again."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis = redis
        self._clock = clock
        self._rests_until = clock.monotonic()

    @classmethod
    def at(cls, url: str, clock: Clock) -> Self:
        client = Redis.from_url(
            url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )  # fmt: skip
        return cls(client, clock)

    def of(self, session: Session, table: Table, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
        """Rows of `queries.told_columns` by id, deleted ones too, of those that there are."""
        tables = TenantTables(session)
        stamp = stamp_of(session, table)
        keys = {
            record_id: f"record:{_FORM}:{tables.enterprise_id}:{stamp}:{record_id}"
            for record_id in ids
            if stamp is not None
        }
        found = self._read(table, keys)
        if missing := [record_id for record_id in ids if record_id not in found]:
            fresh = {row.id: row for row in tables.execute(queries.lying(table, missing))}
            self._keep((keys[each], pack(row)) for each, row in fresh.items() if each in keys)
            found |= fresh
        return found

    def _read(self, table: Table, keys: Mapping[UUID, str]) -> dict[UUID, Row[Any]]:
        if not keys:
            return {}
        texts = self._ask(lambda redis: redis.mget([*keys.values()])) or ()
        return {each: unpack(table, text) for each, text in zip(keys, texts, strict=False) if text}

    def _keep(self, entries: Iterable[tuple[str, str]]) -> None:
        small = [(key, text) for key, text in entries if len(text) <= LARGEST]
        if not small:
            return

        def put(redis: Redis) -> None:
            with redis.pipeline(transaction=False) as pipeline:
                for key, text in small:
                    pipeline.set(key, text, ex=KEPT)
                pipeline.execute()

        self._ask(put)

    def _ask(self, act: Callable[[Redis], Any]) -> Any:
        """None while Redis does not answer, and for a pause after that: it holds nobody up twice."""
        if self._clock.monotonic() < self._rests_until:
            return None
        try:
            return act(self._redis)
        except RedisError as error:
            self._rests_until = self._clock.monotonic() + PAUSE
            log.warning("records are not read from Redis", error=str(error))
            return None

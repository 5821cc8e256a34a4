"""Which program is behind a key, and whether it asks too often; core.http's `Keykeeper`."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.api_keys.models import ApiKey
from callcenter.api_keys.rules import Token, is_same, is_within, read_token
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import KeyRefused
from callcenter.core.limits import MINUTE, Limit, Limiter
from callcenter.core.permissions import Permission, Role, with_options
from callcenter.core.tenant import Actor, Scope
from callcenter.tenancy.service import Options, is_active_enterprise

log = structlog.get_logger()

SEEN_EVERY = timedelta(minutes=1)


class KeyGate:
    def __init__(self, database: Database, limiter: Limiter, clock: Clock) -> None:
        self._database = database
        self._limiter = limiter
        self._clock = clock

    def admit(self, key: str, ip: str) -> Actor:
        """Raises KeyRefused, TooManyRequests, Unavailable."""
        token = read_token(key)
        if token is None:
            raise KeyRefused
        with self._database.begin(Scope.platform()) as session:
            row = self._find(session, token, ip)
            actor = _actor(session, row, ip)
            self._note_use(row, ip)
        self._limiter.take(Limit(f"key:{row.id}", row.per_minute, MINUTE))
        return actor

    def _find(self, session: Session, token: Token, ip: str) -> ApiKey:
        row = session.scalar(select(ApiKey).where(ApiKey.prefix == token.prefix))
        # Compared also where there is none: the answer takes as long.
        right = is_same(token, row.secret_hash if row else "")
        if row is None or not right:
            raise KeyRefused
        if reason := _fault(session, row, ip, self._clock.now()):
            # Its owner may ask us why; whoever holds the key is not told.
            log.warning("api_key.refused", key=row.prefix, reason=reason, ip=ip)
            raise KeyRefused
        return row

    def _note_use(self, row: ApiKey, ip: str) -> None:
        """Not with every request: a row that is written each time is written in turn."""
        now = self._clock.now()
        if row.used_at is None or now - row.used_at > SEEN_EVERY:
            row.used_at, row.used_from = now, ip


def _fault(session: Session, row: ApiKey, ip: str, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at is not None and row.expires_at <= now:
        return "expired"
    if not is_within(ip, row.networks):
        return "network"
    return "" if is_active_enterprise(session, row.enterprise_id) else "suspended"


def _actor(session: Session, row: ApiKey, ip: str) -> Actor:
    """It sees records as an administrator does, as far as it was given to see any."""
    given = frozenset(Permission(each) for each in row.permissions)
    return Actor(
        user_id=row.id,
        enterprise_id=row.enterprise_id,
        employee_code=row.prefix,
        name=row.name,
        role=Role.ADMIN,
        ip=ip,
        permissions=with_options(given, Options().of(session, row.enterprise_id)),
        is_program=True,
    )

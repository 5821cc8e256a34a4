"""Keys made, listed and revoked. None is changed: what holds for it was known to who made it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from callcenter.api_keys.models import ApiKey
from callcenter.api_keys.rules import new_token
from callcenter.calls.service import actor_of, person_name
from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows

_SORTS = {"name": ApiKey.name, "made_at": ApiKey.made_at, "used_at": ApiKey.used_at}
_GIVEN = (
    *("name", "permissions", "networks", "expires_at"),
    *("per_minute", "callbacks_per_day", "callbacks_per_number"),
)
_PLAIN = ("id", "prefix", *_GIVEN, "made_at", "used_at", "used_from", "revoked_at")


class ApiKeys:
    def __init__(self, directory: Directory, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        query = select(ApiKey)
        if state := filters.get("state"):
            query = _in_state(query, state, self._clock.now())
        if request.q:
            query = query.where(holds(request.q, ApiKey.name, ApiKey.prefix))
        rows, total = page_rows(session, query, request, _SORTS, "-made_at", ApiKey.id.desc())
        return Page(self._show(session, rows), total, request.page, request.page_size)

    def make(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """With the whole key, this once. Raises Invalid for a name in use, or an end that is past."""
        now = self._clock.now()
        if values["expires_at"] is not None and values["expires_at"] <= now:
            raise Invalid(fields={"expires_at": ["validation.past"]})
        taken = select(ApiKey.id).where(ApiKey.name == values["name"], ApiKey.revoked_at.is_(None))
        if session.scalar(taken) is not None:
            raise Invalid(fields={"name": ["validation.taken"]})
        given = {**values, "permissions": sorted(set(values["permissions"]))}
        token = new_token()
        row = ApiKey(
            id=new_id(), prefix=token.prefix, secret_hash=token.hash, made_at=now,
            made_by=actor_of(session).user_id, **given,
        )  # fmt: skip
        session.add(row)
        session.flush()
        self._audit.record(
            session, "api_key.create", "api_key", row.id, name=row.name,
            after={"prefix": token.prefix, **{name: given[name] for name in _GIVEN}},
        )  # fmt: skip
        return {**self._show(session, [row])[0], "key": str(token)}

    def revoke(self, session: Session, key_id: UUID) -> dict[str, Any]:
        """From now on it is refused; revoking it again changes nothing. Raises NotFound."""
        row = session.scalar(select(ApiKey).where(ApiKey.id == key_id).with_for_update())
        if row is None:
            raise NotFound
        if row.revoked_at is None:
            row.revoked_at, row.revoked_by = self._clock.now(), actor_of(session).user_id
            self._audit.record(
                session, "api_key.revoke", "api_key", row.id, name=row.name,
                before={"prefix": row.prefix},
            )  # fmt: skip
        session.flush()
        return self._show(session, [row])[0]

    def _show(self, session: Session, rows: Sequence[ApiKey]) -> list[dict[str, Any]]:
        ids = {key for row in rows for key in (row.made_by, row.revoked_by) if key}
        people, now = self._directory.people(session, ids), self._clock.now()
        return [
            {
                **{name: getattr(row, name) for name in _PLAIN},
                "state": _state(row, now),
                "made_by": person_name(people, row.made_by),
                "revoked_by": person_name(people, row.revoked_by),
            }
            for row in rows
        ]


def _state(row: ApiKey, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= now else "active"


def _in_state(query: Select[Any], state: str, now: datetime) -> Select[Any]:
    lives = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now)
    if state == "revoked":
        return query.where(ApiKey.revoked_at.is_not(None))
    kept = query.where(ApiKey.revoked_at.is_(None))
    return kept.where(lives if state == "active" else ~lives)

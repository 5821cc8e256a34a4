"""Drafts: unfinished forms, kept for their owner until they are saved or dropped."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.console.models import Draft
from callcenter.console.schemas import MOST_IN_DRAFT
from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.tenant import Scope

_KEY = re.compile(r"[a-z][a-z0-9_-]{0,40}:[A-Za-z0-9_-]{1,64}")


class Drafts:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def find(self, session: Session, key: str) -> dict[str, Any] | None:
        query = select(Draft).where(Draft.user_id == _owner(session), Draft.key == key)
        draft = session.scalar(query)
        return {"payload": draft.payload, "updated_at": draft.saved_at} if draft else None

    def read(self, session: Session, key: str) -> dict[str, Any]:
        """Raises NotFound."""
        draft = self.find(session, key)
        if draft is None:
            raise NotFound
        return draft

    def save(self, session: Session, key: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The last one saved stands. Raises Invalid for a bad key or too much of it."""
        if not _KEY.fullmatch(key):
            raise Invalid(fields={"key": ["validation.pattern"]})
        text = json.dumps(payload)
        if len(text) > MOST_IN_DRAFT or "\\u0000" in text:
            raise Invalid(fields={"payload": ["validation.too_large"]})
        now = self._clock.now()
        statement = insert(Draft)
        statement = statement.on_conflict_do_update(
            index_elements=["user_id", "key"],
            set_={"payload": statement.excluded.payload, "saved_at": statement.excluded.saved_at},
        )
        row = {"user_id": _owner(session), "key": key, "payload": dict(payload), "saved_at": now}
        TenantTables(session).insert(statement, row)
        return {"payload": payload, "updated_at": now}

    def drop(self, session: Session, key: str) -> None:
        """Dropping what is not there is no error."""
        session.execute(delete(Draft).where(Draft.user_id == _owner(session), Draft.key == key))


def _owner(session: Session) -> Any:
    scope: Scope = session.info["scope"]
    return scope.require_actor().user_id

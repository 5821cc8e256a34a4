"""Callbacks asked for by other programs, a web page's server for example: no more than agreed.

A program learns how its own stand and nothing else: neither who asked before, nor who calls back.
"""

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.api_keys.service import CallbackQuota, quota_of
from callcenter.callbacks.models import Callback, CallbackRequest
from callcenter.callbacks.service.asking import CallbackDesk
from callcenter.callbacks.service.showing import places
from callcenter.calls.service import actor_of
from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import NotFound
from callcenter.core.gateway import TelephonyGateway
from callcenter.core.limits import DAY, Limit, Limiter
from callcenter.core.numbers import Number
from callcenter.core.tenant import Actor, Scope


class ProgramCallbacks:
    def __init__(
        self,
        database: Database,
        desk: CallbackDesk,
        gateway: TelephonyGateway,
        limiter: Limiter,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._database = database
        self._desk = desk
        self._gateway = gateway
        self._limiter = limiter
        self._audit = audit
        self._clock = clock

    def ask(self, actor: Actor, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Raises Invalid, TooManyRequests, else what telephony refuses; only what it takes counts."""
        with self._database.begin(Scope.of(actor)) as session:
            wish = self._desk.check(session, values)
            quota = quota_of(session, actor.user_id)
        with self._limiter.taken(*_limits(actor, wish.number, quota)):
            with self._database.begin(Scope.of(actor)) as session:
                self._desk.note(session, wish)
            asked = self._desk.send(actor, wish)
        request = {
            "enterprise_id": actor.enterprise_id,
            "key_id": actor.user_id,
            "callback_id": UUID(asked["id"]),
            "asked_at": self._clock.now(),
            "known": asked["known"],
        }
        with self._database.begin(Scope.of(actor)) as session:
            session.execute(insert(CallbackRequest).values(request).on_conflict_do_nothing())
        return asked

    def state(self, session: Session, callback_id: UUID) -> dict[str, Any]:
        """How one that this key asked for stands. Raises NotFound.

        The ledger follows telephony by a moment: until then it waits, in a place nobody knows yet.
        """
        request = _request(session, callback_id)
        row = session.get(Callback, callback_id)
        known = row or Callback(
            id=callback_id, state="open", asked_at=request.asked_at, attempts=0, last_outcome="",
            reason="",
        )  # fmt: skip
        place = places(session, [row]).get(callback_id) if row else None
        plain = ("id", "state", "asked_at", "not_before", "not_after", "attempts", "ended_at")
        return {
            **{name: getattr(known, name) for name in (*plain, "last_outcome")},
            "place": place,
            "reason": known.reason or None,
        }

    def cancel(self, actor: Actor, callback_id: UUID) -> None:
        """One that this key was the first to ask for. Raises NotFound, else what telephony refuses.

        The ledger says who that was; until it follows, what telephony answered does.
        """
        with self._database.begin(Scope.of(actor)) as session:
            request = _request(session, callback_id)
            row = session.get(Callback, callback_id)
            if request.known if row is None else row.asked_by != actor.user_id:
                raise NotFound
            self._audit.record(session, "callback.cancel", "callback", callback_id)
        self._gateway.send(actor, "callback.cancel", {"callback_id": str(callback_id)})


def _request(session: Session, callback_id: UUID) -> CallbackRequest:
    request = session.get(CallbackRequest, (actor_of(session).user_id, callback_id))
    if request is None:
        raise NotFound
    return request


def _limits(actor: Actor, number: Number, quota: CallbackQuota) -> tuple[Limit, Limit]:
    """A number is counted over all keys of the enterprise, and kept from who reads Redis."""
    veiled = hashlib.sha256(f"{actor.enterprise_id}/{number}".encode()).hexdigest()
    return (
        Limit(f"callbacks:key:{actor.user_id}", quota.per_day, DAY),
        Limit(f"callbacks:number:{veiled}", quota.per_number, DAY),
    )

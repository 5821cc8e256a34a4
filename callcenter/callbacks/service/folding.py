"""Telephony's facts become rows: in the ledger's own transaction, so each counts once."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.callbacks.events import ASKED, ATTEMPTED, KINDS
from callcenter.callbacks.line import Source
from callcenter.callbacks.models import Callback
from callcenter.calls.events import Fact, FactType
from callcenter.calls.ledger import facts_naming


def fold(session: Session, facts: Iterable[Fact]) -> None:
    """facts: those that the ledger has not seen before. The session's scope is the platform."""
    for fact in facts:
        if fact.type in KINDS:
            _fold(session, fact)


def fold_anew(session: Session, facts: Iterable[Fact]) -> None:
    """Of facts that come late: all that is known of their callbacks, in order."""
    late = {fact.data["callback_id"] for fact in facts if fact.type in KINDS}
    if late:
        fold(session, facts_naming(session, [*map(FactType, KINDS)], "callback_id", late))


def _fold(session: Session, fact: Fact) -> None:
    data = fact.data
    row = session.get(Callback, UUID(data["callback_id"]))
    if fact.type == ASKED:
        if row is None:
            session.add(_asked(fact))
        else:
            row.number, row.note = data["number"], data.get("note", row.note)
            row.not_before, row.not_after = _time(data["not_before"]), _moment(data["not_after"])
    elif row is None:
        return  # of a ledger that was emptied
    elif fact.type == ATTEMPTED:
        row.attempts, row.last_outcome = data["attempts"], data["outcome"]
        row.last_attempt_at, row.agent_id = fact.at, fact.agent_id
    else:
        row.state, row.reason, row.ended_at = "ended", data["reason"], fact.at
        row.agent_id = fact.agent_id or row.agent_id


def _asked(fact: Fact) -> Callback:
    """Only the first telling says from where and by whom; a ledger that was emptied has missed it."""
    data = fact.data
    return Callback(
        id=UUID(data["callback_id"]),
        enterprise_id=fact.enterprise_id,
        service_id=UUID(data["service_id"]),
        number=data["number"],
        source=data.get("origin", Source.STAFF),
        note=data.get("note", ""),
        priority=data["priority"],
        asked_at=_moment(data["queued_at"]),
        asked_by=_id(data.get("asked_by")),
        call_id=fact.call_id,
        not_before=_time(data["not_before"]),
        not_after=_moment(data["not_after"]),
        attempts=0,
        state="open",
    )


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _time(value: str | None) -> datetime | None:
    return _moment(value) if value else None


def _id(value: Any) -> UUID | None:
    return UUID(value) if value else None

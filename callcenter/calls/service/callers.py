"""Who called: for what is found of a call long after it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.calls.models import Call


@dataclass(frozen=True, slots=True)
class Caller:
    """number: `kind:value`."""

    number: str
    name: str


def callers_of(session: Session, call_ids: Collection[UUID]) -> Mapping[UUID, Caller]:
    """By the ids of those calls that the ledger knows."""
    query = select(Call.id, Call.customer_number, Call.caller_name).where(Call.id.in_(call_ids))
    return {call_id: Caller(number, name) for call_id, number, name in session.execute(query)}

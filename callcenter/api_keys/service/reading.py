"""What other slices may know of keys."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.api_keys.models import ApiKey


@dataclass(frozen=True, slots=True)
class CallbackQuota:
    """How many callbacks a key may ask for a day, and of those for one number."""

    per_day: int
    per_number: int


def quota_of(session: Session, key_id: UUID) -> CallbackQuota:
    key = session.get_one(ApiKey, key_id)
    return CallbackQuota(key.callbacks_per_day, key.callbacks_per_number)


def key_names(session: Session, ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Also of keys that have ended."""
    if not ids:
        return {}
    query = select(ApiKey).where(ApiKey.id.in_(ids))
    return {key.id: key.name for key in session.scalars(query)}

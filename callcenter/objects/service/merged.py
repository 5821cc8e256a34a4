"""Which records became part of which."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.objects.models import RecordMerge


def merged_into(session: Session, record_id: UUID) -> list[UUID]:
    """The records that this one has taken in."""
    query = select(RecordMerge.record_id).where(RecordMerge.survivor_id == record_id)
    return list(session.scalars(query))


def survivors(session: Session, ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Merged record → the one that it is part of."""
    if not ids:
        return {}
    query = select(RecordMerge.record_id, RecordMerge.survivor_id).where(
        RecordMerge.record_id.in_(ids)
    )
    return {row.record_id: row.survivor_id for row in session.execute(query)}

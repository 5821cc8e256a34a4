"""Files in fields: kept for whoever sent them until a record takes them, and let go when it drops them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from callcenter.core.errors import Invalid
from callcenter.core.i18n import caption
from callcenter.objects.models import Attachment
from callcenter.objects.schemas import Definition
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.rows import actor_id

SHOWN = ("name", "media_type", "size")


def shown(row: Attachment) -> dict[str, Any]:
    """As a field holds it."""
    return {"id": str(row.id), **{name: getattr(row, name) for name in SHOWN}}


def waiting(session: Session, object_id: UUID, field: str, file_id: UUID) -> dict[str, Any] | None:
    """A file that the actor has sent for this field and no record has."""
    row = session.scalar(
        select(Attachment).where(
            Attachment.id == file_id,
            Attachment.object_id == object_id,
            Attachment.field == field,
            Attachment.record_id.is_(None),
            Attachment.made_by == actor_id(session),
        )
    )
    return shown(row) if row else None


def hand_over(
    session: Session,
    definition: Definition,
    record_id: UUID,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: datetime,
) -> None:
    """The record takes what is new in its fields; what is no longer in them waits to be forgotten.

    Raises Invalid where another record was quicker with a file.
    """
    for field in definition.files:
        had, has = _ids(before.get(field.key)), _ids(after.get(field.key))
        if taken := has - had:
            free = update(Attachment).where(
                Attachment.id.in_(taken), Attachment.record_id.is_(None)
            )
            found = session.execute(free.values(record_id=record_id))
            if found.rowcount != len(taken):  # type: ignore[attr-defined]
                gone = caption("validation.file_gone", locale_of(session))
                raise Invalid(fields={field.key: [gone]})
        if dropped := had - has:
            own = update(Attachment).where(
                Attachment.id.in_(dropped), Attachment.record_id == record_id
            )
            session.execute(own.values(record_id=None, made_at=now, made_by=actor_id(session)))


def loosen(session: Session, definition: Definition, record_id: UUID, held: Any) -> None:
    """Files that are in no field of theirs any more stay at the record, beside its fields."""
    kept = {each for field in definition.files for each in _ids(held.get(field.key))}
    session.execute(
        update(Attachment)
        .where(
            Attachment.record_id == record_id,
            Attachment.field != "",
            Attachment.id.not_in(kept),
        )
        .values(field="")
    )


def _ids(held: Any) -> set[UUID]:
    return {UUID(each["id"]) for each in held or ()}

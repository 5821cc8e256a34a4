"""The versions of an object: those there were, and how the next one is recorded."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound
from callcenter.core.tenant import Scope
from callcenter.objects.models import DataObject, ObjectVersion
from callcenter.objects.schemas import Definition, stored_definition
from callcenter.objects.service.comparing import Change, changes
from callcenter.objects.service.placing import Places, plain


class Versions:
    def __init__(self, audit: Audit, clock: Clock) -> None:
        self._audit = audit
        self._clock = clock

    def history(self, session: Session, row: DataObject) -> list[Definition]:
        """Every version, the newest (which is in force) first."""
        query = select(ObjectVersion).where(ObjectVersion.object_id == row.id)
        found = session.scalars(query.order_by(ObjectVersion.number.desc()))
        return [stored_definition(version.definition, version.number) for version in found]

    def newest(
        self, session: Session, row: DataObject, number: int, most: int
    ) -> Sequence[ObjectVersion]:
        """Up to `most` versions from `number` downwards."""
        query = select(ObjectVersion).where(
            ObjectVersion.object_id == row.id, ObjectVersion.number <= number
        )
        return session.scalars(query.order_by(ObjectVersion.number.desc()).limit(most)).all()

    def one(self, session: Session, row: DataObject, number: int) -> ObjectVersion:
        query = select(ObjectVersion).where(
            ObjectVersion.object_id == row.id, ObjectVersion.number == number
        )
        found = session.scalar(query)
        if found is None:
            raise NotFound
        return found

    def in_force(self, session: Session, row: DataObject) -> Mapping[str, Any] | None:
        """The published document as its designer sees it."""
        if not row.published_number:
            return None
        return plain(self.one(session, row, row.published_number).definition)

    def record(
        self, session: Session, row: DataObject, document: Mapping[str, Any], note: str
    ) -> None:
        """`document` comes into force with the transaction."""
        scope: Scope = session.info["scope"]
        now, number = self._clock.now(), row.published_number + 1
        row.name, row.published_number, row.draft = dict(document["name"]), number, None
        row.changed_at, row.changed_by = now, scope.actor.user_id if scope.actor else None
        session.add(
            ObjectVersion(
                enterprise_id=row.enterprise_id,
                object_id=row.id,
                number=number,
                definition=dict(document),
                note=note,
                published_at=now,
                published_by=row.changed_by,
            )
        )
        self._audit.record(
            session,
            "object.publish",
            "data_object",
            row.id,
            name=row.identifier,
            after={"version": number},
            enterprise_id=row.enterprise_id,
        )


def against(
    history: Sequence[Definition], draft: Definition, purged: Collection[str] = ()
) -> list[Change]:
    """The changes of a draft from the version in force. purged: places that hold nothing any more."""
    places = Places(history, purged)
    back = [field.key for field in draft.fields if places.is_back(field)]
    lost = [field.key for field in draft.fields if places.is_lost(field)]
    return changes(history[0] if history else None, draft, back, lost)

"""Files at a record."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.core.errors import Forbidden, Invalid, NotFound
from callcenter.objects.models import Attachment
from callcenter.objects.schemas import Definition
from callcenter.objects.schemas.rights import Access, access
from callcenter.objects.service.changes import ChangeLog
from callcenter.objects.service.field_files import shown
from callcenter.objects.service.file_kinds import INLINE, clean_name
from callcenter.objects.service.files import Files, Received
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.means import Means
from callcenter.objects.service.presenting import Held, role_of, viewer
from callcenter.objects.service.rows import actor_id
from callcenter.objects.service.seeing import clear_to, seen_by
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field
from callcenter.objects.types.file import File as FileType

MOST = 100


class Attachments(Lookups):
    def __init__(self, means: Means, files: Files) -> None:
        super().__init__(means.directory, means.definitions, means.handled, means.rows)
        self._changes = ChangeLog(self._presenter, means.audit, means.outbox, means.clock)
        self._clock = means.clock
        self._files = files

    @property
    def files(self) -> Files:
        return self._files

    def all(self, session: Session, identifier: str, record_id: UUID) -> list[dict[str, Any]]:
        """In the order in which they came. Raises NotFound, Forbidden."""
        definition = self._definition(session, identifier, "read")
        held = self._look_at(session, definition, record_id)
        query = select(Attachment).where(Attachment.record_id == record_id, Attachment.field == "")
        rows = session.scalars(query.order_by(Attachment.made_at, Attachment.id)).all()
        return self._show(session, definition, held, rows)

    def check(self, session: Session, identifier: str, record_id: UUID) -> tuple[Definition, Held]:
        """Whether a file may be attached, before it is sent. Raises NotFound, Forbidden, Invalid."""
        definition = self._definition(session, identifier, "edit")
        held = self._find(session, definition, record_id)
        self._reaching.check(session, definition, held, "edit")
        count = select(func.count(Attachment.id)).where(
            Attachment.record_id == record_id, Attachment.field == ""
        )
        if (session.scalar(count) or 0) >= MOST:
            raise Invalid(fields={"file": ["validation.too_many"]})
        return definition, held

    def add(
        self, session: Session, identifier: str, record_id: UUID, received: Received, name: str
    ) -> dict[str, Any]:
        """Raises NotFound, Forbidden, Invalid; the file is then the caller's to discard."""
        definition, held = self.check(session, identifier, record_id)
        row = self._row(session, identifier, received, name, record_id=record_id)
        self._note(session, definition, record_id, row, "attach")
        return self._show(session, definition, held, [row])[0]

    def check_field(self, session: Session, identifier: str, key: str) -> Field:
        """Whether a file may be sent for a field, before it is. Raises NotFound, Forbidden, Invalid."""
        definition = self._definitions.get(session, identifier)
        if not any(self._may(session, definition, act) for act in ("create", "edit")):
            raise Forbidden
        role = role_of(session)
        field = seen_by(definition, role).by_key.get(key)
        if field is None or field not in definition.files:
            raise NotFound
        if field.read_only or access(field, role) is not Access.WRITE:
            raise Forbidden
        count = select(func.count(Attachment.id)).where(
            Attachment.record_id.is_(None), Attachment.made_by == actor_id(session)
        )
        if (session.scalar(count) or 0) >= MOST:
            raise Invalid(fields={"file": ["validation.too_many"]})
        return field

    def keep(
        self, session: Session, identifier: str, key: str, received: Received, name: str
    ) -> dict[str, Any]:
        """Until a record takes it. Raises as `check_field`; the file is then the caller's to discard."""
        field = self.check_field(session, identifier, key)
        kind = type_of(field)
        if isinstance(kind, FileType) and received.kind not in kind.media_types(field):
            raise Invalid(fields={"file": ["validation.file_kind"]})
        return shown(self._row(session, identifier, received, name, field=key))

    def _row(
        self, session: Session, identifier: str, received: Received, name: str, **where: Any
    ) -> Attachment:
        actor = viewer(session)
        row = Attachment(
            id=received.id,
            object_id=self._definitions.object_id(session, identifier),
            name=clean_name(name, received.kind),
            media_type=received.kind,
            size=received.size,
            sha256=received.sha256,
            made_at=self._clock.now(),
            made_by=actor.user_id if actor else None,
            made_name=actor.name if actor else "",
            **where,
        )
        session.add(row)
        session.flush()
        return row

    def one(self, session: Session, identifier: str, record_id: UUID, file_id: UUID) -> Attachment:
        """Raises NotFound, Forbidden."""
        definition = self._definition(session, identifier, "read")
        self._find(session, definition, record_id)
        query = select(Attachment).where(
            Attachment.id == file_id, Attachment.record_id == record_id
        )
        row = session.scalar(query)
        # A file in a field is seen by whoever sees the field.
        if row is None or (
            row.field and row.field not in clear_to(definition, role_of(session)).by_key
        ):
            raise NotFound
        return row

    def delete(self, session: Session, identifier: str, record_id: UUID, file_id: UUID) -> None:
        """By whoever attached it, or may delete the record. Raises NotFound, Forbidden."""
        row = self.one(session, identifier, record_id, file_id)
        if row.field:
            raise NotFound  # it goes when the record is saved without it
        definition = self._definition(session, identifier, "read")
        held = self._find(session, definition, record_id)
        if not self._may_remove(session, definition, held, row):
            raise Forbidden
        self._note(session, definition, record_id, row, "detach")
        self._files.remove(session, row)

    def _may_remove(
        self, session: Session, definition: Definition, held: Held, row: Attachment
    ) -> bool:
        if row.made_by is not None and row.made_by == actor_id(session):
            return True
        return self._reaching.may(session, definition, held, "delete")

    def _note(
        self,
        session: Session,
        definition: Definition,
        record_id: UUID,
        row: Attachment,
        action: str,
    ) -> None:
        details = {"file": row.name}
        self._changes.write(session, definition, row.object_id, record_id, action, {}, {}, details)

    def _show(
        self, session: Session, definition: Definition, held: Held, rows: Sequence[Attachment]
    ) -> list[dict[str, Any]]:
        return [
            {
                **{name: getattr(row, name) for name in ("id", "name", "media_type", "size")},
                "made_at": row.made_at,
                "made_by": {"id": row.made_by, "name": row.made_name} if row.made_by else None,
                "inline": row.media_type in INLINE,
                "may_delete": self._may_remove(session, definition, held, row),
            }
            for row in rows
        ]

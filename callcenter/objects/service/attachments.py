"""Files at a record."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Forbidden, Invalid, NotFound
from callcenter.objects.models import Attachment
from callcenter.objects.schemas import Definition
from callcenter.objects.service.changes import ChangeLog
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.file_kinds import INLINE, clean_name
from callcenter.objects.service.files import Files, Received
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.presenting import Held, viewer
from callcenter.objects.service.reaching import Handled
from callcenter.objects.service.rows import actor_id

MOST = 100


class Attachments(Lookups):
    def __init__(
        self,
        directory: Directory,
        definitions: Definitions,
        handled: Handled,
        audit: Audit,
        outbox: Outbox,
        clock: Clock,
        files: Files,
    ) -> None:
        super().__init__(directory, definitions, handled)
        self._changes = ChangeLog(self._presenter, audit, outbox, clock)
        self._clock = clock
        self._files = files

    @property
    def files(self) -> Files:
        return self._files

    def all(self, session: Session, identifier: str, record_id: UUID) -> list[dict[str, Any]]:
        """In the order in which they came. Raises NotFound, Forbidden."""
        definition = self._definition(session, identifier, "read")
        held = self._find(session, definition, record_id)
        query = select(Attachment).where(Attachment.record_id == record_id)
        rows = session.scalars(query.order_by(Attachment.made_at, Attachment.id)).all()
        return self._show(session, definition, held, rows)

    def check(self, session: Session, identifier: str, record_id: UUID) -> tuple[Definition, Held]:
        """Whether a file may be attached, before it is sent. Raises NotFound, Forbidden, Invalid."""
        definition = self._definition(session, identifier, "edit")
        held = self._find(session, definition, record_id)
        self._reaching.check(session, definition, held, "edit")
        count = select(func.count(Attachment.id)).where(Attachment.record_id == record_id)
        if (session.scalar(count) or 0) >= MOST:
            raise Invalid(fields={"file": ["validation.too_many"]})
        return definition, held

    def add(
        self, session: Session, identifier: str, record_id: UUID, received: Received, name: str
    ) -> dict[str, Any]:
        """Raises NotFound, Forbidden, Invalid; the file is then the caller's to discard."""
        definition, held = self.check(session, identifier, record_id)
        actor = viewer(session)
        row = Attachment(
            id=received.id,
            object_id=self._definitions.object_id(session, identifier),
            record_id=record_id,
            name=clean_name(name, received.kind),
            media_type=received.kind,
            size=received.size,
            sha256=received.sha256,
            made_at=self._clock.now(),
            made_by=actor.user_id if actor else None,
            made_name=actor.name if actor else "",
        )
        session.add(row)
        session.flush()
        self._note(session, definition, row, "attach")
        return self._show(session, definition, held, [row])[0]

    def one(self, session: Session, identifier: str, record_id: UUID, file_id: UUID) -> Attachment:
        """Raises NotFound, Forbidden."""
        definition = self._definition(session, identifier, "read")
        self._find(session, definition, record_id)
        query = select(Attachment).where(
            Attachment.id == file_id, Attachment.record_id == record_id
        )
        row = session.scalar(query)
        if row is None:
            raise NotFound
        return row

    def delete(self, session: Session, identifier: str, record_id: UUID, file_id: UUID) -> None:
        """By whoever attached it, or may delete the record. Raises NotFound, Forbidden."""
        row = self.one(session, identifier, record_id, file_id)
        definition = self._definition(session, identifier, "read")
        held = self._find(session, definition, record_id)
        if not self._may_remove(session, definition, held, row):
            raise Forbidden
        self._note(session, definition, row, "detach")
        self._files.remove(session, row)

    def _may_remove(
        self, session: Session, definition: Definition, held: Held, row: Attachment
    ) -> bool:
        if row.made_by is not None and row.made_by == actor_id(session):
            return True
        return self._reaching.may(session, definition, held, "delete")

    def _note(self, session: Session, definition: Definition, row: Attachment, action: str) -> None:
        details = {"file": row.name}
        self._changes.write(
            session, definition, row.object_id, row.record_id, action, {}, {}, details
        )

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

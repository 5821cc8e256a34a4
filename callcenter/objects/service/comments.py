"""Comments on a record: by whoever may read it, changed and deleted by their authors."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.errors import Forbidden, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import page_rows
from callcenter.objects.errors import BadValue
from callcenter.objects.models import RecordComment
from callcenter.objects.schemas import Definition
from callcenter.objects.service.bell import Bell
from callcenter.objects.service.changes import ChangeLog
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.means import Means
from callcenter.objects.service.mentions import Mentions, mentioned
from callcenter.objects.service.presenting import viewer
from callcenter.objects.service.rows import actor_id
from callcenter.objects.types.base import read_text

LONGEST = 5_000
MOST_MENTIONS = 20


class Comments(Lookups):
    def __init__(self, means: Means) -> None:
        super().__init__(means.directory, means.definitions, means.handled, means.rows)
        self._changes = ChangeLog(self._presenter, means.audit, means.outbox, means.clock)
        self._bell = Bell(means.directory, means.outbox, means.clock)
        self._clock = means.clock

    def page(
        self, session: Session, identifier: str, record_id: UUID, request: PageRequest
    ) -> Page:
        """The newest first. Raises NotFound, Forbidden."""
        definition = self._definition(session, identifier, "read")
        self._look_at(session, definition, record_id)
        query = select(RecordComment).where(RecordComment.record_id == record_id)
        order = {"made_at": RecordComment.made_at}
        unique = RecordComment.id.desc()
        rows, total = page_rows(session, query, request, order, "-made_at", unique)
        return Page(self._show(session, rows), total, request.page, request.page_size)

    def add(self, session: Session, identifier: str, record_id: UUID, given: str) -> dict[str, Any]:
        """Raises NotFound, Forbidden, Invalid."""
        definition = self._opened(session, identifier, record_id)
        actor = viewer(session)
        row = RecordComment(
            id=new_id(),
            object_id=self._definitions.object_id(session, identifier),
            record_id=record_id,
            text=self._text(session, given),
            made_at=self._clock.now(),
            made_by=actor.user_id if actor else None,
            made_name=actor.name if actor else "",
        )
        session.add(row)
        session.flush()
        self._note(session, definition, row, "comment")
        self._tell(session, definition, row, mentioned(row.text))
        return self._show(session, [row])[0]

    def change(
        self,
        session: Session,
        identifier: str,
        record_id: UUID,
        comment_id: UUID,
        given: str,
        version: int,
    ) -> dict[str, Any]:
        """Raises NotFound, Forbidden for another's, Stale, Invalid."""
        definition, row = self._own(session, identifier, record_id, comment_id, version)
        named_before = mentioned(row.text)
        row.text, row.edited_at = self._text(session, given), self._clock.now()
        session.flush()
        self._note(session, definition, row, "comment_change")
        new = [user_id for user_id in mentioned(row.text) if user_id not in named_before]
        self._tell(session, definition, row, new)
        return self._show(session, [row])[0]

    def delete(
        self, session: Session, identifier: str, record_id: UUID, comment_id: UUID, version: int
    ) -> None:
        """Its text is gone for good; that there was one stays in the history."""
        definition, row = self._own(session, identifier, record_id, comment_id, version)
        session.delete(row)
        self._note(session, definition, row, "comment_delete")

    def _opened(self, session: Session, identifier: str, record_id: UUID) -> Definition:
        definition = self._definition(session, identifier, "read")
        self._find(session, definition, record_id)
        return definition

    def _own(
        self, session: Session, identifier: str, record_id: UUID, comment_id: UUID, version: int
    ) -> tuple[Definition, RecordComment]:
        definition = self._opened(session, identifier, record_id)
        query = select(RecordComment).where(
            RecordComment.id == comment_id, RecordComment.record_id == record_id
        )
        row = session.scalar(query)
        if row is None:
            raise NotFound
        if row.made_by is None or row.made_by != actor_id(session):
            raise Forbidden
        if row.version != version:
            raise Stale
        return definition, row

    def _text(self, session: Session, given: str) -> str:
        try:
            text = read_text(given, LONGEST)
        except BadValue as fault:
            raise Invalid(fault.parameters, {"text": [fault.key]}) from fault
        if text is None:
            raise Invalid(fields={"text": ["validation.required"]})
        if len(mentioned(text)) > MOST_MENTIONS:
            raise Invalid(fields={"text": ["validation.too_many"]})
        if Mentions(session, self._directory, [text]).unknown(text):
            raise Invalid(fields={"text": ["validation.unknown_id"]})
        return text

    def _note(
        self, session: Session, definition: Definition, row: RecordComment, action: str
    ) -> None:
        details = {"comment": str(row.id)}
        self._changes.write(
            session, definition, row.object_id, row.record_id, action, {}, {}, details
        )

    def _tell(
        self,
        session: Session,
        definition: Definition,
        row: RecordComment,
        people: Collection[UUID],
    ) -> None:
        if people:
            record = self._find(session, definition, row.record_id)
            self._bell.mentioned(session, definition, row.record_id, record.values, people)

    def _show(self, session: Session, rows: Sequence[RecordComment]) -> list[dict[str, Any]]:
        mentions = Mentions(session, self._directory, [row.text for row in rows])
        me = actor_id(session)
        return [_shown(row, mentions, mine=row.made_by == me) for row in rows]


def _shown(row: RecordComment, mentions: Mentions, *, mine: bool) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": row.text,
        "mentions": mentions.people(row.text),
        "made_at": row.made_at,
        "made_by": {"id": row.made_by, "name": row.made_name} if row.made_by else None,
        "edited_at": row.edited_at,
        "mine": mine,
        "version": row.version,
    }

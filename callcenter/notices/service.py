"""Posts notices in the caller's transaction, and shows each user their own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import NotFound
from callcenter.core.http import Page, PageRequest
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.listing import page_rows
from callcenter.core.tenant import Scope
from callcenter.notices.events import CHANGED
from callcenter.notices.models import NoticeRow

KEPT = timedelta(days=90)
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """kind: `mentioned`, `assigned`, … The text goes to whoever is told, whatever they may see.

    text: one for all, or by language for each to read their own.
    """

    kind: str
    text: str | Mapping[str, str]
    object_identifier: str | None = None
    record_id: UUID | None = None


class Notices:
    def __init__(self, directory: Directory, outbox: Outbox, clock: Clock) -> None:
        self._directory = directory
        self._outbox = outbox
        self._clock = clock

    def post(self, session: Session, recipients: Collection[UUID], notice: Notice) -> None:
        """Told after the caller's commit. Who is gone, or of another enterprise, is left out."""
        if not recipients:
            return
        scope: Scope = session.info["scope"]
        known = self._directory.people(session, recipients)
        text, texts = _stored(notice.text)
        for user_id in dict.fromkeys(recipients):
            person = known.get(user_id)
            if person is None or not person.active:
                continue
            row = NoticeRow(
                user_id=user_id,
                kind=notice.kind,
                text=text,
                texts=texts,
                object_identifier=notice.object_identifier,
                record_id=notice.record_id,
                made_name=scope.actor.name if scope.actor else "",
                at=self._clock.now(),
                read_at=None,
            )
            session.add(row)
            self._outbox.record(session, CHANGED, user_id)

    def page(self, session: Session, request: PageRequest, *, unread: bool) -> Page:
        """The actor's own, the newest first. Raises Invalid for an order that there is not."""
        query = select(NoticeRow).where(*_mine(session, unread=unread))
        order = {"at": NoticeRow.at}
        rows, total = page_rows(session, query, request, order, "-at", NoticeRow.id.desc())
        locale = session.info["scope"].require_actor().locale
        items = [_shown(row, locale) for row in rows]
        return Page(items, total, request.page, request.page_size)

    def unread(self, session: Session) -> int:
        query = select(func.count()).select_from(NoticeRow).where(*_mine(session, unread=True))
        return session.scalar(query) or 0

    def read(self, session: Session, notice_id: UUID) -> dict[str, Any]:
        """Mark one as read; again is no error. Raises NotFound, also for somebody else's."""
        query = select(NoticeRow).where(NoticeRow.id == notice_id, *_mine(session))
        row = session.scalar(query)
        if row is None:
            raise NotFound
        if row.read_at is None:
            row.read_at = self._clock.now()
            self._tell(session)
        return _shown(row, session.info["scope"].require_actor().locale)

    def read_all(self, session: Session, until: datetime) -> int:
        """Mark all that were posted until then; what has come since was not seen yet."""
        statement = update(NoticeRow).where(*_mine(session, unread=True), NoticeRow.at <= until)
        done: Any = session.execute(statement.values(read_at=self._clock.now()))
        if done.rowcount:
            self._tell(session)
        return self.unread(session)

    def _tell(self, session: Session) -> None:
        """To the user's other windows."""
        actor = session.info["scope"].require_actor()
        self._outbox.record(session, CHANGED, actor.user_id, enterprise_id=actor.enterprise_id)


def tidy(session: Session, clock: Clock) -> None:
    """Forget what nobody needs any more."""
    session.execute(delete(NoticeRow).where(NoticeRow.at < clock.now() - KEPT))


def _mine(session: Session, *, unread: bool = False) -> list[ColumnElement[bool]]:
    scope: Scope = session.info["scope"]
    own = NoticeRow.user_id == scope.require_actor().user_id
    return [own, NoticeRow.read_at.is_(None)] if unread else [own]


def _stored(text: str | Mapping[str, str]) -> tuple[str, dict[str, str] | None]:
    if isinstance(text, str):
        return text[:LONGEST], None
    return "", {locale: said[:LONGEST] for locale, said in text.items()}


def _shown(row: NoticeRow, locale: str) -> dict[str, Any]:
    texts = row.texts or {}
    return {
        "id": row.id,
        "kind": row.kind,
        "text": texts.get(locale) or texts.get(DEFAULT_LOCALE) or row.text,
        "object": row.object_identifier,
        "record_id": row.record_id,
        "made_by": row.made_name,
        "at": row.at,
        "read_at": row.read_at,
    }

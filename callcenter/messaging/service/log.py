"""The log of messages: what was sent to whom, what it cost, and what a person decides about it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import NotFound
from callcenter.core.http import Page, PageRequest
from callcenter.core.i18n import caption
from callcenter.core.listing import holds, page_rows
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Scope
from callcenter.messaging.addresses import BadAddress, read_address, shown_address
from callcenter.messaging.errors import SendingStands
from callcenter.messaging.events import QUEUE
from callcenter.messaging.models import ChannelKind, Message, MessageChannel, MessageState
from callcenter.objects.service.presenting import locale_of

AGAIN = frozenset(
    {
        MessageState.FAILED,
        MessageState.GIVEN_UP,
        MessageState.UNCERTAIN,
        MessageState.CANCELLED,
    }
)
"""What a person may have sent once more."""

_EQUAL = ("state", "delivery", "kind", "channel_id", "source", "record_id")
_SORTS = {"made_at": Message.made_at, "sent_at": Message.sent_at, "cost": Message.cost}
_SAME = (
    *("id", "kind", "subject", "text", "html", "template", "object", "record_id", "source"),
    *("state", "attempts", "parts", "provider_id", "made_at", "sent_at"),
    *("delivery", "report", "reported_at"),
)
_WAKE = text("SELECT pg_notify(:channel, '')")


class MessageLog:
    def __init__(self, directory: Directory, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """The newest first. Raises Invalid."""
        query = self._found(session, select(Message), request.q, filters)
        rows, total = page_rows(session, query, request, _SORTS, "-made_at", Message.id.desc())
        return Page(self._shown(session, rows), total, request.page, request.page_size)

    def totals(self, session: Session, filters: Mapping[str, Any]) -> dict[str, Any]:
        count = select(Message.state, func.count(), func.sum(Message.parts), func.sum(Message.cost))
        query = self._found(session, count, filters.get("q", ""), filters)
        found = session.execute(query.group_by(Message.state)).all()
        cost = sum(row[3] for row in found)
        return {
            "total": sum(row[1] for row in found),
            "parts": sum(row[2] for row in found),
            "cost": f"{cost:.4f}",
            "states": [{"state": row[0], "count": row[1]} for row in found],
        }

    def read(self, session: Session, message_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        row = _find(session, message_id)
        language = locale_of(session)
        history = [{**each, "message": _said(each["reason"], language)} for each in row.history]
        attached = [each["name"] for each in row.attachments]
        return {**self._shown(session, [row])[0], "history": history, "attachments": attached}

    def again(self, session: Session, message_id: UUID) -> dict[str, Any]:
        """Raises NotFound, SendingStands unless it is over without having certainly arrived.

        One whose text has been taken out is over for good.
        """
        row = _find(session, message_id, lock=True)
        if row.state not in AGAIN or not row.text:
            raise SendingStands({"state": row.state})
        before = row.state
        row.state, row.next_at = MessageState.QUEUED.value, self._clock.now()
        row.begun, row.reason = False, None
        row.delivery, row.report, row.reported_at = "", "", None
        session.flush()
        self._note(session, "again", row, before)
        session.execute(_WAKE, {"channel": QUEUE})
        return self.read(session, message_id)

    def cancel(self, session: Session, message_id: UUID) -> dict[str, Any]:
        """Raises NotFound, SendingStands for one that no longer waits."""
        row = _find(session, message_id, lock=True)
        if row.state != MessageState.QUEUED:
            raise SendingStands({"state": row.state})
        row.state = MessageState.CANCELLED.value
        session.flush()
        self._note(session, "cancel", row, MessageState.QUEUED)
        return self.read(session, message_id)

    def _found(self, session: Session, query: Any, q: str, filters: Mapping[str, Any]) -> Any:
        for name in _EQUAL:
            if (value := filters.get(name)) is not None:
                query = query.where(getattr(Message, name) == value)
        if since := filters.get("since"):
            query = query.where(Message.made_at >= since)
        if until := filters.get("until"):
            query = query.where(Message.made_at < until)
        return query.where(self._has(session, q)) if q.strip() else query

    def _has(self, session: Session, q: str) -> ColumnElement[bool]:
        """An address as a whole: parts of it would tell it to those for whom it is masked."""
        area_code = self._directory.enterprise(session).area_code
        whole = []
        for kind in ChannelKind:
            try:
                whole.append(read_address(kind, q, area_code))
            except BadAddress:
                continue
        return or_(Message.address.in_(whole), holds(q, Message.subject, Message.text))

    def _shown(self, session: Session, rows: Sequence[Message]) -> list[dict[str, Any]]:
        scope: Scope = session.info["scope"]
        unmasked = scope.require_actor().may(Permission.NUMBERS_UNMASKED)
        language = locale_of(session)
        wanted = {row.channel_id for row in rows}
        channels = select(MessageChannel.id, MessageChannel.name)
        names = dict(session.execute(channels.where(MessageChannel.id.in_(wanted))).all())
        people = self._directory.people(session, {row.made_by for row in rows if row.made_by})
        return [
            {
                **{name: getattr(row, name) for name in _SAME},
                "channel": {"id": row.channel_id, "name": names.get(row.channel_id, "")},
                "to": shown_address(row.kind, row.address, unmasked=unmasked),
                "next_at": row.next_at if _is_put_off(row) else None,
                "cost": f"{row.cost:.4f}",
                "message": _said(row.reason, language),
                "made_by": people.get(row.made_by) if row.made_by else None,
            }
            for row in rows
        ]

    def _note(self, session: Session, act: str, row: Message, before: str) -> None:
        self._audit.record(
            session, f"message.{act}", "message", row.id,
            name=shown_address(row.kind, row.address, unmasked=False),
            before={"state": before}, after={"state": row.state},
        )  # fmt: skip


def _is_put_off(row: Message) -> bool:
    return row.state == MessageState.QUEUED and row.attempts > 0


def _said(reason: Mapping[str, Any] | None, language: str) -> str | None:
    return caption(reason["key"], language, reason["parameters"]) if reason else None


def _find(session: Session, message_id: UUID, *, lock: bool = False) -> Message:
    query = select(Message).where(Message.id == message_id)
    row: Message | None = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound
    return row

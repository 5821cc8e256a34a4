"""Delivery reports taken: from whoever knows a channel's address, of messages of that channel alone."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.limits import MINUTE, Limit, Limiter
from callcenter.core.tenant import Scope
from callcenter.messaging.models import Message, MessageChannel, MessageState
from callcenter.messaging.reports import (
    Report,
    Unreadable,
    counts,
    document_of,
    is_same,
    reports_of,
)

OF_A_CHANNEL, REFUSED = 6_000, 30
"""Calls a minute: of one channel, and from one address with a secret that is none."""

_REACHED = (MessageState.SENDING, MessageState.SENT, MessageState.UNCERTAIN)
"""Of others nothing has gone out."""

log = structlog.get_logger()


class Reporting:
    def __init__(self, database: Database, limiter: Limiter, clock: Clock) -> None:
        self._database = database
        self._limiter = limiter
        self._clock = clock

    def take(
        self, channel_id: UUID, secret: str, body: bytes, query: Mapping[str, str], ip: str
    ) -> str:
        """What the gateway wants to hear. Told again, and of messages unknown here, nothing changes.

        Raises NotFound, Invalid, TooManyRequests, Unavailable.
        """
        channel = self._known(channel_id, secret, ip)
        self._limiter.take(Limit(f"delivery_reports:{channel_id}", OF_A_CHANNEL, MINUTE))
        settings = channel.settings["reports"]
        try:
            reports = reports_of(settings, document_of(body, query))
        except Unreadable:
            raise Invalid(fields={"body": ["report.unreadable"]}) from None
        with self._database.begin(Scope(channel.enterprise_id)) as session:
            changed = self._write(session, channel, reports)
        log.info(
            "messages.reported", channel=str(channel_id), reports=len(reports), changed=changed
        )
        return str(settings["answer"])

    def _known(self, channel_id: UUID, secret: str, ip: str) -> MessageChannel:
        with self._database.begin(Scope.platform()) as session:
            row = session.scalar(select(MessageChannel).where(MessageChannel.id == channel_id))
        # Compared also where there is none: the answer takes as long.
        right = is_same(secret, row.report_hash if row else "")
        if row is None or not right or not row.settings.get("reports"):
            self._limiter.take(Limit(f"delivery_reports:refused:{ip}", REFUSED, MINUTE))
            raise NotFound
        return row

    def _write(self, session: Session, channel: MessageChannel, reports: Sequence[Report]) -> int:
        changed = 0
        found = _found(session, channel.id, {each.id for each in reports})
        for report in reports:
            message = found.get(report.id) or found.get(str(_uuid(report.id)))
            if message is None or not counts(report, message.delivery, message.parts):
                continue
            now = self._clock.now()
            message.delivery, message.report = report.delivery.value, report.words
            message.reported_at = now
            if message.state == MessageState.UNCERTAIN:
                # Whatever became of it, it went.
                message.state, message.reason, message.sent_at = MessageState.SENT.value, None, now
                message.cost = Decimal(channel.settings.get("price", "0")) * message.parts
            changed += 1
        return changed


def _found(session: Session, channel_id: UUID, ids: set[str]) -> Mapping[str, Message]:
    """By the gateway's id or ours; of several with one id the newest."""
    own = [own for each in ids if (own := _uuid(each)) is not None]
    query = (
        select(Message)
        .where(Message.channel_id == channel_id, Message.state.in_(_REACHED))
        .where(
            or_(
                (Message.kind == "sms") & (Message.provider_id != "")
                & Message.provider_id.in_(ids),
                Message.id.in_(own),
            )
        )
        # In one order, so that two calls about the same messages do not wait for each other.
        .order_by(Message.made_at, Message.id)
        .with_for_update()
    )  # fmt: skip
    rows = session.scalars(query).all()
    return {row.provider_id: row for row in rows} | {str(row.id): row for row in rows}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

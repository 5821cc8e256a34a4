"""Channels: kept by the enterprise's administrator. Their secrets go in and never come out."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid
from callcenter.core.finding import the_one
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.sealed import Seal
from callcenter.core.tenant import Scope
from callcenter.messaging.events import CHANNEL_CHANGED
from callcenter.messaging.models import GATEWAY_SECONDS, ChannelKind, Message, MessageChannel
from callcenter.messaging.reports import hashed, new_secret
from callcenter.messaging.service.accepting import sender_of
from callcenter.messaging.signing import Sender, signature_of
from callcenter.objects.service.rows import actor_id
from callcenter.objects.service.using import uses_of_channels

_MAIL = {"signature_html": "", "signed": True}
_SMS = {"closing": "", "signed": True, "timeout": GATEWAY_SECONDS, "reports": None}
"""Of channels from before signatures had places and gateways a time of their own."""

PLAIN = ("name", "settings", "active")
_SORTS = {
    "name": MessageChannel.name,
    "kind": MessageChannel.kind,
    "changed_at": MessageChannel.changed_at,
}


class Channels:
    def __init__(
        self, directory: Directory, seal: Seal, audit: Audit, outbox: Outbox, clock: Clock
    ) -> None:
        self._directory = directory
        self._seal = seal
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        query = select(MessageChannel)
        if request.q:
            query = query.where(holds(request.q, MessageChannel.name, MessageChannel.key))
        if kind := filters.get("kind"):
            query = query.where(MessageChannel.kind == kind)
        rows, total = page_rows(session, query, request, _SORTS, "name", MessageChannel.id)
        return Page(self._shown(session, rows), total, request.page, request.page_size)

    def choices(self, session: Session) -> list[dict[str, Any]]:
        """Those in use, for whoever sends or writes for them; nothing of how they reach anybody."""
        query = select(MessageChannel).where(MessageChannel.active)
        sender = sender_of(session, self._directory)
        return [
            {
                **{name: getattr(row, name) for name in ("key", "name", "kind")},
                **{name: _of_sms(row, name) for name in ("price", "signature")},
                **_signature(row, sender),
            }
            for row in session.scalars(query.order_by(MessageChannel.name))
        ]

    def kinds(self, session: Session) -> Mapping[str, str]:
        """Key of each → its kind."""
        return dict(session.execute(select(MessageChannel.key, MessageChannel.kind)).all())

    def read(self, session: Session, channel_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return self._shown(session, [_find(session, channel_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid: the key is taken, or these are settings of another kind."""
        taken = select(MessageChannel.id).where(MessageChannel.key == values["key"])
        if session.scalar(taken) is not None:
            raise Invalid(fields={"key": ["validation.taken"]})
        kind = values["kind"]
        row = MessageChannel(
            id=new_id(), key=values["key"], kind=kind, name=values["name"],
            settings=_settings(kind, values) or _missing(kind), active=values["active"],
            changed_at=self._clock.now(), changed_by=actor_id(session),
        )  # fmt: skip
        self._keep_secret(session, row, values)
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, _audited(row))
        return self.read(session, row.id)

    def change(
        self, session: Session, channel_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Only what `values` names. Raises NotFound, Stale, Invalid."""
        row = _find(session, channel_id, version)
        before = _audited(row)
        for name in ("name", "active"):
            if name in values:
                setattr(row, name, values[name])
        if settings := _settings(row.kind, values):
            row.settings = settings
            if not settings.get("reports"):
                row.report_hash = ""
        resealed = self._keep_secret(session, row, values)
        row.changed_at, row.changed_by = self._clock.now(), actor_id(session)
        session.flush()
        old, new = difference(before, _audited(row))
        secret = {"secret": True} if resealed else {}
        self._note(session, "change", row, {**old, **secret}, {**new, **secret})
        return self.read(session, channel_id)

    def give_report_address(
        self, session: Session, channel_id: UUID, version: int
    ) -> dict[str, Any]:
        """A new one, told this once; the one before it is no longer heard. Raises NotFound, Stale, Invalid."""
        row = _find(session, channel_id, version)
        if not row.settings.get("reports"):
            raise Invalid(fields={"sms": ["channel.no_reports"]})
        secret = new_secret()
        row.report_hash = hashed(secret)
        row.changed_at, row.changed_by = self._clock.now(), actor_id(session)
        session.flush()
        self._note(session, "report_address", row, {}, {"report_address": True})
        path = f"/api/v1/delivery-reports/{row.id}/{secret}"
        return {"path": path, "version": row.version}

    def delete(self, session: Session, channel_id: UUID, version: int) -> None:
        """Raises NotFound, Stale, InUse while a trigger names it or a message went over it."""
        row = _find(session, channel_id, version)
        if uses_of_channels(session).get(row.key):
            raise InUse({"by": "objects"})
        used = select(Message.id).where(Message.channel_id == channel_id).limit(1)
        if session.scalar(used) is not None:
            raise InUse({"by": "messages"})
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, _audited(row), {})

    def _keep_secret(
        self, session: Session, row: MessageChannel, values: Mapping[str, Any]
    ) -> bool:
        secret = values.get("secret")
        if secret is not None:
            row.secret = self._seal.seal(secret, about(session, row.id)) if secret else ""
        return secret is not None

    def _shown(self, session: Session, rows: Sequence[MessageChannel]) -> list[dict[str, Any]]:
        people = self._directory.people(session, {row.changed_by for row in rows if row.changed_by})
        return [
            {
                **{name: getattr(row, name) for name in ("id", "key", "name", "kind", "active")},
                "email": {**_MAIL, **row.settings} if row.kind == ChannelKind.EMAIL else None,
                "sms": {**_SMS, **row.settings} if row.kind == ChannelKind.SMS else None,
                "has_secret": bool(row.secret),
                "has_report_address": bool(row.report_hash),
                "version": row.version,
                "changed_at": row.changed_at,
                "changed_by": people.get(row.changed_by) if row.changed_by else None,
            }
            for row in rows
        ]

    def _note(
        self,
        session: Session,
        act: str,
        row: MessageChannel,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"message_channel.{act}", "message_channel", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, CHANNEL_CHANGED, row.id, sorted({*before, *after}))


def about(session: Session, channel_id: UUID) -> str:
    """What a channel's secret is sealed for."""
    scope: Scope = session.info["scope"]
    return f"message_channel:{scope.enterprise_id}:{channel_id}"


def _audited(row: MessageChannel) -> dict[str, Any]:
    """Headers may carry what should have been the secret."""
    settings = {key: value for key, value in row.settings.items() if key != "headers"}
    return {"name": row.name, "active": row.active, "settings": settings}


def _settings(kind: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Raises Invalid for those of the other kind."""
    other = "sms" if kind == ChannelKind.EMAIL else "email"
    if values.get(other) is not None:
        raise Invalid(fields={other: ["channel.other_kind"]})
    return values.get(kind)


def _missing(kind: str) -> dict[str, Any]:
    raise Invalid(fields={kind: ["validation.required"]})


def _of_sms(channel: MessageChannel, setting: str) -> str:
    return str(channel.settings.get(setting, "")) if channel.kind == ChannelKind.SMS else ""


def _signature(row: MessageChannel, sender: Sender) -> dict[str, Any]:
    found = signature_of(row.kind, row.settings, sender)
    return {"closing": found.text, "closing_html": found.html, "signed": found.by_itself}


def _find(session: Session, channel_id: UUID, version: int | None = None) -> MessageChannel:
    return the_one(session, select(MessageChannel).where(MessageChannel.id == channel_id), version)

"""Messages taken into the queue: one statement for all of them, in the caller's transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import Invalid
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.messaging.addresses import BadAddress, is_allowed, read_address
from callcenter.messaging.events import QUEUE
from callcenter.messaging.models import (
    ChannelKind,
    Message,
    MessageChannel,
    MessageState,
    Source,
)
from callcenter.messaging.parts import signed, size_of
from callcenter.messaging.signing import Sender, Signature, signature_of
from callcenter.objects.service.presenting import viewer
from callcenter.objects.service.rows import actor_id
from callcenter.objects.types.rich_text import plain_text

MOST_PARTS = 10
_WAKE = text("SELECT pg_notify(:channel, '')")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of an e-mail. place: in the store of files that come and go; type: its media type."""

    name: str
    place: str
    type: str


@dataclass(frozen=True, slots=True)
class Draft:
    """address: as a person writes it, or a number as it is stored.

    key: the same for the same message; what was taken under it once is not taken again.
    """

    address: str
    text: str
    subject: str = ""
    html: bool = False
    template: str | None = None
    object: str | None = None
    record_id: UUID | None = None
    key: str = ""
    attachments: tuple[Attachment, ...] = ()


class Accepting:
    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock

    def channel(self, session: Session, key: str) -> MessageChannel:
        """One in use. Raises Invalid."""
        query = select(MessageChannel).where(MessageChannel.key == key, MessageChannel.active)
        row = session.scalar(query)
        if row is None:
            raise Invalid(fields={"channel": ["message.no_channel"]})
        return row

    def accept(
        self, session: Session, channel: MessageChannel, drafts: Sequence[Draft], source: Source
    ) -> list[UUID]:
        """All of them or none; raises Invalid, by `to.<place>`. It sends what a commit has kept."""
        card = self._directory.enterprise(session)
        signature = signature_of(
            channel.kind, channel.settings, sender_of(session, self._directory)
        )
        rows: list[dict[str, Any]] = []
        wrong: dict[str, list[str]] = {}
        for place, draft in enumerate(drafts):
            try:
                rows.append(self._row(session, channel, draft, source, card.area_code, signature))
            except BadAddress as fault:
                wrong[f"to.{place}"] = [fault.key]
        if wrong:
            raise Invalid(fields=wrong)
        if rows:
            # What was taken under the same key stands as it is.
            taken = insert(Message).on_conflict_do_nothing(index_elements=[Message.id])
            session.execute(taken, rows)
            session.execute(_WAKE, {"channel": QUEUE})
        return [row["id"] for row in rows]

    def known(self, session: Session, keys: Collection[str]) -> set[str]:
        """Those under which a message was taken already."""
        ids = {_id_of(_owner(session), key): key for key in keys}
        found = session.scalars(select(Message.id).where(Message.id.in_(ids)))
        return {ids[each] for each in found}

    def _row(
        self,
        session: Session,
        channel: MessageChannel,
        draft: Draft,
        source: Source,
        area_code: str,
        signature: Signature,
    ) -> dict[str, Any]:
        """Raises BadAddress."""
        enterprise_id = _owner(session)
        address = read_address(channel.kind, draft.address, area_code)
        if not is_allowed(channel.kind, address, channel.settings.get("allowed", ())):
            raise BadAddress("message.number_not_allowed")
        written, html = _written(channel, draft, signature)
        parts = size_of(written).parts if channel.kind == ChannelKind.SMS else 1
        if not draft.text.strip() or parts > MOST_PARTS:
            raise BadAddress("message.empty" if parts == 1 else "message.too_long")
        now = self._clock.now()
        return {
            "id": _id_of(enterprise_id, draft.key) if draft.key else new_id(),
            "enterprise_id": enterprise_id,
            "channel_id": channel.id,
            "kind": channel.kind,
            "address": address,
            "subject": " ".join(draft.subject.split())[:200],
            "text": written,
            "html": html,
            "template": draft.template,
            "object": draft.object,
            "record_id": draft.record_id,
            "source": source.value,
            "state": MessageState.QUEUED.value,
            "attempts": 0,
            "next_at": now,
            "begun": False,
            "parts": parts,
            "cost": 0,
            "provider_id": "",
            "history": [],
            "attachments": [asdict(each) for each in draft.attachments],
            "made_by": actor_id(session),
            "made_at": now,
        }


def sender_of(session: Session, directory: Directory) -> Sender:
    """Whoever acts, as signatures name him."""
    actor, enterprise = viewer(session), directory.enterprise(session)
    if actor is None or actor.is_program:
        return Sender(enterprise=enterprise.name)
    person = directory.people(session, [actor.user_id]).get(actor.user_id)
    return Sender(actor.name, person.extension if person else "", enterprise.name)


def _owner(session: Session) -> UUID:
    scope: Scope = session.info["scope"]
    return scope.enterprise_id or scope.require_actor().enterprise_id


def _id_of(enterprise_id: UUID, key: str) -> UUID:
    return uuid5(enterprise_id, f"message:{key}")


def _written(channel: MessageChannel, draft: Draft, signature: Signature) -> tuple[str, bool]:
    """The text as it goes out, and whether it is markup: an SMS has none, and has a sign in front."""
    if channel.kind == ChannelKind.EMAIL:
        return signature.under(draft.text, html=draft.html), draft.html
    bare = signature.under(plain_text(draft.text) if draft.html else draft.text, html=False)
    settings: Mapping[str, Any] = channel.settings
    return signed(bare, settings.get("signature", "")), False

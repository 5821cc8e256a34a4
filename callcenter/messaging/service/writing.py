"""Messages that people write, or have written from a template; for addresses, or for records."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.errors import Invalid, NotFound
from callcenter.core.i18n import caption
from callcenter.messaging.models import MessageChannel, Source
from callcenter.messaging.service.accepting import Accepting, Draft
from callcenter.objects.errors import BadValue
from callcenter.objects.service.addresses import Addresses
from callcenter.objects.service.presenting import locale_of
from callcenter.objects.service.triggers.templates import Rendered, rendered
from callcenter.templates.service import Rendering


class Writing:
    def __init__(
        self, accepting: Accepting, addresses: Addresses, texts: Rendering, audit: Audit
    ) -> None:
        self._accepting = accepting
        self._addresses = addresses
        self._texts = texts
        self._audit = audit

    def send(self, session: Session, values: Mapping[str, Any]) -> list[UUID]:
        """As `schemas.MessageBody` says. Raises Invalid, Forbidden, NotFound."""
        channel = self._accepting.channel(session, values["channel"])
        drafts = [*self._drafts(session, values)]
        ids = self._accepting.accept(session, channel, drafts, Source.PERSON)
        self._audit.record(
            session, "message.send", "message_channel", channel.id, name=channel.name,
            after={"count": len(ids), "template": values["template"]},
        )  # fmt: skip
        return ids

    def try_channel(self, session: Session, channel_id: UUID, values: Mapping[str, Any]) -> UUID:
        """One message to see whether it arrives. Raises NotFound, Invalid."""
        channel = session.scalar(select(MessageChannel).where(MessageChannel.id == channel_id))
        if channel is None:
            raise NotFound
        subject = caption("message.test_subject", locale_of(session))
        draft = Draft(values["to"], values["text"], subject)
        try:
            (sent,) = self._accepting.accept(session, channel, [draft], Source.TEST)
        except Invalid as fault:
            raise Invalid(fields={"to": fault.fields["to.0"]}) from None
        return sent

    def _drafts(self, session: Session, values: Mapping[str, Any]) -> Iterator[Draft]:
        known = self._known(session, values)
        about_all = None
        for place, to in enumerate(values["to"]):
            record_id = to["record_id"]
            address = to["address"] or known.get((to["field"], record_id), "")
            if not address:
                raise Invalid(fields={f"to.{place}": ["message.no_address"]})
            if record_id or about_all is None:
                text = self._text(session, values, record_id)
                about_all = None if record_id else text
            else:
                text = about_all
            subject = values["subject"] or text.name.get(locale_of(session), "")
            yield Draft(
                address, text.text, subject, text.html, values["template"],
                values["object"] if record_id else None, record_id,
            )  # fmt: skip

    def _known(self, session: Session, values: Mapping[str, Any]) -> Mapping[tuple[str, UUID], str]:
        wanted: dict[str, list[UUID]] = {}
        for to in values["to"]:
            if to["address"] is None:
                wanted.setdefault(to["field"], []).append(to["record_id"])
        return {
            (key, record_id): address
            for key, ids in wanted.items()
            for record_id, address in self._addresses.of(
                session, values["object"], key, ids
            ).items()
        }

    def _text(
        self, session: Session, values: Mapping[str, Any], record_id: UUID | None
    ) -> Rendered:
        """Raises Invalid."""
        if values["template"] is None:
            return Rendered(values["text"], False, {})
        try:
            words = self._texts.data(session, values["object"], record_id)
            return rendered(session, self._texts, values["template"], words)
        except NotFound:
            raise Invalid(fields={"to": ["validation.unknown_id"]}) from None
        except BadValue as fault:
            said = caption(fault.key, locale_of(session), fault.parameters)
            raise Invalid(fields={"template": [said]}) from None

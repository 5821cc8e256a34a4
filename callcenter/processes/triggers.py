"""What triggers of data objects need from the rest of the product."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from callcenter.core.errors import Invalid
from callcenter.core.outbound import Outbound
from callcenter.messaging.models import Source
from callcenter.messaging.service import Accepting, Draft
from callcenter.objects.errors import BadValue
from callcenter.objects.service import Means
from callcenter.objects.service.triggers.calls import Letter
from callcenter.objects.service.triggers.deeds import Deeds
from callcenter.objects.service.triggers.templates import Templates
from callcenter.processes.hosts import allowed_hosts
from dialer.adding import Adding


class EnterpriseCalls:
    """`triggers.calls.Calls` to the hosts that the enterprise's option names."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def check(self, session: Session, url: str) -> None:
        self._outbound.check(url, allowed_hosts(session))

    def send(
        self, session: Session, method: str, url: str, values: Mapping[str, Any], key: str
    ) -> int:
        headers, allowed = {"Idempotency-Key": key}, allowed_hosts(session)
        with bound_contextvars(enterprise=str(session.info["scope"].enterprise_id)):
            return self._outbound.send(method, url, values, allowed, headers).status


class EnterpriseMessages:
    """`triggers.calls.Messages` over the enterprise's channels."""

    def __init__(self, accepting: Accepting) -> None:
        self._accepting = accepting

    def put(self, session: Session, letter: Letter) -> UUID:
        draft = Draft(
            letter.address, letter.text, letter.subject, letter.html, letter.template,
            letter.object, letter.record_id, key=f"trigger:{letter.key}",
        )  # fmt: skip
        try:
            channel = self._accepting.channel(session, letter.channel)
            (sent,) = self._accepting.accept(session, channel, [draft], Source.TRIGGER)
        except Invalid as fault:
            (key, *_), *_ = fault.fields.values()
            raise BadValue(key, {"channel": letter.channel}) from fault
        return sent


def deeds(means: Means, templates: Templates) -> Deeds:
    return Deeds(
        means,
        EnterpriseCalls(Outbound(means.clock)),
        Adding(means.audit, means.outbox),
        EnterpriseMessages(Accepting(means.directory, means.clock)),
        templates,
    )

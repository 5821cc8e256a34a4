"""What triggers of data objects need from the rest of the product."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from callcenter.core.outbound import Outbound
from callcenter.objects.service import Means
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
        headers = {"Idempotency-Key": key}
        return self._outbound.send(method, url, values, allowed_hosts(session), headers).status


def deeds(means: Means, templates: Templates) -> Deeds:
    calls = EnterpriseCalls(Outbound(means.clock))
    return Deeds(means, calls, Adding(means.audit, means.outbox), templates)

"""What triggers of data objects need from the rest of the product."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from callcenter.core.outbound import Outbound, hosts_of
from callcenter.core.tenant import Scope
from callcenter.objects.service import Means
from callcenter.objects.service.triggers.deeds import Deeds
from callcenter.objects.service.triggers.templates import Templates
from callcenter.tenancy.service import Options
from dialer.adding import Adding

HOSTS = "http_hosts"
"""The enterprise's option: which hosts its triggers may call. Empty: none."""


class EnterpriseCalls:
    """`triggers.calls.Calls` to the hosts that the enterprise's option names."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def check(self, session: Session, url: str) -> None:
        self._outbound.check(url, _allowed(session))

    def send(
        self, session: Session, method: str, url: str, values: Mapping[str, Any], key: str
    ) -> int:
        headers = {"Idempotency-Key": key}
        return self._outbound.send(method, url, values, _allowed(session), headers).status


def deeds(means: Means, templates: Templates) -> Deeds:
    calls = EnterpriseCalls(Outbound(means.clock))
    return Deeds(means, calls, Adding(means.audit, means.outbox), templates)


def _allowed(session: Session) -> frozenset[str]:
    scope: Scope = session.info["scope"]
    if scope.enterprise_id is None:
        return frozenset()
    return hosts_of(str(Options().of(session, scope.enterprise_id).get(HOSTS) or ""))

"""Which addresses outside an enterprise's triggers and flows may call."""

from sqlalchemy.orm import Session

from callcenter.core.outbound import hosts_of
from callcenter.core.tenant import Scope
from callcenter.tenancy.service import Options

HOSTS = "http_hosts"
"""The enterprise's option. Empty: none."""


def allowed_hosts(session: Session) -> frozenset[str]:
    scope: Scope = session.info["scope"]
    if scope.enterprise_id is None:
        return frozenset()
    return hosts_of(str(Options().of(session, scope.enterprise_id).get(HOSTS) or ""))

"""What an enterprise may reach at this moment, as the composition root says."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from structlog.contextvars import bound_contextvars

from callcenter.core.errors import NotFound
from callcenter.core.outbound import NotAllowed

AUTHORIZATION = "Authorization"


@dataclass(frozen=True, slots=True)
class Reach:
    """hosts: those of the enterprise's option. secret: of a credential's name, for an address.

    `secret` raises NotFound for a credential that is not there, or not for that address.
    """

    enterprise_id: UUID
    hosts: frozenset[str]
    secret: Callable[[str, str], str]

    def bound(self) -> AbstractContextManager[None]:
        """In here the log says whose requests they are."""
        return bound_contextvars(enterprise=str(self.enterprise_id))

    def signed(self, credential: str, header: str, url: str) -> Mapping[str, str]:
        """The header that carries a credential; none without one. Raises NotAllowed."""
        if not credential:
            return {}
        try:
            return {header or AUTHORIZATION: self.secret(credential, url)}
        except NotFound:
            raise NotAllowed("outbound.no_credential", {"credential": credential}) from None

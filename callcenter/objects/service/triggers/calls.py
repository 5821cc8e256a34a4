"""The way out to addresses, as triggers know it."""

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy.orm import Session


class Calls(Protocol):
    """Addresses that the enterprise may call."""

    def check(self, session: Session, url: str) -> None:
        """Raises core.outbound.NotAllowed."""
        ...

    def send(
        self, session: Session, method: str, url: str, values: Mapping[str, Any], key: str
    ) -> int:
        """The answer's status; key: the same for the same act. Raises core.outbound.OutboundFailed."""
        ...

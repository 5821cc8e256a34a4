"""With what a caller enters a queue: how urgent, and whom the caller should have first."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from callcenter.routing.service import ServicePlan
from callcenter.telephony.live import LiveCall


@dataclass(frozen=True, slots=True)
class Claim:
    """priority: 0-9, 9 first; prefer: members who have the call first, the best of them first."""

    priority: int
    prefer: tuple[UUID, ...] = ()


class Claims(Protocol):
    async def of(self, call: LiveCall, service: ServicePlan) -> Claim:
        """Asked once, as the caller comes. Never raises, and never takes long."""
        ...


class PlainClaims:
    """Everybody's is the service's own."""

    async def of(self, call: LiveCall, service: ServicePlan) -> Claim:  # noqa: ARG002 (whoever it is)
        return Claim(service.priority)

"""Where the bridge's knowledge goes: facts to the ledger, views to the rooms."""

from typing import Any, Protocol
from uuid import UUID

from callcenter.calls.events import Fact


class Facts(Protocol):
    def emit(self, fact: Fact) -> None:
        """Hand over a fact; never blocks. The journal has it on disk within 100 ms."""
        ...


class Rooms(Protocol):
    def set(self, room: str, key: str, value: dict[str, Any] | None) -> None:
        """Set or remove one key of a room (docs/events.md §3); never blocks."""
        ...


def agent_room(agent_id: UUID) -> str:
    return f"agent:{agent_id}"


def callers_room(agent_id: UUID) -> str:
    """Whole numbers of the calls on the agent's desk. For the server alone: nobody is in it."""
    return f"callers:{agent_id}"


def wall_room(enterprise_id: UUID, team_id: UUID | None) -> str:
    return f"wall:{enterprise_id}:{team_id or NO_TEAM}"


def queues_room(enterprise_id: UUID) -> str:
    return f"queues:{enterprise_id}"


def flow_room(enterprise_id: UUID, service_id: UUID) -> str:
    """Calls in the flow of an IVR service."""
    return f"{flow_rooms(enterprise_id)}{service_id}"


def flow_rooms(enterprise_id: UUID) -> str:
    """What the names of all flows' rooms of an enterprise begin with."""
    return f"ivr:{enterprise_id}:"


def takes_room(enterprise_id: UUID) -> str:
    """Prompts that are being recorded by phone; one of the rooms of its flows."""
    return f"{flow_rooms(enterprise_id)}takes"


PLATFORM_ROOM = "platform"

NO_TEAM = "none"
"""Where seats without a team are shown; only who sees the whole enterprise is in that room."""

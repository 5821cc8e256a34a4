"""What operators see now: this node, the calls it carries, and whether its trunks answer."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from callcenter.calls.events import Fact, FactType
from callcenter.core.clock import Clock
from callcenter.routing.service import RoutingPlan
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.outlet import PLATFORM_ROOM, Rooms

DRIFT_WINDOW = timedelta(days=1)


class TrunkState(StrEnum):
    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


# What `qualify` finds out; whatever else Asterisk says of a contact is no knowledge.
_STATES = {
    "Reachable": TrunkState.UP,
    "Unreachable": TrunkState.DOWN,
    "Removed": TrunkState.DOWN,
}


class Platform:
    def __init__(self, clock: Clock, rooms: Rooms, node: str) -> None:
        self._clock = clock
        self._rooms = rooms
        self._node = node
        self._plan: RoutingPlan | None = None
        self._contacts: dict[str, TrunkState] = {}
        self._since: dict[str, datetime] = {}
        self._drifts: deque[tuple[datetime, int]] = deque()
        self._shown: set[str] = set()
        self._reconciled_at: datetime | None = None

    # -- trunks -----------------------------------------------------------------------------

    def use(self, plan: RoutingPlan | None) -> None:
        """Trunks may have come, gone, or been disabled."""
        self._plan = plan
        self._show_trunks()

    def contact(self, event: AmiEvent) -> None:
        """`ContactStatus`: Asterisk asks each trunk every few seconds whether it is there."""
        self._note(event.get("AOR"), event.get("ContactStatus"))
        self._show_trunks()

    @property
    def endpoints(self) -> list[str]:
        return [trunk.endpoint for trunk in self._plan.trunks.values()] if self._plan else []

    def detailed(self, endpoint: Iterable[AmiEvent]) -> None:
        """All that Asterisk knows now of a trunk, read after every connection: an event tells only
        of a change, and what was found out before nobody hears.
        """
        for event in endpoint:
            if event.name == "ContactStatusDetail":
                self._note(event.get("AOR"), event.get("Status"))
        self._show_trunks()

    def lost(self) -> None:
        """Without Asterisk nothing is known of any trunk."""
        for endpoint in list(self._contacts):
            self._note(endpoint, "")
        self._show_trunks()

    def _note(self, endpoint: str, status: str) -> None:
        state = _STATES.get(status, TrunkState.UNKNOWN)
        if self._contacts.get(endpoint) is not state:
            self._contacts[endpoint], self._since[endpoint] = state, self._clock.now()

    def _show_trunks(self) -> None:
        trunks = self._plan.trunks.values() if self._plan else ()
        values: dict[str, dict[str, Any]] = {}
        for trunk in trunks:
            since = self._since.get(trunk.endpoint)
            state = self._contacts.get(trunk.endpoint, TrunkState.UNKNOWN)
            values[f"trunk:{trunk.id}"] = {
                "state": state.value if trunk.enabled else TrunkState.UNKNOWN.value,
                "since": _iso(since),
            }
        for key in self._shown - values.keys():
            self._rooms.set(PLATFORM_ROOM, key, None)
        for key, value in values.items():
            self._rooms.set(PLATFORM_ROOM, key, value)
        self._shown = set(values)

    # -- the node ---------------------------------------------------------------------------

    def fold(self, fact: Fact) -> None:
        """Each reconciliation is a fact, so the day's drift outlives this process."""
        if fact.type is not FactType.RECONCILED or fact.data["node"] != self._node:
            return
        self._reconciled_at = max(fact.at, self._reconciled_at or fact.at)
        self._drifts.append((fact.at, int(fact.data["repaired"])))

    def show(self, *, ready: bool, ami: bool, drift: int, calls: int) -> None:
        """drift: what the last reconciliation's second pass still found."""
        oldest = self._clock.now() - DRIFT_WINDOW
        while self._drifts and self._drifts[0][0] < oldest:
            self._drifts.popleft()
        value = {
            "name": self._node,
            "ready": ready,
            "ami": ami,
            "drift": drift,
            "drift_24h": sum(repaired for _, repaired in self._drifts),
            "reconciled_at": _iso(self._reconciled_at),
            "calls": calls,
        }
        self._rooms.set(PLATFORM_ROOM, f"node:{self._node}", value)
        self._rooms.set(PLATFORM_ROOM, "calls", {"now": calls})


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None

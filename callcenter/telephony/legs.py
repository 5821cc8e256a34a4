"""What a leg is, and what may happen to it: what the tracker and everything behind it speak of."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from callcenter.calls.states import LegState

REMEMBERED = 2_000
"""Ended legs: more than end in the seconds that CEL is read twice."""


class LegChangeKind(StrEnum):
    STARTED = "started"
    RINGING = "ringing"
    ANSWERED = "answered"
    JOINED = "joined"
    LEFT = "left"
    HELD = "held"
    RESUMED = "resumed"
    ENDED = "ended"


@dataclass(slots=True)
class Leg:
    """One channel. enterprise is empty until a channel variable or the call tells it.

    context     at its birth; where it stands, once Asterisk was asked
    changed_at  the moment of the last event that moved it
    """

    uniqueid: str
    channel: str
    call_id: UUID
    state: LegState
    started_at: datetime
    number: str = ""
    name: str = ""
    exten: str = ""
    context: str = ""
    enterprise: str = ""
    bridge_id: str = ""
    left_bridge_id: str = ""
    dial_status: str = ""
    cause: int = 0
    joins: int = 0
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    changed_at: datetime | None = None

    @property
    def endpoint(self) -> str:
        """`e100001-8001` of `PJSIP/e100001-8001-0000000a`."""
        return self.channel.partition("/")[2].rpartition("-")[0]


@dataclass(frozen=True, slots=True)
class LegChange:
    """joins: how often the leg had joined a bridge at that moment; the leg itself goes on."""

    kind: LegChangeKind
    leg: Leg
    at: datetime
    bridge_id: str = ""
    joins: int = 0


class Ended(OrderedDict[str, None]):
    """The Uniqueids of the legs that ended last, oldest first."""

    def note(self, uniqueid: str) -> None:
        self[uniqueid] = None
        if len(self) > REMEMBERED:
            self.popitem(last=False)

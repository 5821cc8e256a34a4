"""An open callback, and whether it may be dialled now. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID


class Source(StrEnum):
    """Where it was asked for. STAFF: by hand, for a customer; WEB: by a program with a key."""

    QUEUE = "queue"
    FLOW = "flow"
    STAFF = "staff"
    WEB = "web"


class Reason(StrEnum):
    """Why a callback ended. CALLED_IN: the customer was quicker, and has been connected."""

    DONE = "done"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    CALLED_IN = "called_in"


class Standing(StrEnum):
    IN_LINE = "in_line"
    RESTING = "resting"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CallbackPlan:
    """How a service calls back.

    attempts  how often the customer is rung; pause_seconds: between two of them
    lasts_seconds  from the asking, or from `not_before`: after that it has expired
    begins, ends  hours of day, the enterprise's zone, in which customers are called
    schedule_id  they are called only while it is open too; None: whenever the hours allow
    """

    attempts: int = 3
    pause_seconds: int = 600
    lasts_seconds: int = 8 * 3600
    begins: time = time(8)
    ends: time = time(21)
    schedule_id: UUID | None = None


@dataclass(slots=True)
class OpenCallback:
    """number: `kind:value`. display_number: what the customer had dialled, shown in turn.

    note        what the asking program says of it, for the agent
    queued_at   the place it keeps. call_id, agent_id: of the attempt under way
    asked_in    the call in which it was asked for: as long as that lasts, the customer is busy
    """

    id: UUID
    enterprise_id: UUID
    service_id: UUID
    number: str
    display_number: str
    language: str
    priority: int
    queued_at: datetime
    not_before: datetime | None
    not_after: datetime
    attempts: int = 0
    retry_at: datetime | None = None
    call_id: UUID | None = None
    agent_id: UUID | None = None
    asked_in: UUID | None = None
    note: str = ""


def standing(
    one: OpenCallback, plan: CallbackPlan, now: datetime, local: time, *, is_open: bool
) -> Standing:
    """local: the hour of day in the enterprise's zone. is_open: as the plan's schedule has it."""
    if now >= one.not_after:
        return Standing.EXPIRED
    later = max(filter(None, (one.not_before, one.retry_at)), default=now)
    if now < later or not is_open or not plan.begins <= local < plan.ends:
        return Standing.RESTING
    return Standing.IN_LINE


def expires(plan: CallbackPlan, now: datetime, not_before: datetime | None) -> datetime:
    return max(now, not_before or now) + timedelta(seconds=plan.lasts_seconds)

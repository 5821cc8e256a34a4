"""What reaches a flow under way (events), and what it wants done (effects).

After each step at most one effect waits for an event; it is the last one, and `awaits` tells it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.expressions import Value
from ivr.model import Clip


@dataclass(frozen=True)
class Started:
    """The caller enters the flow."""


@dataclass(frozen=True)
class Played:
    """Answers Play. digit: the key that interrupted it, else None."""

    digit: str | None = None


class EndedBy(StrEnum):
    FULL = "full"
    """As many digits as were asked for."""

    EARLY = "early"
    """The closing key, or a pause."""


@dataclass(frozen=True)
class Digits:
    """Answers Menu and Collect; text is never empty."""

    text: str
    ended_by: EndedBy


@dataclass(frozen=True)
class Timeout:
    """Answers Menu and Collect: no key was pressed."""


@dataclass(frozen=True)
class Standing:
    """Answers AskSchedule. open: None where there is no such schedule."""

    open: bool | None


@dataclass(frozen=True)
class Gone:
    """The caller has hung up; may come instead of any answer."""


Event = Started | Played | Digits | Timeout | Standing | Gone


@dataclass(frozen=True)
class Play:
    prompts: tuple[Clip, ...]
    interruptible: bool


@dataclass(frozen=True)
class Menu:
    """Say the prompts, which any key interrupts, and wait for one key. Seconds."""

    prompts: tuple[Clip, ...]
    timeout: float


@dataclass(frozen=True)
class Collect:
    """Say the prompts, which any key interrupts, and take digits.

    timeout      seconds from the end of the prompts to the first digit
    inter_digit  seconds between two digits
    terminator   the key that ends the entry, or empty
    """

    prompts: tuple[Clip, ...]
    maximum: int
    timeout: float
    inter_digit: float
    terminator: str


@dataclass(frozen=True)
class AskSchedule:
    """Whether a schedule is open now. schedule: its id."""

    schedule: str


@dataclass(frozen=True)
class SetVariable:
    name: str
    value: Value


class TargetKind(StrEnum):
    SERVICE = "service"
    SEAT = "seat"
    NUMBER = "number"
    ROUTING = "routing"
    VOICEMAIL = "voicemail"


@dataclass(frozen=True)
class Transfer:
    """Ends the flow. target: id of a service, a user or a routing service, or the number as dialled;

    of `voicemail` the id of the service or user whose it is.
    """

    kind: TargetKind
    target: str


@dataclass(frozen=True)
class HangUp:
    """Ends the flow."""


class Failure(StrEnum):
    TOO_MANY_STEPS = "too-many-steps"


@dataclass(frozen=True)
class Fail:
    """Ends the flow: it cannot go on; where the caller goes then is routing's."""

    reason: Failure


@dataclass(frozen=True)
class Count:
    """The caller left `node` by `exit`; nodes that end the flow have their kind for an exit."""

    node: str
    exit: str
    at: datetime


Effect = Play | Menu | Collect | AskSchedule | SetVariable | Transfer | HangUp | Fail | Count
Variables = Mapping[str, Value]


def awaits(effect: Effect) -> bool:
    """Whether the flow waits for this effect's event."""
    return isinstance(effect, Play | Menu | Collect | AskSchedule)

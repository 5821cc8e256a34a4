"""What reaches a flow under way (events), and what it wants done (effects).

After each step at most one effect waits for an event; it is the last one, and `awaits` tells it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

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
    """Answers AskSchedule. open: None where there is no such schedule.

    holiday: it is closed since the day is a holiday.
    """

    open: bool | None
    holiday: bool = False


@dataclass(frozen=True)
class Outcome:
    """Answers what reaches outside. sets: the variables that it gives."""

    exit: str
    sets: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Gone:
    """The caller has hung up; may come instead of any answer."""


Event = Started | Played | Digits | Timeout | Standing | Outcome | Gone


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
    """How a schedule stands now. schedule: its id."""

    schedule: str


class Outside:
    """Reaches beyond the call; answered by an Outcome.

    failed  the outcome where it fails
    late    where it takes too long; empty: as where it fails
    within  seconds that it may take; None: the caller takes part in it and so sets the pace
    """

    failed: ClassVar[str]
    late: ClassVar[str] = ""

    @property
    def within(self) -> float | None:
        return 3.0

    @property
    def brings(self) -> tuple[str, ...]:
        """The variables that its outcome may set."""
        return ()


def _named(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, names)))


@dataclass(frozen=True)
class Query(Outside):
    """Records of an object: one, none or several.

    where   field → what it must be equal to
    reads   variable → field
    order   a field, with a minus before it for downwards; empty: the newest first
    count   variable for how many there are, record: variable for the id; may be empty
    """

    failed = "failed"

    object: str
    where: Mapping[str, Value]
    reads: Mapping[str, str]
    order: str
    count: str
    record: str

    @property
    def brings(self) -> tuple[str, ...]:
        return _named(*self.reads, self.count, self.record)

    def outcome(self, records: int, first: UUID | None, values: Mapping[str, Value]) -> Outcome:
        """records: how many there are; first: the id of the one that is read; values: its, by field."""
        sets: dict[str, Value] = {self.count: records} if self.count else {}
        if not records:
            return Outcome("none", sets)
        sets |= {name: values[key] for name, key in self.reads.items() if key in values}
        sets |= {self.record: str(first)} if self.record else {}
        return Outcome("one" if records == 1 else "several", sets)


class WriteAct(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UPDATE_CALLER = "update_caller"


@dataclass(frozen=True)
class Write(Outside):
    """record: the id of whom to update, empty for the others. into: variable for the id."""

    failed = "failed"

    object: str
    act: WriteAct
    record: str
    values: Mapping[str, Value]
    into: str

    @property
    def brings(self) -> tuple[str, ...]:
        return _named(self.into)


class AnswerKind(StrEnum):
    NONE = "none"
    JSON = "json"
    XML = "xml"


@dataclass(frozen=True)
class Request(Outside):
    """To an address outside, all variables filled in. reads: variable → path in the answer."""

    failed = "failed"
    late = "timeout"

    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    timeout: float
    answer: AnswerKind
    reads: Mapping[str, str]
    status: str

    @property
    def within(self) -> float | None:
        return self.timeout

    @property
    def brings(self) -> tuple[str, ...]:
        return _named(*self.reads, self.status)


@dataclass(frozen=True)
class Verify(Outside):
    """Compare what was entered with a field of the caller's record: verified, wrong, refused, unknown.

    key       the field's
    attempts  wrong ones after which the number is locked, whichever calls they were made in
    """

    failed = "unknown"

    key: str
    attempts: int
    lock_minutes: int
    entered: str = field(repr=False)


@dataclass(frozen=True)
class Record(Outside):
    """Say the prompts, then keep what the caller says: recorded, silent.

    target: id of the service or user whose message it is
    """

    failed = "failed"

    prompts: tuple[Clip, ...]
    target: str
    seconds: float
    silence: float
    terminator: str
    beep: bool

    @property
    def within(self) -> float | None:
        return None


@dataclass(frozen=True)
class AskCallback(Outside):
    """Offer to be called back. service: id of the agent service; language: as chosen by now."""

    failed = "declined"

    service: str
    language: str

    @property
    def within(self) -> float | None:
        return None


@dataclass(frozen=True)
class Answer:
    """question: its number in what is kept of the call; text: as it was asked, by language."""

    question: int
    key: str
    text: Mapping[str, str]
    answer: int


@dataclass(frozen=True)
class KeepAnswer(Outside):
    """Of a survey, once a question. What cannot be kept counts as skipped."""

    failed = "skipped"

    answer: Answer


@dataclass(frozen=True)
class Notify(Outside):
    """Tell people. target: id of the team or the user."""

    failed = "next"

    to: "Whom"
    target: str
    text: str


class Whom(StrEnum):
    TEAM = "team"
    SEAT = "seat"


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
    EXTENSION = "extension"
    CONFERENCE = "conference"


@dataclass(frozen=True)
class Transfer:
    """Ends the flow. target: id of a service, a user, a routing service, an extension or a conference

    room, or the number as dialled; of `voicemail` the id of the service or user whose it is.
    at_once: calls that may be with the number, 0 for no limit.
    """

    kind: TargetKind
    target: str
    at_once: int = 0


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
    """The caller left `node` by `exit`; nodes that end the flow have their kind for an exit.

    service, version  the flow that the node is of: the one that began, or one that it leads into
    """

    node: str
    exit: str
    at: datetime
    service: str = ""
    version: int = 0


Waiting = Play | Menu | Collect | AskSchedule | Outside
Effect = Waiting | SetVariable | Transfer | HangUp | Fail | Count
Variables = Mapping[str, Value]


def awaits(effect: Effect) -> bool:
    """Whether the flow waits for this effect's event."""
    return isinstance(effect, Waiting)

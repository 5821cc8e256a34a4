"""What callers hear and are offered while they wait, where they go instead, and what follows. Pure.

`{}` in `agent_service.waiting` means every default, and every default is silence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from callcenter.routing.rules import Target, TargetKind, read_target

Texts = Mapping[str, str]
"""By language."""

Message = Texts | UUID
"""A text, or a prompt of the enterprise by its id."""

PROMPT = "prompt"
"""Stands in a message's document in the place of the languages."""

OVERFLOW_KINDS = (
    TargetKind.AGENT_SERVICE,
    TargetKind.IVR_SERVICE,
    TargetKind.ROUTING_SERVICE,
    TargetKind.SEAT,
    TargetKind.EXTENSION,
    TargetKind.CONFERENCE,
    TargetKind.NUMBER,
    TargetKind.VOICEMAIL,
    TargetKind.MESSAGE,
    TargetKind.HANG_UP,
)


class SurveyWhen(StrEnum):
    """NEVER; AFTER every talk whose caller stays on the line; or only where the agent TRANSFERs it."""

    NEVER = "never"
    AFTER = "after"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Messages:
    """Said in turn, the first after `every_seconds`, and so on."""

    every_seconds: int = 60
    texts: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Overflow:
    """Where a caller goes whom the service does not take; None: hears that all lines are busy.

    unstaffed  nobody who serves it is signed in; None: the caller waits all the same
    closed     its schedule is closed; None: the caller hears that
    """

    full: Target | None = None
    timeout: Target | None = None
    unstaffed: Target | None = None
    closed: Target | None = None

    def targets(self) -> Iterator[Target]:
        named = (self.full, self.timeout, self.unstaffed, self.closed)
        yield from (each for each in named if each)


@dataclass(frozen=True, slots=True)
class Offers:
    """Keys by which the waiting may leave the queue; an empty one is not offered.

    number_at_once  calls that may be with the number; 0 for no limit
    """

    after_seconds: int = 30
    callback: str = ""
    voicemail: str = ""
    number_key: str = ""
    number: str = ""
    number_at_once: int = 0

    @property
    def keys(self) -> str:
        return self.callback + self.voicemail + self.number_key


@dataclass(frozen=True, slots=True)
class Survey:
    when: SurveyWhen = SurveyWhen.NEVER
    questions: tuple[Texts, ...] = ()

    @property
    def asks(self) -> bool:
        return self.when is not SurveyWhen.NEVER and bool(self.questions)


@dataclass(frozen=True, slots=True)
class WaitingPlan:
    """
    announce_wait  how long it may take is said with the place
    agent_number   the caller hears the agent's number before the talk
    auto_answer    None: as the seat has it
    schedule_id    callers enter the queue only while it is open; None: at any time
    music          prompts that are heard in turn instead of the ready music
    """

    announce_wait: bool = False
    announce_every_seconds: int = 30
    messages: Messages = field(default_factory=Messages)
    overflow: Overflow = field(default_factory=Overflow)
    offers: Offers = field(default_factory=Offers)
    agent_number: bool = False
    auto_answer: bool | None = None
    survey: Survey = field(default_factory=Survey)
    schedule_id: UUID | None = None
    music: tuple[UUID, ...] = ()

    def texts(self) -> Iterator[Texts]:
        """All that is spoken: made before the first caller hears it."""
        yield from (each for each in self.messages.texts if not isinstance(each, UUID))
        yield from self.survey.questions
        yield from (target.say for target in self.overflow.targets() if target.say)


def read_waiting(document: Mapping[str, Any]) -> WaitingPlan:
    """document: as `routing.schemas.WaitingShape` keeps it; what it does not name is the default."""
    plain = WaitingPlan()
    offers, survey = document.get("offers") or {}, document.get("survey") or {}
    number, schedule = offers.get("number") or {}, document.get("schedule_id")
    return WaitingPlan(
        announce_wait=document.get("announce_wait", plain.announce_wait),
        announce_every_seconds=document.get("announce_every_seconds", plain.announce_every_seconds),
        messages=_messages(document.get("messages") or {}),
        overflow=_overflow(document.get("overflow") or {}),
        offers=Offers(
            offers.get("after_seconds", plain.offers.after_seconds),
            callback=offers.get("callback") or "",
            voicemail=offers.get("voicemail") or "",
            number_key=number.get("key") or "",
            number=number.get("number") or "",
            number_at_once=number.get("at_once") or 0,
        ),
        agent_number=document.get("agent_number", plain.agent_number),
        auto_answer=document.get("auto_answer"),
        survey=Survey(
            SurveyWhen(survey.get("when", SurveyWhen.NEVER)), tuple(survey.get("questions", ()))
        ),
        schedule_id=UUID(schedule) if schedule else None,
        music=tuple(map(UUID, document.get("music", ()))),
    )


def _messages(given: Mapping[str, Any]) -> Messages:
    texts = (UUID(each[PROMPT]) if PROMPT in each else each for each in given.get("texts", ()))
    return Messages(given.get("every_seconds", 60), tuple(texts))


def _overflow(given: Mapping[str, Any]) -> Overflow:
    targets = {
        name: read_target(target)
        for name in ("full", "timeout", "unstaffed", "closed")
        if (target := given.get(name))
    }
    return Overflow(**targets)

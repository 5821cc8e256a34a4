"""What a kind of node is: its settings, its exits, and what it does with a caller. Pure."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import ClassVar, Generic, NoReturn, TypeVar

from ivr.effects import AskSchedule, Collect, Event, HangUp, Menu, Play, Transfer, Variables
from ivr.expressions import Value
from ivr.model import Clip, ProblemCode, Prompt
from ivr.speaking import speak

S = TypeVar("S")


class UnexpectedEvent(Exception):
    """A programming error of the driver: this event answers nothing the flow waits for."""


@dataclass(frozen=True)
class Here:
    """The caller at a node. refused: how many answers this visit to the node has turned down."""

    language: str
    variables: Variables
    refused: int = 0

    def say(self, *prompts: Prompt) -> tuple[Clip, ...]:
        return speak(prompts, self.language, self.variables)


@dataclass(frozen=True)
class Stay:
    """Remain at the node until `effect` is answered."""

    effect: Play | Menu | Collect | AskSchedule
    refused: int = 0


@dataclass(frozen=True)
class Leave:
    exit: str
    sets: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class End:
    effect: Transfer | HangUp


Step = Stay | Leave | End


class NodeKind(ABC, Generic[S]):
    """One stateless object a kind; what it knows of a caller is handed to it.

    waits  whether the node waits for the caller: what makes a loop through it harmless
    """

    name: ClassVar[str]
    settings: type[S]
    waits: ClassVar[bool] = False

    @abstractmethod
    def exits(self, settings: S) -> tuple[str, ...]:
        """The exits that a node of these settings must lead somewhere; it has no others."""

    def prompts(self, settings: S) -> tuple[Prompt, ...]:
        """All that the node may say."""
        del settings
        return ()

    def reads(self, settings: S) -> frozenset[str]:
        """The variables that the node reads."""
        spoken = (prompt.variable for prompt in self.prompts(settings))
        return frozenset(name for name in spoken if name is not None)

    def check(self, settings: S, languages: tuple[str, ...]) -> Iterator[tuple[ProblemCode, str]]:
        """What settings that are well formed lack in a flow of these languages."""
        for prompt in self.prompts(settings):
            yield from _check_prompt(prompt, languages)

    @abstractmethod
    def enter(self, settings: S, here: Here) -> Step:
        """The caller arrives."""

    def answer(self, settings: S, here: Here, event: Event) -> Step:
        """The event that the effect of the last Stay waited for."""
        del settings, here
        self.refuse(event)

    def refuse(self, event: Event) -> NoReturn:
        raise UnexpectedEvent(f"{type(event).__name__} at a {self.name} node")


def _check_prompt(prompt: Prompt, languages: tuple[str, ...]) -> Iterator[tuple[ProblemCode, str]]:
    if prompt.language is not None and prompt.language not in languages:
        yield ProblemCode.UNKNOWN_LANGUAGE, prompt.language
        return
    if prompt.variable is not None:
        return
    for language in (prompt.language,) if prompt.language else languages:
        if not prompt.text.get(language, "").strip():
            yield ProblemCode.MISSING_PROMPT, language


def require_between(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise ValueError(f"{name} must be between {least} and {most}")


def require_variable(name: str) -> None:
    if not (name.isascii() and name.isidentifier() and len(name) <= 64) or iskeyword(name):
        raise ValueError(f"{name[:64]!r} cannot be a variable")

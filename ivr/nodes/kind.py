"""What a kind of node is: its settings, its exits, and what it does with a caller. Pure."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from keyword import iskeyword
from typing import ClassVar, Generic, NoReturn, TypeVar

from ivr.effects import Event, HangUp, Outcome, Outside, Transfer, Variables, Waiting
from ivr.expressions import Value
from ivr.model import Clip, ProblemCode, Prompt
from ivr.speaking import speak

S = TypeVar("S")
KEYS = "0123456789*#"


class UnexpectedEvent(Exception):
    """A programming error of the driver: this event answers nothing the flow waits for."""


@dataclass(frozen=True)
class Here:
    """The caller at a node.

    refused  how many answers this visit to the node has turned down
    kept     what the node keeps of this visit, as its Stay said
    """

    language: str
    variables: Variables
    refused: int = 0
    kept: tuple[str, ...] = ()

    def say(self, *prompts: Prompt) -> tuple[Clip, ...]:
        return speak(prompts, self.language, self.variables)


@dataclass(frozen=True)
class Stay:
    """Remain at the node until `effect` is answered."""

    effect: Waiting
    refused: int = 0
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Leave:
    exit: str
    sets: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class End:
    effect: Transfer | HangUp


@dataclass(frozen=True)
class Into:
    """Go into another service's flow; `otherwise` is the exit where there is none."""

    service: str
    otherwise: str


@dataclass(frozen=True)
class Back:
    """Leave this flow for the one that led into it, there by the exit; without one the call ends."""

    exit: str


Step = Stay | Leave | End | Into | Back


class NodeKind(ABC, Generic[S]):
    """One stateless object a kind; what it knows of a caller is handed to it.

    waits     whether the node waits for the caller: what makes a loop through it harmless
    may_end   whether the call may come to its end there although the node has exits
    """

    name: ClassVar[str]
    settings: type[S]
    waits: ClassVar[bool] = False
    may_end: ClassVar[bool] = False

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


class OutsideKind(NodeKind[S]):
    """One that reaches outside, and leaves by the exit that comes back."""

    @abstractmethod
    def asks(self, settings: S, here: Here) -> Outside | str:
        """What it wants done, or the exit by which it leaves at once."""

    def brings(self, settings: S) -> tuple[str, ...]:
        """The variables that it may set, whether it asks or not."""
        del settings
        return ()

    def enter(self, settings: S, here: Here) -> Step:
        wanted = self.asks(settings, here)
        if isinstance(wanted, str):
            return Leave(wanted, self._stale(settings, here))
        return Stay(wanted)

    def answer(self, settings: S, here: Here, event: Event) -> Step:
        if not isinstance(event, Outcome) or event.exit not in self.exits(settings):
            self.refuse(event)
        return Leave(event.exit, self._stale(settings, here) | dict(event.sets))

    def _stale(self, settings: S, here: Here) -> dict[str, Value]:
        """What an earlier time has brought is nobody's answer to this one."""
        return {name: "" for name in self.brings(settings) if name in here.variables}


def _check_prompt(prompt: Prompt, languages: tuple[str, ...]) -> Iterator[tuple[ProblemCode, str]]:
    if prompt.language is not None and prompt.language not in languages:
        yield ProblemCode.UNKNOWN_LANGUAGE, prompt.language
        return
    if prompt.variable is not None or prompt.file is not None:
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


LONGEST_TEMPLATE = 1000


def require_short(name: str, text: str, longest: int = LONGEST_TEMPLATE) -> None:
    if len(text) > longest:
        raise ValueError(f"{name} has at most {longest} characters")


def require_name(name: str, text: str) -> None:
    """An object's or a field's."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", text):
        raise ValueError(f"{name} must be a name")


def require_keys(keys: Collection[str]) -> None:
    if not keys or len(set(keys)) != len(keys):
        raise ValueError("there are keys, each once")
    if any(len(key) != 1 or key not in KEYS for key in keys):
        raise ValueError(f"keys are {' '.join(KEYS)}")

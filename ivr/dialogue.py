"""A flow as a text dialogue: what the tester does, what is told of it, and what is waited for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ivr.expressions import Value


class Act(StrEnum):
    KEYS = "keys"
    SILENCE = "silence"
    OUTCOME = "outcome"
    HANG_UP = "hang_up"


@dataclass(frozen=True)
class Entry:
    """What the tester does next.

    text   the keys pressed
    exit   how something beyond the call turns out: an exit of the node, for a PIN also `wrong`
    sets   what it brings
    """

    act: Act
    text: str = ""
    exit: str = ""
    sets: Mapping[str, Value] = field(default_factory=dict)


class What(StrEnum):
    SAID = "said"
    ENTERED = "entered"
    SET = "set"
    LEFT = "left"
    ASKED = "asked"
    CAME = "came"
    ENDED = "ended"


@dataclass(frozen=True)
class Line:
    """One thing of the transcript, at a node; service: of the flow that the node is in.

    said     texts: one by one, as they are said; an uploaded prompt is told in `detail`
    entered  text: the keys, or empty for silence
    set      name, value
    left     exit
    asked    detail: what is wanted beyond the call
    came     exit: how that turned out
    ended    text: transfer, hang_up, gone or a failure; detail: where to
    """

    what: What
    service: str
    node: str
    texts: tuple[str, ...] = ()
    text: str = ""
    name: str = ""
    value: Value | None = None
    exit: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


class Wait(StrEnum):
    KEY = "key"
    DIGITS = "digits"
    OUTCOME = "outcome"


@dataclass(frozen=True)
class Waits:
    """What the flow waits for. secret: what is entered is not shown.

    exits    that an outcome may have; sets: the variables that it may bring
    """

    what: Wait
    maximum: int = 0
    terminator: str = ""
    secret: bool = False
    exits: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialogue:
    """service, node: where the caller is, or was last. used: entries that were taken."""

    lines: tuple[Line, ...]
    service: str
    node: str
    waits: Waits | None
    variables: Mapping[str, Value]
    used: int

    @property
    def ended(self) -> bool:
        return self.waits is None


class Misfit(ValueError):
    """An entry that the flow does not wait for there; index: which."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index

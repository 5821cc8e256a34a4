"""The day's figures of a service and of an agent, and what service level means. Pure.

Service level = answered within the target ÷ (answered + abandoned − short abandoned). Who still
waits counts neither way; who hangs up within the service's short-call time never tried to wait.
Who chose something else while waiting, or was led elsewhere, is diverted: neither answered nor
abandoned.
"""

from dataclasses import dataclass, field

from callcenter.acd.estimate import Handling

DIVERTED = ("overflow", "callback", "voicemail", "offer")
"""Reasons of `call.dequeued` for which a call counts neither as answered nor as abandoned."""


@dataclass(slots=True)
class ServiceDay:
    offered: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    short: int = 0
    diverted: int = 0
    handling: Handling = field(default_factory=Handling)

    @property
    def level_percent(self) -> float | None:
        """None while nothing was decided: no calls are no bad level."""
        base = self.answered + self.abandoned - self.short
        return round(100 * self.within / base, 1) if base > 0 else None

    def answer(self, waited_seconds: float, level_seconds: float) -> None:
        self.answered += 1
        self.within += waited_seconds <= level_seconds

    def leave(self, reason: str, waited_seconds: float, level: float, short: float) -> None:
        """reason: of `call.dequeued`; level, short: the service's seconds."""
        if reason == "connected":
            self.answer(waited_seconds, level)
        elif reason in DIVERTED:
            self.diverted += 1
        else:
            self.abandon(waited_seconds, short)

    def abandon(self, waited_seconds: float, short_seconds: float) -> None:
        self.abandoned += 1
        self.short += waited_seconds <= short_seconds


@dataclass(slots=True)
class AgentDay:
    answered: int = 0
    missed: int = 0
    dialled: int = 0
    talk_seconds: float = 0.0
    busy_seconds: float = 0.0
    present_seconds: float = 0.0

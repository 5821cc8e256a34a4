"""Collect: digits into a variable, checked for length and check digit."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.effects import Collect, Digits, Event, Timeout
from ivr.model import Prompt
from ivr.nodes.kind import Here, Leave, NodeKind, Stay, Step, require_between, require_variable


class Check(StrEnum):
    NONE = "none"
    LUHN = "luhn"


@dataclass(frozen=True)
class CollectSettings:
    """Seconds as in effects.Collect; tries: how often the prompts are said at most."""

    prompts: tuple[Prompt, ...]
    variable: str
    maximum: int
    minimum: int = 1
    timeout: float = 6.0
    inter_digit: float = 3.0
    terminator: str = "#"
    tries: int = 3
    check: Check = Check.NONE
    on_timeout: tuple[Prompt, ...] = ()
    on_invalid: tuple[Prompt, ...] = ()

    def __post_init__(self) -> None:
        if not self.prompts:
            raise ValueError("an entry says what to enter")
        require_variable(self.variable)
        if self.variable == "language":
            raise ValueError("the language is no entry")
        require_between("maximum", self.maximum, 1, 40)
        require_between("minimum", self.minimum, 1, self.maximum)
        require_between("timeout", self.timeout, 1, 60)
        require_between("inter_digit", self.inter_digit, 1, 30)
        require_between("tries", self.tries, 1, 10)
        if self.terminator not in {"", "#", "*"}:
            raise ValueError("terminator must be #, * or empty")


class CollectKind(NodeKind[CollectSettings]):
    name = "collect"
    settings = CollectSettings
    waits = True

    def exits(self, settings: CollectSettings) -> tuple[str, ...]:
        del settings
        return ("collected", "timeout", "invalid")

    def prompts(self, settings: CollectSettings) -> tuple[Prompt, ...]:
        return (*settings.prompts, *settings.on_timeout, *settings.on_invalid)

    def enter(self, settings: CollectSettings, here: Here) -> Step:
        return self._ask(settings, here, (), 0)

    def answer(self, settings: CollectSettings, here: Here, event: Event) -> Step:
        match event:
            case Digits(text=text) if is_valid(settings, text):
                return Leave("collected", {settings.variable: text})
            case Digits():
                exit_, hint = "invalid", settings.on_invalid
            case Timeout():
                exit_, hint = "timeout", settings.on_timeout
            case _:
                self.refuse(event)
        if here.refused + 1 >= settings.tries:
            return Leave(exit_)
        return self._ask(settings, here, hint, here.refused + 1)

    def _ask(
        self, settings: CollectSettings, here: Here, hint: tuple[Prompt, ...], refused: int
    ) -> Stay:
        effect = Collect(
            here.say(*hint, *settings.prompts),
            settings.maximum,
            settings.timeout,
            settings.inter_digit,
            settings.terminator,
        )
        return Stay(effect, refused)


def is_valid(settings: CollectSettings, text: str) -> bool:
    """Digits only, of the length asked for, and with the right check digit."""
    if not (text.isascii() and text.isdigit()):
        return False
    if not settings.minimum <= len(text) <= settings.maximum:
        return False
    return settings.check is Check.NONE or luhn(text)


def luhn(text: str) -> bool:
    """ISO/IEC 7812: every second digit from the right doubled, digits summed, divisible by 10."""
    total = 0
    for index, char in enumerate(reversed(text)):
        digit = int(char) * (1 + index % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0

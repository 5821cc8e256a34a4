"""Collect: digits into a variable, checked for length and check digit, and said back if wished."""

from dataclasses import dataclass
from enum import StrEnum

from ivr.checks import identity, luhn, mobile
from ivr.effects import Collect, Digits, Event, Menu, Timeout
from ivr.model import Form, Prompt
from ivr.nodes.kind import Here, Leave, NodeKind, Stay, Step, require_between, require_variable
from ivr.phrases import fixed
from ivr.speaking import say_value

RIGHT = "1"
_CONFIRM_SECONDS = 6.0


class Check(StrEnum):
    NONE = "none"
    LUHN = "luhn"
    IDENTITY = "identity"
    """Of a Chinese identity card; its X is typed as * and kept as X."""

    MOBILE = "mobile"


@dataclass(frozen=True)
class CollectSettings:
    """Seconds as in effects.Collect; tries: how often the prompts are said at most.

    confirm  the entry is said back, and is taken when the caller says that it is right
    """

    prompts: tuple[Prompt, ...]
    variable: str
    maximum: int
    minimum: int = 1
    timeout: float = 6.0
    inter_digit: float = 3.0
    terminator: str = "#"
    tries: int = 3
    check: Check = Check.NONE
    confirm: bool = False
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
        if self.check is Check.IDENTITY and self.terminator == "*":
            raise ValueError("* is a part of this entry")


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
        if here.kept:
            return self._confirmed(settings, here, event)
        match event:
            case Digits(text=text) if (value := checked(settings, text)) is not None:
                return self._taken(settings, here, value)
            case Digits():
                exit_, hint = "invalid", settings.on_invalid
            case Timeout():
                exit_, hint = "timeout", settings.on_timeout
            case _:
                self.refuse(event)
        return self._again(settings, here, exit_, hint)

    def _taken(self, settings: CollectSettings, here: Here, value: str) -> Step:
        if not settings.confirm:
            return Leave("collected", {settings.variable: value})
        clips = (
            *fixed("ivr.entered", here.language),
            *say_value(value.replace("X", "*"), Form.DIGITS, here.language),
            *fixed("ivr.confirm", here.language),
        )
        return Stay(Menu(clips, _CONFIRM_SECONDS), here.refused, (value,))

    def _confirmed(self, settings: CollectSettings, here: Here, event: Event) -> Step:
        """Silence, and any key but the right one, asks anew."""
        if not isinstance(event, Digits | Timeout):
            self.refuse(event)
        if isinstance(event, Digits) and event.text == RIGHT:
            return Leave("collected", {settings.variable: here.kept[0]})
        return self._again(settings, here, "invalid", ())

    def _again(
        self, settings: CollectSettings, here: Here, exit_: str, hint: tuple[Prompt, ...]
    ) -> Step:
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


def checked(settings: CollectSettings, text: str) -> str | None:
    """What is kept of an entry: its keys, right in length and check digit; None where it is not."""
    if settings.check is Check.IDENTITY:
        text = text.replace("*", "X")
    elif not (text.isascii() and text.isdigit()):
        return None
    if not settings.minimum <= len(text) <= settings.maximum:
        return None
    holds = {Check.LUHN: luhn, Check.IDENTITY: identity, Check.MOBILE: mobile}.get(settings.check)
    return text if holds is None or holds(text) else None

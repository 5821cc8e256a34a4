"""Verify: a PIN against a field of the caller's customer record. It is never said, nor logged."""

from dataclasses import dataclass

from ivr.effects import Collect, Digits, Event, Outcome, Timeout, Verify
from ivr.model import Prompt
from ivr.nodes.kind import Here, Leave, NodeKind, Stay, Step, require_between, require_name

_INTER_DIGIT = 3.0


@dataclass(frozen=True)
class VerifySettings:
    """attempts: wrong entries after which the number is locked for some minutes."""

    prompts: tuple[Prompt, ...]
    field: str
    minimum: int = 4
    maximum: int = 8
    timeout: float = 6.0
    attempts: int = 3
    lock_minutes: int = 30
    on_wrong: tuple[Prompt, ...] = ()

    def __post_init__(self) -> None:
        if not self.prompts:
            raise ValueError("an entry says what to enter")
        require_name("field", self.field)
        require_between("maximum", self.maximum, 4, 20)
        require_between("minimum", self.minimum, 4, self.maximum)
        require_between("timeout", self.timeout, 1, 60)
        require_between("attempts", self.attempts, 1, 10)
        require_between("lock_minutes", self.lock_minutes, 1, 1440)


class VerifyKind(NodeKind[VerifySettings]):
    name = "verify"
    settings = VerifySettings
    waits = True

    def exits(self, settings: VerifySettings) -> tuple[str, ...]:
        del settings
        return ("verified", "refused", "unknown")

    def prompts(self, settings: VerifySettings) -> tuple[Prompt, ...]:
        return (*settings.prompts, *settings.on_wrong)

    def enter(self, settings: VerifySettings, here: Here) -> Step:
        return self._ask(settings, here, (), 0)

    def answer(self, settings: VerifySettings, here: Here, event: Event) -> Step:
        match event:
            case Digits(text=text) if settings.minimum <= len(text):
                asked = Verify(settings.field, settings.attempts, settings.lock_minutes, text)
                return Stay(asked, here.refused)
            case Digits() | Timeout() | Outcome(exit="wrong"):
                pass
            case Outcome(exit=exit_) if exit_ in self.exits(settings):
                return Leave(exit_)
            case _:
                self.refuse(event)
        if here.refused + 1 >= settings.attempts:
            return Leave("refused")
        return self._ask(settings, here, settings.on_wrong, here.refused + 1)

    def _ask(
        self, settings: VerifySettings, here: Here, hint: tuple[Prompt, ...], refused: int
    ) -> Stay:
        clips = here.say(*hint, *settings.prompts)
        asked = Collect(clips, settings.maximum, settings.timeout, _INTER_DIGIT, "#")
        return Stay(asked, refused)

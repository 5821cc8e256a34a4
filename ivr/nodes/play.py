"""Play: say something, then go on. A key interrupts it where that is allowed."""

from dataclasses import dataclass

from ivr.effects import Event, Play, Played
from ivr.model import Prompt
from ivr.nodes.kind import Here, Leave, NodeKind, Stay, Step


@dataclass(frozen=True)
class PlaySettings:
    prompts: tuple[Prompt, ...]
    interruptible: bool = True

    def __post_init__(self) -> None:
        if not self.prompts:
            raise ValueError("nothing to play")


class PlayKind(NodeKind[PlaySettings]):
    name = "play"
    settings = PlaySettings

    def exits(self, settings: PlaySettings) -> tuple[str, ...]:
        del settings
        return ("next",)

    def prompts(self, settings: PlaySettings) -> tuple[Prompt, ...]:
        return settings.prompts

    def enter(self, settings: PlaySettings, here: Here) -> Step:
        return Stay(Play(here.say(*settings.prompts), settings.interruptible))

    def answer(self, settings: PlaySettings, here: Here, event: Event) -> Step:
        del settings, here
        return Leave("next") if isinstance(event, Played) else self.refuse(event)

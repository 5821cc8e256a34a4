"""Menu: one key, one way on. Silence and other keys are told so, until the tries are used up."""

from dataclasses import dataclass

from ivr.effects import Digits, Event, Menu, Timeout
from ivr.model import Prompt
from ivr.nodes.kind import Here, Leave, NodeKind, Stay, Step, require_between, require_keys


@dataclass(frozen=True)
class MenuSettings:
    """tries: how often the menu is said at most; timeout: seconds after its end."""

    prompts: tuple[Prompt, ...]
    keys: tuple[str, ...]
    timeout: float = 5.0
    tries: int = 3
    on_timeout: tuple[Prompt, ...] = ()
    on_invalid: tuple[Prompt, ...] = ()

    def __post_init__(self) -> None:
        if not self.prompts:
            raise ValueError("a menu says its choices")
        require_keys(self.keys)
        require_between("timeout", self.timeout, 1, 60)
        require_between("tries", self.tries, 1, 10)


class MenuKind(NodeKind[MenuSettings]):
    name = "menu"
    settings = MenuSettings
    waits = True

    def exits(self, settings: MenuSettings) -> tuple[str, ...]:
        return (*settings.keys, "timeout", "invalid")

    def prompts(self, settings: MenuSettings) -> tuple[Prompt, ...]:
        return (*settings.prompts, *settings.on_timeout, *settings.on_invalid)

    def enter(self, settings: MenuSettings, here: Here) -> Step:
        return Stay(Menu(here.say(*settings.prompts), settings.timeout))

    def answer(self, settings: MenuSettings, here: Here, event: Event) -> Step:
        match event:
            case Digits(text=key) if key in settings.keys:
                return Leave(key)
            case Digits():
                exit_, hint = "invalid", settings.on_invalid
            case Timeout():
                exit_, hint = "timeout", settings.on_timeout
            case _:
                self.refuse(event)
        if here.refused + 1 >= settings.tries:
            return Leave(exit_)
        clips = here.say(*hint, *settings.prompts)
        return Stay(Menu(clips, settings.timeout), here.refused + 1)

"""Language: a key chooses the language of all that follows. Who chooses nothing keeps what it is."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.effects import Digits, Event, Menu, Timeout
from ivr.model import ProblemCode, Prompt
from ivr.nodes.kind import Here, Leave, NodeKind, Stay, Step, require_between, require_keys


@dataclass(frozen=True)
class LanguageSettings:
    """choices: key → language."""

    prompts: tuple[Prompt, ...]
    choices: dict[str, str]
    timeout: float = 5.0
    tries: int = 3
    on_timeout: tuple[Prompt, ...] = ()
    on_invalid: tuple[Prompt, ...] = ()

    def __post_init__(self) -> None:
        if not self.prompts:
            raise ValueError("a choice of language says its choices")
        require_keys([*self.choices])
        require_between("timeout", self.timeout, 1, 60)
        require_between("tries", self.tries, 1, 10)


class LanguageKind(NodeKind[LanguageSettings]):
    name = "language"
    settings = LanguageSettings
    waits = True

    def exits(self, settings: LanguageSettings) -> tuple[str, ...]:
        del settings
        return ("chosen",)

    def prompts(self, settings: LanguageSettings) -> tuple[Prompt, ...]:
        return (*settings.prompts, *settings.on_timeout, *settings.on_invalid)

    def check(
        self, settings: LanguageSettings, languages: tuple[str, ...]
    ) -> Iterator[tuple[ProblemCode, str]]:
        yield from super().check(settings, languages)
        for language in sorted(set(settings.choices.values()) - set(languages)):
            yield ProblemCode.UNKNOWN_LANGUAGE, language

    def enter(self, settings: LanguageSettings, here: Here) -> Step:
        return Stay(Menu(here.say(*settings.prompts), settings.timeout))

    def answer(self, settings: LanguageSettings, here: Here, event: Event) -> Step:
        match event:
            case Digits(text=key) if key in settings.choices:
                return Leave("chosen", {"language": settings.choices[key]})
            case Digits():
                hint = settings.on_invalid
            case Timeout():
                hint = settings.on_timeout
            case _:
                self.refuse(event)
        if here.refused + 1 >= settings.tries:
            return Leave("chosen")
        clips = here.say(*hint, *settings.prompts)
        return Stay(Menu(clips, settings.timeout), here.refused + 1)

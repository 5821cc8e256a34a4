"""Survey: questions that one key answers; kept with the call."""

from dataclasses import dataclass

from ivr.effects import Answer, Digits, Event, KeepAnswer, Menu, Outcome, Timeout
from ivr.model import LANGUAGES, Prompt
from ivr.nodes.kind import (
    Here,
    Leave,
    NodeKind,
    Stay,
    Step,
    require_between,
    require_keys,
    require_name,
)

_MOST = 10
_MARKS = "12345"
_FIRST = 101
"""Number of a survey's first question in what is kept: those after the talk begin with 1."""
_NOTHING = ""


@dataclass(frozen=True)
class Question:
    """key: the question's name in what is kept."""

    key: str
    prompts: tuple[Prompt, ...]
    keys: tuple[str, ...]

    def __post_init__(self) -> None:
        require_name("key", self.key)
        require_keys(self.keys)
        if set(self.keys) - set(_MARKS):
            raise ValueError(f"answers are marks: {' '.join(_MARKS)}")
        if not self.prompts:
            raise ValueError("a question is said")


@dataclass(frozen=True)
class SurveySettings:
    questions: tuple[Question, ...]
    timeout: float = 5.0
    tries: int = 2

    def __post_init__(self) -> None:
        if not 1 <= len(self.questions) <= _MOST:
            raise ValueError(f"a survey has 1 to {_MOST} questions")
        if len({each.key for each in self.questions}) != len(self.questions):
            raise ValueError("a question is asked once")
        require_between("timeout", self.timeout, 1, 60)
        require_between("tries", self.tries, 1, 10)


class SurveyKind(NodeKind[SurveySettings]):
    """What is kept of a visit: the answers so far, in the order of the questions."""

    name = "survey"
    settings = SurveySettings
    waits = True

    def exits(self, settings: SurveySettings) -> tuple[str, ...]:
        del settings
        return ("answered", "skipped")

    def prompts(self, settings: SurveySettings) -> tuple[Prompt, ...]:
        return tuple(prompt for each in settings.questions for prompt in each.prompts)

    def enter(self, settings: SurveySettings, here: Here) -> Step:
        return self._ask(settings, here, (), 0)

    def answer(self, settings: SurveySettings, here: Here, event: Event) -> Step:
        given = here.kept
        match event:
            case Outcome(exit=exit_) if exit_ in self.exits(settings):
                kept = given if exit_ == "answered" else (*given[:-1], _NOTHING)
                return self._next(settings, here, kept)
            case Digits(text=key) if key in settings.questions[len(given)].keys:
                # At once: who hangs up before the last question has said this all the same.
                return Stay(KeepAnswer(_answer(settings, len(given), key)), 0, (*given, key))
            case Digits() | Timeout():
                pass
            case _:
                self.refuse(event)
        if here.refused + 1 < settings.tries:
            return self._ask(settings, here, given, here.refused + 1)
        return self._next(settings, here, (*given, _NOTHING))

    def _next(self, settings: SurveySettings, here: Here, given: tuple[str, ...]) -> Step:
        if len(given) < len(settings.questions):
            return self._ask(settings, here, given, 0)
        return Leave("answered" if any(given) else "skipped")

    def _ask(
        self, settings: SurveySettings, here: Here, given: tuple[str, ...], refused: int
    ) -> Stay:
        clips = here.say(*settings.questions[len(given)].prompts)
        return Stay(Menu(clips, settings.timeout), refused, given)


def _answer(settings: SurveySettings, place: int, key: str) -> Answer:
    question = settings.questions[place]
    return Answer(_FIRST + place, question.key, _text(question), int(key))


def _text(question: Question) -> dict[str, str]:
    """What is asked, by language; of prompts without a text the question's key."""
    texts: dict[str, str] = {}
    for prompt in question.prompts:
        for language, text in prompt.text.items():
            texts[language] = f"{texts.get(language, '')} {text}".strip()
    return texts or dict.fromkeys(LANGUAGES, question.key)

"""Set variable: a fixed value, then on. `language` is the variable of the prompts' language."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.expressions import Value
from ivr.model import ProblemCode
from ivr.nodes.kind import Here, Leave, NodeKind, Step, require_variable


@dataclass(frozen=True)
class SetVariableSettings:
    name: str
    value: str | int | float | bool

    def __post_init__(self) -> None:
        require_variable(self.name)


class SetVariableKind(NodeKind[SetVariableSettings]):
    name = "set_variable"
    settings = SetVariableSettings

    def exits(self, settings: SetVariableSettings) -> tuple[str, ...]:
        del settings
        return ("next",)

    def check(
        self, settings: SetVariableSettings, languages: tuple[str, ...]
    ) -> Iterator[tuple[ProblemCode, str]]:
        if settings.name == "language" and settings.value not in languages:
            yield ProblemCode.UNKNOWN_LANGUAGE, str(settings.value)

    def enter(self, settings: SetVariableSettings, here: Here) -> Step:
        del here
        value: Value = settings.value
        return Leave("next", {settings.name: value})

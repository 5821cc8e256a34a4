"""Set variable: a fixed value or a text of others, then on. `language` is that of the prompts."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.expressions import Value
from ivr.model import ProblemCode
from ivr.nodes.kind import Here, Leave, NodeKind, Step, require_short, require_variable
from ivr.templates import copied, names


@dataclass(frozen=True)
class SetVariableSettings:
    """Either `value` or `template`."""

    name: str
    value: str | int | float | bool | None = None
    template: str | None = None

    def __post_init__(self) -> None:
        require_variable(self.name)
        if (self.value is None) is (self.template is None):
            raise ValueError("a variable gets a value or a template")
        require_short("template", self.template or "")


class SetVariableKind(NodeKind[SetVariableSettings]):
    name = "set_variable"
    settings = SetVariableSettings

    def exits(self, settings: SetVariableSettings) -> tuple[str, ...]:
        del settings
        return ("next",)

    def check(
        self, settings: SetVariableSettings, languages: tuple[str, ...]
    ) -> Iterator[tuple[ProblemCode, str]]:
        fixed = settings.value is not None
        if settings.name == "language" and fixed and settings.value not in languages:
            yield ProblemCode.UNKNOWN_LANGUAGE, str(settings.value)

    def reads(self, settings: SetVariableSettings) -> frozenset[str]:
        return names(settings.template or "")

    def enter(self, settings: SetVariableSettings, here: Here) -> Step:
        if settings.template is not None:
            return Leave("next", {settings.name: copied(settings.template, here.variables)})
        assert settings.value is not None
        value: Value = settings.value
        return Leave("next", {settings.name: value})

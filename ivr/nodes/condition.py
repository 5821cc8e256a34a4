"""Condition: the first case that holds says the way; `otherwise` when none does or one fails."""

from dataclasses import dataclass

from ivr.expressions import ExpressionFailed, check, evaluate
from ivr.nodes.kind import Here, Leave, NodeKind, Step

OTHERWISE = "otherwise"


@dataclass(frozen=True)
class Case:
    when: str
    exit: str

    def __post_init__(self) -> None:
        check(self.when)


@dataclass(frozen=True)
class ConditionSettings:
    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        exits = [case.exit for case in self.cases]
        if not exits or OTHERWISE in exits or not all(exits):
            raise ValueError(f"a condition has cases with exits other than '{OTHERWISE}'")


class ConditionKind(NodeKind[ConditionSettings]):
    name = "condition"
    settings = ConditionSettings

    def exits(self, settings: ConditionSettings) -> tuple[str, ...]:
        return (*dict.fromkeys(case.exit for case in settings.cases), OTHERWISE)

    def reads(self, settings: ConditionSettings) -> frozenset[str]:
        return frozenset[str]().union(*(check(case.when) for case in settings.cases))

    def enter(self, settings: ConditionSettings, here: Here) -> Step:
        try:
            for case in settings.cases:
                if evaluate(case.when, here.variables):
                    return Leave(case.exit)
        except ExpressionFailed:
            return Leave(OTHERWISE)
        return Leave(OTHERWISE)

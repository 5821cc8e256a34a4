"""A trigger in the form that the engine works with, and whether it fires. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from callcenter.expressions import Condition, Surroundings, passes
from callcenter.objects.rules import condition_of
from callcenter.objects.types.base import Field

MOST_TRIGGERS = 50
MOST_ACTIONS = 10
DEEPEST = 5
"""Triggers whose actions fire triggers: the sixth in a row is stopped."""


class Act(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Moment(StrEnum):
    """before: as part of the write itself. after: when it has been committed."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Trigger:
    """fields: of an update, one of them must have changed; none: whatever has.

    condition, actions: as written.
    """

    key: str
    name: Mapping[str, str]
    on: tuple[str, ...]
    when: str
    actions: tuple[Mapping[str, Any], ...]
    active: bool = True
    fields: tuple[str, ...] = ()
    condition: Mapping[str, Any] | None = None

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> "Trigger":
        return cls(
            key=document["key"],
            name=document["name"],
            on=tuple(document["on"]),
            when=document["when"],
            actions=tuple(document["actions"]),
            active=document.get("active", True),
            fields=tuple(document.get("fields", ())),
            condition=document.get("condition"),
        )

    def dump(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": dict(self.name),
            **({} if self.active else {"active": False}),
            "on": [*self.on],
            "when": self.when,
            **({"fields": [*self.fields]} if self.fields else {}),
            **({"condition": dict(self.condition)} if self.condition else {}),
            "actions": [dict(action) for action in self.actions],
        }


class Reason(StrEnum):
    """Why a trigger does not fire."""

    OFF = "off"
    ACT = "act"
    FIELDS = "fields"
    CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Verdict:
    """reason: None when it fires; failed: the places of the tests that did not pass."""

    reason: Reason | None = None
    failed: tuple[int, ...] = ()

    @property
    def fires(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Happening:
    """before: None for a new record. A deleted one keeps its values."""

    act: Act
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    around: Surroundings

    def changed(self, key: str) -> bool:
        return (self.before or {}).get(key) != self.after.get(key)


class Armed:
    """The triggers of one version, their conditions read once."""

    def __init__(self, triggers: Sequence[Trigger], fields: Mapping[str, Field]) -> None:
        self.all = tuple(triggers)
        self._conditions = {
            trigger.key: condition_of(trigger.condition, fields)
            for trigger in triggers
            if trigger.condition
        }

    def of(self, when: Moment, act: Act) -> list[Trigger]:
        """Those that are asked at all, in their order."""
        return [one for one in self.all if one.active and one.when == when and act in one.on]

    def verdict(self, trigger: Trigger, happening: Happening) -> Verdict:
        if not trigger.active:
            return Verdict(Reason.OFF)
        if happening.act not in trigger.on:
            return Verdict(Reason.ACT)
        asked = trigger.fields if happening.act is Act.UPDATE else ()
        if asked and not any(happening.changed(key) for key in asked):
            return Verdict(Reason.FIELDS)
        condition = self._conditions.get(trigger.key)
        return Verdict() if condition is None else _held(condition, happening)


def _held(condition: Condition, happening: Happening) -> Verdict:
    results = [
        passes(test, happening.after, happening.around, happening.before)
        for test in condition.tests
    ]
    if any(results) if condition.any else all(results):
        return Verdict()
    failed = tuple(place for place, passed in enumerate(results) if not passed)
    return Verdict(Reason.CONDITION, failed)

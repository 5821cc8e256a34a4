"""What contradicts itself in the triggers of a definition. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from callcenter.objects.rules import Problem, wrong_test
from callcenter.objects.triggers.actions import action_of
from callcenter.objects.triggers.actions.base import World
from callcenter.objects.triggers.trigger import Act, Moment, Trigger


def problems(world: World) -> Iterator[Problem]:
    """Paths: `triggers.<place>.<part>`."""
    triggers = world.definition.triggers
    keys = Counter(trigger.key for trigger in triggers)
    for place, trigger in enumerate(triggers):
        if keys[trigger.key] > 1:
            yield Problem(f"triggers.{place}.key", "validation.duplicate")
        for each in _of_one(trigger, world):
            yield each._replace(path=f"triggers.{place}.{each.path}")


def _of_one(trigger: Trigger, world: World) -> Iterator[Problem]:
    fields = world.definition.by_key
    if any(key not in fields for key in trigger.fields):
        yield Problem("fields", "validation.unknown_field")
    elif trigger.fields and Act.UPDATE not in trigger.on:
        yield Problem("fields", "trigger.only_updates")
    for place, test in enumerate((trigger.condition or {}).get("tests", ())):
        if key := wrong_test(test, fields, changes=True):
            yield Problem(f"condition.{place}", key)
    for place, document in enumerate(trigger.actions):
        for each in _action(trigger, document, world):
            yield each._replace(path=f"actions.{place}.{each.path}")


def _action(trigger: Trigger, document: Mapping[str, Any], world: World) -> Iterator[Problem]:
    action = action_of(document)
    if action.when != trigger.when:
        yield Problem("do", "trigger.other_moment")
    elif trigger.when == Moment.BEFORE and Act.DELETE in trigger.on and action.key != "refuse":
        yield Problem("do", "trigger.only_refused")
    yield from action.problems(document, world)

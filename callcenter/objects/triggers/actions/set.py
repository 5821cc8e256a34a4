"""Fills fields of the record that is being written."""

from collections.abc import Iterator

from callcenter.objects.rules import Problem
from callcenter.objects.triggers.actions.base import (
    ActionShape,
    BeforeAction,
    Document,
    World,
    Writing,
)
from callcenter.objects.triggers.sources import values_field


class SetShape(ActionShape):
    values = values_field()


class Set(BeforeAction):
    key = "set"
    shape = SetShape

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        for key, source in document["values"].items():
            if "record" in source:
                yield Problem(f"values.{key}", "trigger.other_type")
        yield from world.filling(document["values"], world.definition.identifier)

    def apply(self, document: Document, writing: Writing) -> None:
        fields = writing.definition.by_key
        given = {key: writing.given(fields[key], each) for key, each in document["values"].items()}
        # All by the values as they were: none sees what another has just set.
        for key, value in given.items():
            writing.put(fields[key], value)


ACTION = Set()

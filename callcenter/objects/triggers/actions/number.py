"""Gives the record a number of a series, where it has none yet."""

from collections.abc import Iterator

from marshmallow import fields

from callcenter.objects.rules import Problem
from callcenter.objects.triggers.actions.base import (
    ActionShape,
    BeforeAction,
    Document,
    World,
    Writing,
)


class NumberShape(ActionShape):
    field = fields.Str(required=True)


class Number(BeforeAction):
    """Its field is numbered by this alone, and no longer with every new record."""

    key = "number"
    shape = NumberShape

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        key = document["field"]
        field = world.definition.by_key.get(key)
        if field is None or field.type != "serial":
            yield Problem("field", "trigger.only_serials")
        elif key in (world.definition.key_field, world.definition.title_field):
            yield Problem("field", "trigger.names_records")

    def apply(self, document: Document, writing: Writing) -> None:
        field = writing.definition.by_key[document["field"]]
        if writing.values.get(field.key) is None:
            writing.number(field)


ACTION = Number()

"""Refuses the write, in the enterprise's own words; nothing of it happens."""

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
from callcenter.objects.triggers.said import Said


class RefuseShape(ActionShape):
    message = Said()
    field = fields.Str()


class Refuse(BeforeAction):
    key = "refuse"
    shape = RefuseShape

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        if document.get("field") and document["field"] not in world.definition.by_key:
            yield Problem("field", "validation.unknown_field")

    def apply(self, document: Document, writing: Writing) -> None:
        writing.refuse(document["message"], document.get("field"))


ACTION = Refuse()

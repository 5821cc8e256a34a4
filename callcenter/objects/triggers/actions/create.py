"""Makes a record of another object, which the record may point at from then on."""

from collections.abc import Iterator

from marshmallow import fields

from callcenter.objects.rules import Problem
from callcenter.objects.triggers.actions.base import (
    ActionShape,
    AfterAction,
    Document,
    Doing,
    World,
    filled,
)
from callcenter.objects.triggers.sources import values_field


class CreateShape(ActionShape):
    """back: the reference of this record that becomes the new one."""

    object = fields.Str(required=True)
    values = values_field()
    back = fields.Str()


class Create(AfterAction):
    key = "create"
    shape = CreateShape

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        identifier = document["object"]
        if world.is_unknown(identifier):
            yield Problem("object", "validation.bad_reference")
        yield from world.filling(document["values"], identifier)
        if not (back := document.get("back")):
            return
        field = world.definition.by_key.get(back)
        if field is None or field.refers_to != identifier:
            yield Problem("back", "trigger.other_type")

    def carry_out(self, document: Document, doing: Doing) -> None:
        target = doing.target(document["object"])
        made = doing.make(target.identifier, filled(document, target, doing))
        if back := document.get("back"):
            identifier = doing.definition.identifier
            doing.change(identifier, doing.record_id, {back: str(made)})


ACTION = Create()

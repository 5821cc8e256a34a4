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
        if (
            field is None
            or field.type != "reference"
            or field.setting("reference")["object"] != identifier
        ):
            yield Problem("back", "trigger.other_type")

    def carry_out(self, document: Document, doing: Doing) -> None:
        target = doing.target(document["object"])
        given = {
            key: doing.given(target.by_key[key], source)
            for key, source in document["values"].items()
            if key in target.by_key
        }
        made = doing.make(target.identifier, given)
        if back := document.get("back"):
            identifier = doing.definition.identifier
            doing.change(identifier, doing.record_id, {back: str(made)})


ACTION = Create()

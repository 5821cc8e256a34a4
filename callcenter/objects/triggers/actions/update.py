"""Changes the record that a reference names, or the records that name this one."""

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

MOST = 200
"""Records that name this one and are changed at once."""


class UpdateShape(ActionShape):
    """object: absent, `field` is a reference of this record; else one of that object's, to this."""

    object = fields.Str()
    field = fields.Str(required=True)
    values = values_field()


class Update(AfterAction):
    key = "update"
    shape = UpdateShape

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        if (pointing := document.get("object")) is None:
            field = world.definition.by_key.get(document["field"])
            if field is None or field.refers_to is None:
                yield Problem("field", "trigger.only_references")
            else:
                yield from world.filling(document["values"], field.refers_to)
            return
        if world.is_unknown(pointing):
            yield Problem("object", "validation.bad_reference")
        if target := world.target(pointing):
            field = target.by_key.get(document["field"])
            if field is None or field.refers_to != world.definition.identifier:
                yield Problem("field", "trigger.only_references")
            elif not target.is_indexed(field):
                # Else every run of it reads all records that there are.
                yield Problem("field", "trigger.only_indexed")
        yield from world.filling(document["values"], pointing)

    def carry_out(self, document: Document, doing: Doing) -> None:
        key = document["field"]
        if identifier := document.get("object"):
            ids = doing.pointing(identifier, key, MOST)
        else:
            named = doing.values.get(key)
            identifier = doing.definition.by_key[key].refers_to or ""
            ids = [named] if named else []
        target = doing.target(identifier)
        given = filled(document, target, doing)
        for record_id in ids:
            doing.change(identifier, record_id, given)


ACTION = Update()

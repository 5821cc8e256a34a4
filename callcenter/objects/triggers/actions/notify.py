"""Tells people of the record."""

from collections.abc import Iterator

from marshmallow import fields, validate

from callcenter.core.http import Shape
from callcenter.core.permissions import Role
from callcenter.objects.access import is_kept_from_some
from callcenter.objects.rules import Problem
from callcenter.objects.triggers.actions.base import (
    ActionShape,
    AfterAction,
    Document,
    Doing,
    World,
)
from callcenter.objects.triggers.said import Said, places_in

WHO = ("actor", "assignee", "user", "team", "role")
_MOST = 10
_OF_A_FIELD = ("user", "team")
_ROLES = [role.value for role in Role if role is not Role.OPERATOR]


class RecipientShape(Shape):
    """actor: who has done it; user, team: whom `field` names; role: everybody with it."""

    who = fields.Str(required=True, validate=validate.OneOf(WHO))
    field = fields.Str()
    role = fields.Str(validate=validate.OneOf(_ROLES))


class NotifyShape(ActionShape):
    to = fields.List(
        fields.Nested(RecipientShape), required=True, validate=validate.Length(1, _MOST)
    )
    text = Said()


class Notify(AfterAction):
    key = "notify"
    shape = NotifyShape

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        for place, one in enumerate(document["to"]):
            if key := _wrong(one, world):
                yield Problem(f"to.{place}", key)
        for name in sorted(places_in(document["text"])):
            field = world.definition.by_key.get(name)
            if field is None:
                yield Problem("text", "trigger.unknown_place", {"name": name})
            elif is_kept_from_some(field):
                # Whoever reads the notice need not have the right.
                yield Problem("text", "trigger.kept_from_some", {"name": name})

    def carry_out(self, document: Document, doing: Doing) -> None:
        doing.tell(document["to"], document["text"])


def _wrong(one: Document, world: World) -> str | None:
    if one["who"] == "role":
        return None if one.get("role") else "validation.required"
    if one["who"] == "assignee":
        return None if world.definition.linked("assignee") else "trigger.no_assignee"
    if one["who"] in _OF_A_FIELD:
        field = world.definition.by_key.get(one.get("field", ""))
        return None if field and field.type == one["who"] else "validation.unknown_field"
    return None


ACTION = Notify()

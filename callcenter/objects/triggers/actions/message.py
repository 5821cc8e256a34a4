"""Sends what a template makes of the record to an address of it: an SMS, an e-mail."""

from collections.abc import Iterator

from marshmallow import fields, validate

from callcenter.objects.rules import Problem
from callcenter.objects.triggers.actions.base import (
    ActionShape,
    AfterAction,
    Document,
    Doing,
    World,
)
from callcenter.objects.triggers.actions.template import unknown_template

ADDRESSES = ("phone", "email")
"""Types of the fields that have one."""


class MessageAction(ActionShape):
    """channel: its key, by which another installation has one as well. field: with the address."""

    channel = fields.Str(required=True, validate=validate.Length(1, 60))
    template = fields.Str(required=True)
    field = fields.Str(required=True)


class Message(AfterAction):
    key = "message"
    shape = MessageAction

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        field = world.definition.by_key.get(document["field"])
        if field is None or field.type not in ADDRESSES:
            yield Problem("field", "trigger.only_addresses")
        yield from unknown_template(document, world)

    def carry_out(self, document: Document, doing: Doing) -> None:
        if document["field"] in doing.definition.by_key:
            doing.message(document["channel"], document["template"], document["field"])


ACTION = Message()

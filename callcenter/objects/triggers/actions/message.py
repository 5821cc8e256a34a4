"""Sends what a template makes of the record to an address of it: an SMS, an e-mail."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from callcenter.objects.schemas.definition import Definition

ADDRESSES = ("phone", "email")
"""Types of the fields that have one."""


class MessageAction(ActionShape):
    """channel: its key, by which another installation has one as well. field: with the address.

    reference: absent, `field` is this record's; else it is of the record that this reference names.
    """

    channel = fields.Str(required=True, validate=validate.Length(1, 60))
    template = fields.Str(required=True)
    reference = fields.Str()
    field = fields.Str(required=True)


class Message(AfterAction):
    key = "message"
    shape = MessageAction

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        yield from self._address_problems(document, world)
        yield from unknown_template(document, world)

    @staticmethod
    def _address_problems(document: Document, world: World) -> Iterator[Problem]:
        whose: Definition | None = world.definition
        if key := document.get("reference"):
            reference = world.definition.by_key.get(key)
            if reference is None or reference.refers_to is None:
                yield Problem("reference", "trigger.only_references")
                return
            # Of one that is published along with this object nothing is known yet.
            whose = world.target(reference.refers_to)
        field = whose.by_key.get(document["field"]) if whose else None
        if whose and (field is None or field.type not in ADDRESSES):
            yield Problem("field", "trigger.only_addresses")

    def carry_out(self, document: Document, doing: Doing) -> None:
        doing.message(
            document["channel"], document["template"], document["field"], document.get("reference")
        )


ACTION = Message()

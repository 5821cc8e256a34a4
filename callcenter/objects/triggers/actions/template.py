"""Puts what a template makes of the record into one of its fields: a letter, a summary."""

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

TEXTS = ("text", "long_text", "rich_text")
"""Types of the fields that take it."""


class TemplateShape(ActionShape):
    """template: its key; field: of the record that fired the trigger."""

    template = fields.Str(required=True)
    field = fields.Str(required=True)


class Template(AfterAction):
    key = "template"
    shape = TemplateShape

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        field = world.definition.by_key.get(document["field"])
        if field is None or field.type not in TEXTS:
            yield Problem("field", "trigger.only_texts")
        yield from unknown_template(document, world)

    def carry_out(self, document: Document, doing: Doing) -> None:
        if field := doing.definition.by_key.get(document["field"]):
            text = doing.rendered(document["template"], field)
            doing.change(doing.definition.identifier, doing.record_id, {field.key: text})


def unknown_template(document: Document, world: World) -> Iterator[Problem]:
    """Whether its template is there, and about this object or any."""
    if world.templates is None:
        return
    if document["template"] not in world.templates:
        yield Problem("template", "trigger.unknown_template")
    elif world.templates[document["template"]] not in (None, world.definition.identifier):
        yield Problem("template", "trigger.template_of_another")


ACTION = Template()

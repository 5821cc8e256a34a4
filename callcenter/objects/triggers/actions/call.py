"""Puts whom a number of the record belongs to into a calling task."""

from collections.abc import Iterator

from marshmallow import fields, validate

from callcenter.core.permissions import GRANTS, Permission
from callcenter.objects.access import access
from callcenter.objects.rules import Problem
from callcenter.objects.triggers.actions.base import (
    ActionShape,
    AfterAction,
    Document,
    Doing,
    World,
)

_LONGEST = 60
_CALLERS = [role for role, grants in GRANTS.items() if Permission.CALLING_TASKS_WORK in grants]
"""Whoever takes contacts from tasks, and may see their numbers if the enterprise masks none."""


class CallShape(ActionShape):
    """task: its name, by which another installation has one as well. field: a telephone number."""

    task = fields.Str(required=True, validate=validate.Length(1, _LONGEST))
    field = fields.Str(required=True)


class Call(AfterAction):
    key = "call"
    shape = CallShape

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        field = world.definition.by_key.get(document["field"])
        if field is None or field.type != "phone":
            yield Problem("field", "trigger.only_phones")
        elif not all(access(field, role).is_clear for role in _CALLERS):
            yield Problem("field", "trigger.reveals")

    def carry_out(self, document: Document, doing: Doing) -> None:
        doing.call(document["task"], document["field"])


ACTION = Call()

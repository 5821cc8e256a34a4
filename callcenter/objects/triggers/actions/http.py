"""Calls an address outside, with values of the record as JSON."""

from collections.abc import Iterator

from marshmallow import fields, validate

from callcenter.core.outbound import NotAllowed, parts_of
from callcenter.objects.rules import Problem
from callcenter.objects.triggers.actions.base import (
    ActionShape,
    AfterAction,
    Document,
    Doing,
    World,
)

METHODS = ("POST", "GET")
_LONGEST = 500
_KEY = validate.Regexp(r"\A[A-Za-z_][A-Za-z0-9_.-]{0,59}\Z")
_MOST = 50


class HttpShape(ActionShape):
    """values: name → key of the field whose value is sent under it."""

    method = fields.Str(required=True, validate=validate.OneOf(METHODS))
    url = fields.Str(required=True, validate=validate.Length(1, _LONGEST))
    values = fields.Dict(
        keys=fields.Str(validate=_KEY), values=fields.Str(), load_default=dict,
        validate=validate.Length(max=_MOST),
    )  # fmt: skip


class Http(AfterAction):
    key = "http"
    shape = HttpShape

    def problems(self, document: Document, world: World) -> Iterator[Problem]:
        try:
            parts_of(document["url"])
        except NotAllowed as refusal:
            yield Problem("url", refusal.key, refusal.parameters)
        for name, key in document.get("values", {}).items():
            if key not in world.definition.by_key:
                yield Problem(f"values.{name}", "validation.unknown_field")

    def carry_out(self, document: Document, doing: Doing) -> None:
        doing.send(document["method"], document["url"], document.get("values", {}))


ACTION = Http()

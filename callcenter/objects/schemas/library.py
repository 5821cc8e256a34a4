"""The library of ready settings: what the API says of it, and what each kind of entry must be."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from callcenter.core.fields import Captions, Label, OneOf
from callcenter.core.http import Query, Shape
from callcenter.objects.schemas.document import FieldShape, LabelShape, TriggerShape


def _word(longest: int = 20, **options: Any) -> fields.Str:
    """What it may be is for the query to say into which it is taken."""
    return fields.Str(validate=validate.Length(max=longest), **options)


def _words() -> Any:
    return fields.List(_word(), load_default=list, validate=validate.Length(max=40))


class ReadyColumn(Shape):
    """How a column of a query is shown. types: of the fields that it suits; none: any."""

    types = _words()
    label = fields.Nested(LabelShape)
    expression = _word(2_000)
    aggregate, by, format, total = _word(), _word(), _word(), _word()
    width = fields.Int(validate=validate.Range(0, 1000))
    link, mask, hidden = fields.Bool(), fields.Bool(), fields.Bool()


class ReadyCondition(Shape):
    """How a field is looked for in a query. asked: filled in by whoever uses it; value, template:
    what that begins with.
    """

    types = _words()
    operator = _word(required=True)
    value = fields.List(_word(200), validate=validate.Length(max=200))
    asked, required = fields.Bool(), fields.Bool()
    label = fields.Nested(LabelShape)
    template = _word(2_000)


KINDS: Mapping[str, type[Shape]] = {
    "field": FieldShape, "trigger": TriggerShape, "column": ReadyColumn,
    "condition": ReadyCondition,
}  # fmt: skip
"""Kind of entry → the form of its content."""

READY_KEY = validate.Regexp(r"\A[a-z0-9][a-z0-9_-]{0,59}\Z")


class LibraryQuery(Query):
    kind = OneOf([*KINDS], load_default="field")


class ReadyShape(Shape):
    """An entry in a file: of the product, or of a configuration."""

    key = fields.Str(required=True, validate=READY_KEY)
    kind = OneOf([*KINDS], required=True)
    name = fields.Nested(LabelShape, required=True)
    content = fields.Dict(keys=fields.Str(), required=True)


class NewReady(Shape):
    """content: as documents have it: the field, the trigger; of a column or a condition the settings."""

    kind = OneOf([*KINDS], load_default="field")
    name = Label(required=True)
    content = fields.Dict(keys=fields.Str(), required=True)


class ReadyName(Shape):
    name = Label(required=True)


class ReadyAnswer(Shape):
    """own: whether it is the enterprise's; what comes with the product stays as it is."""

    key = fields.Str(required=True)
    kind = OneOf([*KINDS], required=True)
    name = Captions(required=True)
    content = fields.Dict(keys=fields.Str(), required=True)
    own = fields.Bool(required=True)
    version = fields.Int(required=True)

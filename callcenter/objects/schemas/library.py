"""The library of ready settings: what the API says of it, and what each kind of entry must be."""

from collections.abc import Mapping

from marshmallow import fields, validate

from callcenter.core.fields import Captions, Label, OneOf
from callcenter.core.http import Query, Shape
from callcenter.objects.schemas.document import FieldShape, LabelShape, TriggerShape

KINDS: Mapping[str, type[Shape]] = {"field": FieldShape, "trigger": TriggerShape}
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
    """content: the field or the trigger, as the document of a definition has it."""

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

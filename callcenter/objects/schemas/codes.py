"""What the API says of code tables."""

from marshmallow import fields, validate

from callcenter.core.fields import Captions, Label
from callcenter.core.http import Shape
from callcenter.objects.schemas.document import IDENTIFIER, MOST_OPTIONS, CodeOption
from callcenter.objects.schemas.records import OptionAnswer, PersonShape

_ITEMS = validate.Length(max=MOST_OPTIONS)


class CodeTableItem(Shape):
    """used_by: identifiers of the objects whose draft or version in force takes options from it."""

    key = fields.Str(required=True)
    name = Captions(required=True)
    items = fields.Int(required=True)
    used_by = fields.List(fields.Str(), required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(PersonShape, required=True, allow_none=True)


class NewCodeTable(Shape):
    key = fields.Str(required=True, validate=IDENTIFIER)
    name = Label(required=True)


class CodeTableBody(Shape):
    """The whole table: what is not in `items` is taken out."""

    name = Label(required=True)
    items = fields.List(fields.Nested(CodeOption), required=True, validate=_ITEMS)


class CodeTableAnswer(Shape):
    key = fields.Str(required=True)
    name = Captions(required=True)
    version = fields.Int(required=True)
    items = fields.List(fields.Nested(OptionAnswer), required=True)
    used_by = fields.List(fields.Str(), required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(PersonShape, required=True, allow_none=True)


class CodeFile(Shape):
    """A CSV file of 750 KiB at most as it was saved, in Base64: by its bytes one sees its encoding."""

    content = fields.Str(required=True, validate=validate.Length(1, 1_024_000))
    apply = fields.Bool(load_default=False)


class LineProblem(Shape):
    """line: of the file, the heading is the first."""

    line = fields.Int(required=True)
    message = fields.Str(required=True)


class CodeFileAnswer(Shape):
    """What the file does to the table; applied only if that was asked and there is no problem."""

    added = fields.List(fields.Str(), required=True)
    changed = fields.List(fields.Str(), required=True)
    unchanged = fields.Int(required=True)
    problems = fields.List(fields.Nested(LineProblem), required=True)
    applied = fields.Bool(required=True)

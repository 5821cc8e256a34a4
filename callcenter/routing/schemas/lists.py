"""Shapes of lists of callers."""

from marshmallow import fields, validate

from callcenter.core.fields import Line
from callcenter.core.http import Shape, page_of

MOST_AT_ONCE = 10_000


class CallerListBody(Shape):
    name = Line(60, required=True)


class CallerListShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    callers = fields.Int(required=True)
    version = fields.Int(required=True)


CallerListPage = page_of(CallerListShape)


class ListedBody(Shape):
    """Numbers to add, however they are written; those that are there already stay."""

    numbers = fields.List(
        fields.Str(validate=validate.Length(1, 40)),
        required=True,
        validate=validate.Length(1, MOST_AT_ONCE),
    )
    note = Line(100, shortest=0, load_default="")


class RemovedBody(Shape):
    numbers = fields.List(fields.Str(), required=True, validate=validate.Length(1, MOST_AT_ONCE))


class TakenShape(Shape):
    """added, known: how many were new, and how many stood there; wrong: those that are no numbers."""

    added = fields.Int(required=True)
    known = fields.Int(required=True)
    wrong = fields.List(fields.Str(), required=True)


class ListedShape(Shape):
    """number: as it is dialled, for removing it; shown: for a person."""

    number = fields.Str(required=True)
    shown = fields.Str(required=True)
    note = fields.Str(required=True)
    added_at = fields.AwareDateTime(required=True)


ListedPage = page_of(ListedShape)

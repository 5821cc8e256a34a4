"""Shapes of conference rooms."""

from marshmallow import fields, validate

from callcenter.core.fields import Line
from callcenter.core.http import Query, Shape, page_of

LEAST, MOST = 2, 50
"""Who may be in one room at once; what a node can mix is far more."""

_PIN = validate.Regexp(r"([0-9]{4,12})?\Z", error="validation.pin")


class ConferenceBody(Shape):
    """pin: of callers, empty for none. waits_for_agent: callers hear music until an agent is there."""

    name = Line(60, required=True)
    pin = fields.Str(load_default="", validate=_PIN)
    most = fields.Int(strict=True, load_default=10, validate=validate.Range(LEAST, MOST))
    waits_for_agent = fields.Bool(load_default=False)


class ConferenceShape(ConferenceBody):
    id = fields.UUID(required=True)
    version = fields.Int(required=True)


class ConferenceQuery(Query):
    q = fields.Str(load_default="", validate=validate.Length(max=100))


class ConferenceName(Shape):
    """As agents know a room."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class ConferenceJoined(Shape):
    call_id = fields.UUID(required=True)


ConferencePage = page_of(ConferenceShape)

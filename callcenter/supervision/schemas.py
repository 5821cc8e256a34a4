"""Shapes of the wall and of supervision's verbs."""

from marshmallow import fields, validate

from callcenter.calls.schemas import NamedShape
from callcenter.core.http import Shape
from callcenter.reports.schemas import TrendShape


class WallTeamShape(NamedShape):
    leader_name = fields.Str(allow_none=True)


class WallShape(Shape):
    """seats and services as in docs/events.md §3; figures: the enterprise's day so far."""

    seats = fields.List(fields.Dict(), required=True)
    services = fields.List(fields.Dict(), required=True)
    teams = fields.List(fields.Nested(WallTeamShape), required=True)
    figures = fields.Dict(keys=fields.Str(), required=True)
    trend = fields.List(fields.Nested(TrendShape), required=True)
    alarms = fields.List(fields.Dict(), required=True)
    at = fields.AwareDateTime(required=True)


class ListenBody(Shape):
    agent_id = fields.UUID(required=True)
    mode = fields.Str(load_default="listen", validate=validate.OneOf(["listen"]))


class ListeningShape(Shape):
    id = fields.Str(required=True)


class ForceBody(Shape):
    state = fields.Str(required=True, validate=validate.OneOf(["ready", "not_ready", "offline"]))


class ForcedShape(Shape):
    state = fields.Str(required=True)

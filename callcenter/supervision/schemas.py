"""Shapes of the wall and of supervision's verbs."""

from marshmallow import fields

from callcenter.acd.agent import AgentState
from callcenter.calls.schemas import DIRECTIONS, NamedShape
from callcenter.core.fields import Instant, OneOf
from callcenter.core.http import Shape
from callcenter.reports.schemas import TrendShape


class WallTeamShape(NamedShape):
    leader_name = fields.Str(required=True, allow_none=True)


class SeatCallShape(Shape):
    """number: masked, whoever looks."""

    id = fields.UUID(required=True)
    number = fields.Str(required=True)
    service = fields.Str(required=True)
    direction = OneOf(DIRECTIONS, required=True)
    connected_at = Instant(required=True, allow_none=True)


class SeatDayShape(Shape):
    answered = fields.Int(required=True)
    missed = fields.Int(required=True)
    talk_seconds = fields.Float(required=True)


class WallSeatShape(NamedShape):
    employee_code = fields.Str(required=True)
    team_ids = fields.List(fields.UUID(), required=True)
    state = OneOf(AgentState, required=True)
    since = Instant(required=True)
    reason_id = fields.UUID(required=True, allow_none=True)
    call = fields.Nested(SeatCallShape, required=True, allow_none=True)
    today = fields.Nested(SeatDayShape, required=True)


class WallQueueShape(NamedShape):
    """level_percent: of today's calls answered within level_seconds; null before the first."""

    waiting = fields.Int(required=True)
    callbacks = fields.Int(required=True)
    longest_since = Instant(required=True, allow_none=True)
    ready = fields.Int(required=True)
    signed_in = fields.Int(required=True)
    level_percent = fields.Float(required=True, allow_none=True)
    level_target = fields.Int(required=True)
    level_seconds = fields.Int(required=True)
    offered = fields.Int(required=True)
    answered = fields.Int(required=True)
    within = fields.Int(required=True)
    abandoned = fields.Int(required=True)
    short_abandoned = fields.Int(required=True)


class DayFiguresShape(Shape):
    """The enterprise's day so far."""

    offered = fields.Int(required=True)
    answered = fields.Int(required=True)
    within = fields.Int(required=True)
    abandoned = fields.Int(required=True)
    short_abandoned = fields.Int(required=True)
    level_percent = fields.Float(required=True, allow_none=True)


class WallShape(Shape):
    """seats and services are what docs/events.md §3 has in the rooms."""

    seats = fields.List(fields.Nested(WallSeatShape), required=True)
    services = fields.List(fields.Nested(WallQueueShape), required=True)
    teams = fields.List(fields.Nested(WallTeamShape), required=True)
    figures = fields.Nested(DayFiguresShape, required=True)
    trend = fields.List(fields.Nested(TrendShape), required=True)
    at = fields.AwareDateTime(required=True)


class ListenBody(Shape):
    agent_id = fields.UUID(required=True)
    mode = OneOf(["listen"], load_default="listen")


class ListeningShape(Shape):
    id = fields.Str(required=True)


class ForceBody(Shape):
    state = OneOf(["ready", "not_ready", "offline"], required=True)


class ForcedShape(Shape):
    state = OneOf(AgentState, required=True)

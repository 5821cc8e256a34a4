"""Shapes of figures. Averages, levels and utilisation are null where nothing was counted."""

from marshmallow import fields

from callcenter.acd.agent import AgentState
from callcenter.calls.schemas import NamedShape
from callcenter.core.fields import OneOf
from callcenter.core.http import Query, Shape


class DayQuery(Query):
    """day: of the enterprise's zone; today when it is left out."""

    day = fields.Date(load_default=None)


class AgentDayShape(Shape):
    offered = fields.Int(required=True)
    answered = fields.Int(required=True)
    missed = fields.Int(required=True)
    dialled = fields.Int(required=True)
    connected_out = fields.Int(required=True)
    talk_seconds = fields.Float(required=True)
    talk_average = fields.Float(required=True, allow_none=True)
    wrap_up_average = fields.Float(required=True, allow_none=True)
    utilisation = fields.Float(required=True, allow_none=True)
    signed_in_seconds = fields.Float(required=True)
    totals = fields.Dict(keys=fields.Str(), values=fields.Float(), required=True)


class AgentRow(AgentDayShape):
    agent = fields.Nested(NamedShape, required=True)
    employee_code = fields.Str(required=True)


class RibbonShape(Shape):
    state = OneOf(AgentState, required=True)
    reason = fields.Str(required=True, allow_none=True)
    from_ = fields.AwareDateTime(required=True, data_key="from")
    to = fields.AwareDateTime(required=True, allow_none=True)


class OwnDayShape(AgentDayShape):
    ribbon = fields.List(fields.Nested(RibbonShape), required=True)


class ServiceRow(Shape):
    service = fields.Nested(NamedShape, required=True)
    level_target = fields.Int(required=True)
    level_seconds = fields.Int(required=True)
    offered = fields.Int(required=True)
    answered = fields.Int(required=True)
    within = fields.Int(required=True)
    abandoned = fields.Int(required=True)
    short_abandoned = fields.Int(required=True)
    level_percent = fields.Float(required=True, allow_none=True)


class TrendShape(Shape):
    from_ = fields.AwareDateTime(required=True, data_key="from")
    answered = fields.Int(required=True)
    abandoned = fields.Int(required=True)
    level = fields.Float(required=True, allow_none=True)

"""Shapes of figures. Averages, levels and utilisation are null where nothing was counted."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from callcenter.acd.agent import AgentState
from callcenter.calls.schemas import NamedShape
from callcenter.core.fields import OneOf
from callcenter.core.http import Query, Shape

MOST_DAYS = timedelta(days=366)


class DayQuery(Query):
    """day: of the enterprise's zone; today when it is left out."""

    day = fields.Date(load_default=None)


GROUPS = ("services", "agents")


class SatisfactionQuery(Query):
    """From one day to another, both included, in the enterprise's zone."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    by = OneOf(GROUPS, load_default="services")

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if not timedelta() <= data["last"] - data["first"] <= MOST_DAYS:
            raise ValidationError("validation.span_of_days", "last")


class SatisfactionRow(Shape):
    """about: a service or an agent. counts: answers of 1, 2, 3, 4 and 5. good: percent of 4 and 5."""

    about = fields.Nested(NamedShape, required=True)
    calls = fields.Int(required=True)
    answers = fields.Int(required=True)
    mean = fields.Float(required=True)
    good = fields.Float(required=True)
    counts = fields.List(fields.Int(), required=True)


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
    diverted = fields.Int(required=True)
    level_percent = fields.Float(required=True, allow_none=True)


class TrendShape(Shape):
    from_ = fields.AwareDateTime(required=True, data_key="from")
    answered = fields.Int(required=True)
    abandoned = fields.Int(required=True)
    level = fields.Float(required=True, allow_none=True)

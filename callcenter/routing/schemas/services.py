"""Shapes of agent services."""

from marshmallow import fields, validate

from callcenter.acd.strategies import Strategy
from callcenter.core.fields import Line, OneOf, Whole
from callcenter.core.http import Shape, page_of
from callcenter.routing.schemas.matching import MatchingShape, SkillNeed
from callcenter.routing.schemas.waiting import WaitingShape

MOST_MEMBERS, MOST_SKILLS = 2000, 50
MUSIC = ("default", "soft")
"""The classes of music on hold that Asterisk is given."""


class Members(Shape):
    """Whole teams, users by themselves, and whoever has a skill at a level or above it.

    The order of the users is that of `fixed_order`.
    """

    teams = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=MOST_MEMBERS)
    )
    users = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=MOST_MEMBERS)
    )
    skills = fields.List(
        fields.Nested(SkillNeed), load_default=list, validate=validate.Length(max=MOST_SKILLS)
    )


def _whole(default: int, least: int, most: int) -> fields.Int:
    return fields.Int(strict=True, load_default=default, validate=validate.Range(least, most))


class ServiceBody(Shape):
    """Seconds everywhere; priority 9 is served first."""

    name = Line(60, required=True)
    members = Whole(Members, load_default=lambda: {"teams": [], "users": [], "skills": []})
    priority = _whole(5, 0, 9)
    ring_seconds = _whole(20, 5, 120)
    wrap_up_seconds = _whole(30, 0, 3600)
    max_wait_seconds = _whole(600, 10, 7200)
    queue_capacity = _whole(200, 1, 1000)
    level_percent = _whole(80, 1, 100)
    level_seconds = _whole(20, 1, 600)
    short_call_seconds = _whole(5, 0, 60)
    missed_policy = fields.Str(
        load_default="not_ready", validate=validate.OneOf(["not_ready", "ready"])
    )
    music = fields.Str(load_default="default", validate=validate.OneOf(MUSIC))
    announce_position = fields.Bool(load_default=False)
    work_order_object = fields.Str(load_default="work_order", validate=validate.Length(1, 60))
    strategy = OneOf(Strategy, load_default=Strategy.LONGEST_IDLE)
    matching = Whole(MatchingShape, load_default=lambda: MatchingShape().load({}))
    waiting = Whole(WaitingShape, load_default=lambda: WaitingShape().load({}))


class AgentServiceShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    members = fields.Nested(Members, required=True)
    priority = fields.Int(required=True)
    ring_seconds = fields.Int(required=True)
    wrap_up_seconds = fields.Int(required=True)
    max_wait_seconds = fields.Int(required=True)
    queue_capacity = fields.Int(required=True)
    level_percent = fields.Int(required=True)
    level_seconds = fields.Int(required=True)
    short_call_seconds = fields.Int(required=True)
    missed_policy = OneOf(["not_ready", "ready"], required=True)
    music = OneOf(MUSIC, required=True)
    announce_position = fields.Bool(required=True)
    work_order_object = fields.Str(required=True)
    strategy = OneOf(Strategy, required=True)
    matching = fields.Nested(MatchingShape, required=True)
    waiting = fields.Nested(WaitingShape, required=True)
    status = fields.Str(required=True)
    version = fields.Int(required=True)


AgentServicePage = page_of(AgentServiceShape)

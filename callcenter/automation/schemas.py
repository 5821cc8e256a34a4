"""Shapes of scheduled tasks, their commands and runs."""

from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate, validates

from callcenter.automation import cron
from callcenter.automation.commands import COMMANDS
from callcenter.automation.commands.base import KINDS
from callcenter.automation.models import Overlap, RunState
from callcenter.core.fields import Line, OneOf
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.objects.schemas.records import PersonShape

LONGEST_CRON, SHORTEST_TIME, LONGEST_TIME, MOST_RETRIES = 100, 5, 3600, 5


class _Expression(fields.Str):
    def __init__(self) -> None:
        super().__init__(required=True, validate=self._check)

    @staticmethod
    def _check(value: str) -> None:
        if len(value) > LONGEST_CRON:
            raise ValidationError("task.bad_expression")
        try:
            cron.check(value)
        except cron.BadExpression as fault:
            raise ValidationError(fault.key) from None


class TimetableBody(Shape):
    """cron: five fields. zone: null is the enterprise's own."""

    cron = _Expression()
    zone = fields.Str(load_default=None, allow_none=True)

    @validates("zone")
    def check_zone(self, value: str | None, **_: Any) -> None:
        if value is not None and value not in available_timezones():
            raise ValidationError("validation.unknown_choice")


class TimetableShape(Shape):
    """In the reader's words, and the next five moments."""

    reading = fields.Str(required=True)
    zone = fields.Str(required=True)
    next = fields.List(fields.AwareDateTime(), required=True)


class ScheduledTaskBody(TimetableBody):
    """parameters: as the command has them. retries: of a run that failed, each later than before."""

    name = Line(60, required=True)
    command = OneOf(COMMANDS, required=True)
    parameters = fields.Dict(keys=fields.Str(), required=True)
    overlap = OneOf(Overlap, load_default=Overlap.SKIP.value)
    retries = fields.Int(load_default=0, validate=validate.Range(0, MOST_RETRIES))
    timeout_seconds = fields.Int(
        load_default=600, validate=validate.Range(SHORTEST_TIME, LONGEST_TIME)
    )
    paused = fields.Bool(load_default=False)


class NewScheduledTask(ScheduledTaskBody):
    """All of it."""


class TaskRunShape(Shape):
    """asked_by: null where the clock did. took_ms: null until it is over. message: why it failed.

    output: of one that is under way, what it has said so far. stopped_by: who wants, or wanted, its end.
    """

    id = fields.UUID(required=True)
    due_at = fields.AwareDateTime(required=True)
    asked_by = fields.Nested(PersonShape, required=True, allow_none=True)
    stopped_by = fields.Nested(PersonShape, required=True, allow_none=True)
    state = OneOf(RunState, required=True)
    attempt = fields.Int(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True, allow_none=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)
    took_ms = fields.Int(required=True, allow_none=True)
    message = fields.Str(required=True, allow_none=True)
    output = fields.Str(required=True)


TaskRunPage = page_of(TaskRunShape)


class TaskRunQuery(PageQuery):
    state = OneOf(RunState)


class ScheduledTaskShape(ScheduledTaskBody):
    """reading: of its expression, in the reader's words. acts_as: in whose name it runs."""

    id = fields.UUID(required=True)
    zone = fields.Str(required=True)
    reading = fields.Str(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    last = fields.Nested(TaskRunShape, required=True, allow_none=True)
    acts_as = fields.Nested(PersonShape, required=True, allow_none=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)


class ScheduledTaskQuery(PageQuery):
    command = OneOf(COMMANDS)
    paused = fields.Bool()


ScheduledTaskPage = page_of(ScheduledTaskShape)


class ParameterShape(Shape):
    """As `commands.base.Parameter` says."""

    name = fields.Str(required=True)
    kind = OneOf(KINDS, required=True)
    required = fields.Bool(required=True)
    default = fields.Raw(required=True, allow_none=True)
    least = fields.Int(required=True)
    most = fields.Int(required=True)
    options = fields.List(fields.Str(), required=True)
    types = fields.List(fields.Str(), required=True)


class CommandShape(Shape):
    """allowed: whether the reader may set it up."""

    key = OneOf(COMMANDS, required=True)
    parameters = fields.List(fields.Nested(ParameterShape), required=True)
    allowed = fields.Bool(required=True)

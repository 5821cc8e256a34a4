"""What the API says of triggers at work: their log, and a trial on a record."""

from marshmallow import fields

from callcenter.core.fields import Captions, OneOf
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.objects.schemas.records import ChangedField, NamedRecord, PersonShape
from callcenter.objects.triggers.actions import ACTIONS
from callcenter.objects.triggers.calling import TASK_STATES, Came
from callcenter.objects.triggers.trigger import Act, Moment, Reason

STATES = ("waiting", "done", "failed", "stopped", "skipped", "refused")


class RunQuery(PageQuery):
    trigger = fields.Str()
    state = OneOf(STATES)
    record_id = fields.UUID()


class CallingShape(Shape):
    """Whether somebody came into a calling task. status: of the task by then.

    resumed: whether it was finished, and runs again for this.
    """

    task = fields.Str(required=True)
    came = OneOf(Came, required=True)
    status = OneOf(TASK_STATES, required=True)
    resumed = fields.Bool(required=True)


class StepShape(Shape):
    """What one act of an action did; null is what such an act does not have.

    object, record: what was written, fields: which of it (what a call sent, for `http`).
    template: the name of the one that was rendered for `fields`.
    people, text: who was told what. channel, message_id: over which what was sent, null where the
    record has no address. status: of the answer; tried: whether it was called at all.
    """

    do = OneOf(sorted(ACTIONS), required=True)
    object = fields.Str(required=True, allow_none=True)
    record = fields.Nested(NamedRecord, required=True, allow_none=True)
    fields_ = fields.List(fields.Str(), required=True, data_key="fields")
    people = fields.List(fields.Str(), required=True)
    template = Captions(required=True, allow_none=True)
    text = Captions(required=True, allow_none=True)
    method = fields.Str(required=True, allow_none=True)
    address = fields.Str(required=True, allow_none=True)
    status = fields.Int(required=True, allow_none=True)
    tried = fields.Bool(required=True)
    channel = fields.Str(required=True, allow_none=True)
    message_id = fields.UUID(required=True, allow_none=True)
    calling = fields.Nested(CallingShape, required=True, allow_none=True)


class RunShape(Shape):
    """A trigger that fired for one change. depth: how many triggers in a row it was.

    record: null where it has refused a new one. tries: how often the action at hand has failed;
    next_at: when it is tried again, null where it is not, or at once.
    """

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    trigger = fields.Str(required=True)
    name = Captions(required=True)
    act = OneOf(Act, required=True)
    when = OneOf(Moment, required=True)
    record = fields.Nested(NamedRecord, required=True, allow_none=True)
    actor = fields.Nested(PersonShape, required=True, allow_none=True)
    state = OneOf(STATES, required=True)
    message = fields.Str(required=True, allow_none=True)
    steps = fields.List(fields.Nested(StepShape), required=True)
    tries = fields.Int(required=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    depth = fields.Int(required=True)
    took_ms = fields.Int(required=True)


RunPage = page_of(RunShape)


class TryBody(Shape):
    """values: what an update would change, as somebody would enter it."""

    record_id = fields.UUID(required=True)
    act = OneOf(Act, required=True)
    values = fields.Dict(keys=fields.Str(), load_default=dict)


class TriedStep(StepShape):
    """changes: what it would write. problem: why it would not."""

    changes = fields.List(fields.Nested(ChangedField), required=True)
    problem = fields.Str(required=True, allow_none=True)


class TriedTrigger(Shape):
    """reason: why it does not fire; failed: the places of the tests that did not pass.

    reached: whether it comes to it at all; refused: with what it refuses the write.
    """

    key = fields.Str(required=True)
    name = Captions(required=True)
    when = OneOf(Moment, required=True)
    reached = fields.Bool(required=True)
    fires = fields.Bool(required=True)
    reason = OneOf(Reason, required=True, allow_none=True)
    failed = fields.List(fields.Int(), required=True)
    refused = fields.Str(required=True, allow_none=True)
    changes = fields.List(fields.Nested(ChangedField), required=True)
    steps = fields.List(fields.Nested(TriedStep), required=True)


class Objection(Shape):
    """field: null for what is about no field that the reader sees."""

    field = fields.Str(required=True, allow_none=True)
    message = fields.Str(required=True)


class TryAnswer(Shape):
    """objections: what the rules of the object would say against the write in the end."""

    triggers = fields.List(fields.Nested(TriedTrigger), required=True)
    objections = fields.List(fields.Nested(Objection), required=True)

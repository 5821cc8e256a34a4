"""Shapes of calling tasks."""

from marshmallow import fields, validate

from callcenter.calls.schemas import NamedShape
from callcenter.core.fields import Captions, OneOf
from callcenter.core.http import PageQuery, Shape, page_of

MOST_CONTACTS = 5000
MOST_AGENTS = 5000
LONGEST_NAME = 60
STATUSES = ("draft", "running", "paused", "finished")


class NewContact(Shape):
    number = fields.Str(required=True, validate=validate.Length(1, 40))
    name = fields.Str(load_default="", validate=validate.Length(max=LONGEST_NAME))


class NewTask(Shape):
    """agents: users who may take contacts; none named: all active agents, as they are now.

    Times of day in the enterprise's zone, `09:00`; to `00:00` is midnight.
    """

    name = fields.Str(required=True, validate=validate.Length(1, 60))
    mode = fields.Str(load_default="preview", validate=validate.OneOf(["preview"]))
    contacts = fields.List(
        fields.Nested(NewContact), required=True, validate=validate.Length(1, MOST_CONTACTS)
    )
    agents = fields.List(fields.UUID(), required=True, validate=validate.Length(max=MOST_AGENTS))
    display_number = fields.Str(allow_none=True, load_default=None)
    window_from = fields.Time(format="%H:%M", load_default=None, allow_none=True)
    window_to = fields.Time(format="%H:%M", load_default=None, allow_none=True)
    ring_seconds = fields.Int(load_default=30, validate=validate.Range(5, 120))
    schedule_id = fields.UUID(allow_none=True, load_default=None)


class FillBody(Shape):
    """The contacts of a query's rows; parameters as its list takes them."""

    query = fields.Str(required=True, validate=validate.Length(1, 40))
    parameters = fields.Dict(
        keys=fields.Str(),
        values=fields.List(fields.Str(validate=validate.Length(max=200))),
        load_default=dict,
    )


class FillAnswer(Shape):
    """added, again (done with before, called once more); the others were left as they are."""

    added = fields.Int(required=True)
    again = fields.Int(required=True)
    there = fields.Int(required=True)
    do_not_call = fields.Int(required=True)
    no_number = fields.Int(required=True)


class TaskPatch(Shape):
    """schedule_id: null for none; agents: as in `NewTask`."""

    schedule_id = fields.UUID(allow_none=True)
    name = fields.Str(validate=validate.Length(1, 60))
    agents = fields.List(fields.UUID(), validate=validate.Length(max=MOST_AGENTS))


class TaskQuery(PageQuery):
    status = OneOf(STATUSES)


class TaskShape(Shape):
    """total, done, connected: contacts; mine_open: what the asking agent holds.

    open: whether anybody may be called now; opens_at: else when, null where that is not known.
    """

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    mode = OneOf(["preview"], required=True)
    status = OneOf(STATUSES, required=True)
    agents = fields.List(fields.UUID(), required=True)
    total = fields.Int(required=True)
    done = fields.Int(required=True)
    connected = fields.Int(required=True)
    mine_open = fields.Int(required=True)
    outcomes = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    ring_seconds = fields.Int(required=True)
    schedule = fields.Nested(NamedShape, required=True, allow_none=True)
    open = fields.Bool(required=True)
    opens_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Int(required=True)


TaskPage = page_of(TaskShape)


class TaskName(Shape):
    """A task as triggers name it."""

    name = fields.Str(required=True)
    status = OneOf(STATUSES, required=True)


class ContactShape(NamedShape):
    number = fields.Str(required=True)
    location = Captions(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)


class AttemptShape(Shape):
    id = fields.UUID(required=True)
    contact = fields.Nested(ContactShape, required=True)
    task = fields.Nested(NamedShape, required=True)
    state = fields.Str(required=True)
    outcome = fields.Str(required=True, allow_none=True)
    call_id = fields.UUID(required=True, allow_none=True)


class OfferShape(Shape):
    attempt = fields.Nested(AttemptShape, required=True)


class AttemptDialled(Shape):
    call_id = fields.UUID(required=True)


class ResultBody(Shape):
    disposition_id = fields.UUID(required=True)

"""Shapes of the agent's desk."""

from marshmallow import fields, validate

from callcenter.acd.agent import AgentState
from callcenter.calls.schemas import DIRECTIONS, NamedShape
from callcenter.core.fields import Captions, Instant, OneOf
from callcenter.core.http import PageQuery, Query, Shape, page_of
from callcenter.core.numbers import NumberKind
from callcenter.objects.schemas import RecordShape
from callcenter.reports.schemas import OwnDayShape

__all__ = ["OwnDayShape"]

MOST_IN_DRAFT = 200_000
"""Characters of a draft's JSON."""

DESK_STATES = ("offered", "dialling", "connected", "held", "consulting", "ended")
APPOINTMENT_STATES = ("open", "done", "cancelled")
TARGET_KINDS = ("seat", "service", "number", "survey", "voicemail")
"""survey: of the call's own service; value is its id. voicemail: of a service or a seat, by its id."""


class ChoiceShape(Shape):
    id = fields.UUID(required=True)
    code = fields.Str(required=True)
    label = Captions(required=True)
    sort = fields.Int(required=True)
    active = fields.Bool(required=True)


class AgentStateShape(Shape):
    """after: what follows the contact under way; leg_form: how the phone is reached."""

    state = OneOf(AgentState, required=True)
    since = Instant(required=True)
    reason_id = fields.UUID(required=True, allow_none=True)
    call_id = fields.UUID(required=True, allow_none=True)
    wrap_up_until = Instant(required=True, allow_none=True)
    after = OneOf(["ready", "not_ready", "offline"], required=True, allow_none=True)
    leg_form = OneOf(["rung", "nailed_up"], required=True)


class PhoneShape(Shape):
    registered = fields.Bool(required=True)


class TargetBody(Shape):
    kind = OneOf(TARGET_KINDS, required=True)
    value = fields.Str(required=True, validate=validate.Length(1, 60))


class ConsultShape(Shape):
    agent_id = fields.UUID(required=True)
    target = fields.Nested(TargetBody, required=True)
    state = OneOf(["ringing", "talking"], required=True)


class DeskCallShape(Shape):
    """A call as its agent sees it; number as that agent's role may see it.

    callback_note: what was said when it was asked for.
    survey: whether the caller can be led to the questions of the call's service.
    """

    id = fields.UUID(required=True)
    direction = OneOf(DIRECTIONS, required=True)
    state = OneOf(DESK_STATES, required=True)
    number = fields.Str(required=True, allow_none=True)
    number_kind = OneOf(NumberKind, required=True)
    caller_name = fields.Str(required=True)
    location = Captions(required=True)
    service = fields.Nested(NamedShape, required=True, allow_none=True)
    survey = fields.Bool(required=True)
    access_number = fields.Str(required=True)
    offered_at = Instant(required=True)
    answered_at = Instant(required=True, allow_none=True)
    ended_at = Instant(required=True, allow_none=True)
    waited_seconds = fields.Float(required=True, allow_none=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    attempt_id = fields.UUID(required=True, allow_none=True)
    callback = fields.Bool(required=True)
    callback_note = fields.Str(required=True)
    consult = fields.Nested(ConsultShape, required=True, allow_none=True)


class DeskShape(Shape):
    """agent, phone and calls are what docs/events.md §3 has in the agent's room."""

    agent = fields.Nested(AgentStateShape, required=True)
    phone = fields.Nested(PhoneShape, required=True)
    calls = fields.List(fields.Nested(DeskCallShape), required=True)
    reasons = fields.List(fields.Nested(ChoiceShape), required=True)
    dispositions = fields.List(fields.Nested(ChoiceShape), required=True)
    display_numbers = fields.List(fields.Str(), required=True)
    services = fields.List(fields.Nested(NamedShape), required=True)
    work_order_object = fields.Str(required=True, allow_none=True)
    customer_object = fields.Str(required=True, allow_none=True)
    server_time = fields.AwareDateTime(required=True)


class StateBody(Shape):
    state = OneOf(["ready", "not_ready"], required=True)
    reason_id = fields.UUID(allow_none=True, load_default=None)


class StateShape(Shape):
    state = OneOf(AgentState, required=True)


class Empty(Shape):
    """No content: nothing to say, and nothing to send."""


class IceServerShape(Shape):
    urls = fields.Str(required=True)
    username = fields.Str()
    credential = fields.Str()


class SoftphoneShape(Shape):
    ws_path = fields.Str(required=True)
    uri = fields.Str(required=True)
    authorization_user = fields.Str(required=True)
    password = fields.Str(required=True)
    display_name = fields.Str(required=True)
    ice_servers = fields.List(fields.Nested(IceServerShape), required=True)


class TargetCommand(Shape):
    target = fields.Nested(TargetBody, required=True)


class TargetQuery(Query):
    q = fields.Str(load_default="", validate=validate.Length(max=100))


class TargetShape(Shape):
    """state: of a seat; waiting: callers of a service."""

    kind = OneOf(TARGET_KINDS, required=True)
    value = fields.Str(required=True)
    name = fields.Str(required=True)
    detail = fields.Str(required=True)
    state = OneOf(AgentState, required=True, allow_none=True)
    waiting = fields.Int(required=True, allow_none=True)


class DialBody(Shape):
    number = fields.Str(required=True, validate=validate.Length(1, 40))
    customer_id = fields.UUID(allow_none=True, load_default=None)
    display_number = fields.Str(allow_none=True, load_default=None)


class DialledShape(Shape):
    call_id = fields.UUID(required=True)


class QueueShape(Shape):
    service = fields.Nested(NamedShape, required=True)
    waiting = fields.Int(required=True)
    ready = fields.Int(required=True)
    longest_wait = fields.Float(required=True, allow_none=True)
    level_percent = fields.Float(required=True, allow_none=True)


class HistoryShape(Shape):
    kind = OneOf(["call", "work_order", "appointment"], required=True)
    at = fields.AwareDateTime(required=True)
    id = fields.UUID(required=True)
    object = fields.Str(required=True, allow_none=True)
    title = fields.Str(required=True)
    agent_name = fields.Str(required=True, allow_none=True)
    seconds = fields.Float(required=True, allow_none=True)
    result = fields.Str(required=True, allow_none=True)
    direction = OneOf(DIRECTIONS, required=True, allow_none=True)


class DraftBody(Shape):
    payload = fields.Dict(required=True)


class DraftShape(DraftBody):
    updated_at = fields.AwareDateTime(required=True)


class CallerShape(Shape):
    """customer_id: whom the agent chose, or the only match."""

    customers = fields.List(fields.Nested(RecordShape), required=True)
    customer_id = fields.UUID(required=True, allow_none=True)


class PopShape(CallerShape):
    call = fields.Nested(DeskCallShape, required=True)
    open_work_orders = fields.List(fields.Nested(RecordShape), required=True)
    history = fields.List(fields.Nested(HistoryShape), required=True)
    work_order = fields.Nested(RecordShape, required=True, allow_none=True)
    draft = fields.Nested(DraftShape, required=True, allow_none=True)


class CustomerBody(Shape):
    customer_id = fields.UUID(required=True)


class AppointmentBody(Shape):
    due_at = fields.AwareDateTime(required=True)
    number = fields.Str(load_default="", allow_none=True, validate=validate.Length(max=40))
    customer_id = fields.UUID(allow_none=True, load_default=None)
    customer_name = fields.Str(allow_none=True, load_default="", validate=validate.Length(max=60))
    subject = fields.Str(required=True, validate=validate.Length(1, 200))
    call_id = fields.UUID(allow_none=True, load_default=None)


class AppointmentPatch(Shape):
    due_at = fields.AwareDateTime()
    number = fields.Str(allow_none=True, validate=validate.Length(max=40))
    customer_id = fields.UUID(allow_none=True)
    customer_name = fields.Str(allow_none=True, validate=validate.Length(max=60))
    subject = fields.Str(validate=validate.Length(1, 200))


class AppointmentQuery(PageQuery):
    status = OneOf(APPOINTMENT_STATES)
    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    to = fields.AwareDateTime()


class AppointmentShape(Shape):
    id = fields.UUID(required=True)
    due_at = fields.AwareDateTime(required=True)
    number = fields.Str(required=True, allow_none=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.Str(required=True, allow_none=True)
    subject = fields.Str(required=True)
    status = OneOf(APPOINTMENT_STATES, required=True)
    version = fields.Int(required=True)


AppointmentPage = page_of(AppointmentShape)


class OwnTaskShape(NamedShape):
    """A calling task the agent may take contacts from; mine_open: what the agent holds of it.

    open: whether anybody may be called now; opens_at: else when, null where that is not known.
    """

    mode = OneOf(["preview"], required=True)
    status = OneOf(["draft", "running", "paused", "finished"], required=True)
    total = fields.Int(required=True)
    done = fields.Int(required=True)
    connected = fields.Int(required=True)
    mine_open = fields.Int(required=True)
    open = fields.Bool(required=True)
    opens_at = fields.AwareDateTime(required=True, allow_none=True)


class WorkCounts(Shape):
    appointments = fields.Int(required=True)
    calling_tasks = fields.Int(required=True)
    open_work_orders = fields.Int(required=True)


class WorkShape(Shape):
    appointments = fields.List(fields.Nested(AppointmentShape), required=True)
    calling_tasks = fields.List(fields.Nested(OwnTaskShape), required=True)
    open_work_orders = fields.List(fields.Nested(RecordShape), required=True)
    counts = fields.Nested(WorkCounts, required=True)

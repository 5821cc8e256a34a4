"""Shapes of the agent's desk."""

from marshmallow import fields, validate

from callcenter.calls.schemas import NamedShape
from callcenter.core.http import PageQuery, Query, Shape, page_of
from callcenter.objects.schemas import RecordShape
from callcenter.reports.schemas import OwnDayShape

__all__ = ["OwnDayShape"]

MOST_IN_DRAFT = 200_000
"""Characters of a draft's JSON."""


class ChoiceShape(Shape):
    id = fields.UUID(required=True)
    code = fields.Str(required=True)
    label = fields.Dict(required=True)
    sort = fields.Int(required=True)
    active = fields.Bool(required=True)


class DeskShape(Shape):
    """agent, phone and calls are as in docs/events.md §3."""

    agent = fields.Dict(required=True)
    phone = fields.Dict(required=True)
    calls = fields.List(fields.Dict(), required=True)
    reasons = fields.List(fields.Nested(ChoiceShape), required=True)
    dispositions = fields.List(fields.Nested(ChoiceShape), required=True)
    display_numbers = fields.List(fields.Str(), required=True)
    services = fields.List(fields.Nested(NamedShape), required=True)
    work_order_object = fields.Str(allow_none=True)
    customer_object = fields.Str(allow_none=True)
    server_time = fields.AwareDateTime(required=True)


class StateBody(Shape):
    state = fields.Str(required=True, validate=validate.OneOf(["ready", "not_ready"]))
    reason_id = fields.UUID(allow_none=True, load_default=None)


class StateShape(Shape):
    state = fields.Str(required=True)


class Empty(Shape):
    """No content: nothing to say, and nothing to send."""


class SoftphoneShape(Shape):
    ws_path = fields.Str(required=True)
    uri = fields.Str(required=True)
    authorization_user = fields.Str(required=True)
    password = fields.Str(required=True)
    display_name = fields.Str(required=True)
    ice_servers = fields.List(fields.Dict(), required=True)


class TargetBody(Shape):
    kind = fields.Str(required=True, validate=validate.OneOf(["seat", "service", "number"]))
    value = fields.Str(required=True, validate=validate.Length(1, 60))


class TargetCommand(Shape):
    target = fields.Nested(TargetBody, required=True)


class TargetQuery(Query):
    q = fields.Str(load_default="", validate=validate.Length(max=100))


class TargetShape(Shape):
    kind = fields.Str(required=True)
    value = fields.Str(required=True)
    name = fields.Str(required=True)
    detail = fields.Str(required=True)
    state = fields.Str(allow_none=True)
    waiting = fields.Int(allow_none=True)


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
    longest_wait = fields.Float(allow_none=True)
    level_percent = fields.Float(allow_none=True)


class HistoryShape(Shape):
    kind = fields.Str(required=True, validate=validate.OneOf(["call", "work_order", "appointment"]))
    at = fields.AwareDateTime(required=True)
    id = fields.UUID(required=True)
    object = fields.Str(allow_none=True)
    title = fields.Str(required=True)
    agent_name = fields.Str(allow_none=True)
    seconds = fields.Float(allow_none=True)
    result = fields.Str(allow_none=True)
    direction = fields.Str(allow_none=True)


class DraftBody(Shape):
    payload = fields.Dict(required=True)


class DraftShape(DraftBody):
    updated_at = fields.AwareDateTime(required=True)


class PopShape(Shape):
    call = fields.Dict(required=True)
    customers = fields.List(fields.Nested(RecordShape), required=True)
    customer_id = fields.UUID(allow_none=True)
    open_work_orders = fields.List(fields.Nested(RecordShape), required=True)
    history = fields.List(fields.Nested(HistoryShape), required=True)
    work_order = fields.Nested(RecordShape, allow_none=True)
    draft = fields.Nested(DraftShape, allow_none=True)


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
    status = fields.Str(validate=validate.OneOf(["open", "done", "cancelled"]))
    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    to = fields.AwareDateTime()


class AppointmentShape(Shape):
    id = fields.UUID(required=True)
    due_at = fields.AwareDateTime(required=True)
    number = fields.Str(allow_none=True)
    customer_id = fields.UUID(allow_none=True)
    customer_name = fields.Str(allow_none=True)
    subject = fields.Str(required=True)
    status = fields.Str(required=True)
    version = fields.Int(required=True)


AppointmentPage = page_of(AppointmentShape)


class WorkShape(Shape):
    appointments = fields.List(fields.Nested(AppointmentShape), required=True)
    calling_tasks = fields.List(fields.Dict(), required=True)
    open_work_orders = fields.List(fields.Nested(RecordShape), required=True)
    counts = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)

"""Shapes of calls, their legs, recordings and summaries."""

from marshmallow import fields, validate

from callcenter.core.http import PageQuery, Shape, page_of

DIRECTIONS = ("inbound", "outbound", "internal")
RESULTS = (
    "answered",
    "abandoned",
    "ivr_only",
    "no_answer",
    "busy",
    "unallocated",
    "rejected",
    "failed",
)


class NamedShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class CallQuery(PageQuery):
    direction = fields.Str(validate=validate.OneOf(DIRECTIONS))
    result = fields.Str(validate=validate.OneOf(RESULTS))
    agent_id = fields.UUID()
    service_id = fields.UUID()
    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    to = fields.AwareDateTime()
    number = fields.Str(validate=validate.Length(1, 40))


class CallShape(Shape):
    """number: as its reader may see it. Seconds are null where they have no meaning."""

    id = fields.UUID(required=True)
    direction = fields.Str(required=True)
    state = fields.Str(required=True)
    number = fields.Str(allow_none=True)
    number_kind = fields.Str(required=True)
    location = fields.Str(required=True)
    caller_name = fields.Str(required=True)
    access_number = fields.Str(required=True)
    customer_id = fields.UUID(allow_none=True)
    customer_name = fields.Str(allow_none=True)
    service = fields.Nested(NamedShape, allow_none=True)
    agent = fields.Nested(NamedShape, allow_none=True)
    started_at = fields.AwareDateTime(required=True)
    queued_at = fields.AwareDateTime(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    waited_seconds = fields.Float(allow_none=True)
    talk_seconds = fields.Float(allow_none=True)
    hold_seconds = fields.Float(required=True)
    transfers = fields.Int(required=True)
    result = fields.Str(allow_none=True)
    ended_by = fields.Str(allow_none=True)
    estimated = fields.Bool(required=True)
    disposition = fields.Str(allow_none=True)
    disposition_id = fields.UUID(allow_none=True)
    note = fields.Str(required=True)
    has_recording = fields.Bool(required=True)


CallPage = page_of(CallShape)


class LegShape(Shape):
    id = fields.Str(required=True)
    party = fields.Str(required=True)
    agent = fields.Nested(NamedShape, allow_none=True)
    number = fields.Str(allow_none=True)
    state = fields.Str(required=True)
    started_at = fields.AwareDateTime(required=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    cause = fields.Int(allow_none=True)
    held_seconds = fields.Float(required=True)
    estimated = fields.Bool(required=True)


class CallEventShape(Shape):
    """One fact; what it carries beyond this stays on the server, for it may hold numbers."""

    id = fields.UUID(required=True)
    type = fields.Str(required=True)
    at = fields.AwareDateTime(required=True)
    agent = fields.Nested(NamedShape, allow_none=True)


class CallDetail(CallShape):
    legs = fields.List(fields.Nested(LegShape), required=True)
    events = fields.List(fields.Nested(CallEventShape), required=True)


class HoldShape(Shape):
    """Seconds from the recording's start."""

    from_ = fields.Float(required=True, data_key="from")
    to = fields.Float(required=True)


class PeaksShape(Shape):
    """50 values a second, 0-100."""

    agent = fields.List(fields.Int(), required=True)
    customer = fields.List(fields.Int(), required=True)


class RecordingShape(Shape):
    url = fields.Str(required=True)
    peaks = fields.Nested(PeaksShape, allow_none=True)
    duration = fields.Float(required=True)
    expires_at = fields.AwareDateTime(required=True)
    holds = fields.List(fields.Nested(HoldShape), required=True)


class SummaryBody(Shape):
    disposition_id = fields.UUID(allow_none=True, load_default=None)
    note = fields.Str(load_default="", validate=validate.Length(max=2000))


class SummaryShape(Shape):
    call_id = fields.UUID(required=True)
    disposition_id = fields.UUID(allow_none=True)
    note = fields.Str(required=True)

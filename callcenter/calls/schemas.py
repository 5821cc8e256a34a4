"""Shapes of calls, their legs, recordings and summaries."""

from marshmallow import fields, validate

from callcenter.calls.states import CallState, LegState
from callcenter.core.fields import Captions, OneOf
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.core.numbers import NumberKind

DIRECTIONS = ("inbound", "outbound", "internal")
PARTIES = ("customer", "agent", "external", "supervisor")
ENDERS = ("customer", "agent", "system")
RESULTS = (
    "answered",
    "abandoned",
    "callback",
    "voicemail",
    "ivr_only",
    "no_answer",
    "busy",
    "unallocated",
    "rejected",
    "cancelled",
    "failed",
)


class NamedShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class CallQuery(PageQuery):
    direction = OneOf(DIRECTIONS)
    result = OneOf(RESULTS)
    agent_id = fields.UUID()
    service_id = fields.UUID()
    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    to = fields.AwareDateTime()
    number = fields.Str(validate=validate.Length(1, 40))
    satisfaction_at_most = fields.Int(validate=validate.Range(1, 5))
    work_order_id = fields.UUID()


class CallShape(Shape):
    """number: as its reader may see it. Seconds are null where they have no meaning.

    satisfaction: mean of the caller's answers, 1 to 5.
    """

    id = fields.UUID(required=True)
    direction = OneOf(DIRECTIONS, required=True)
    state = OneOf(CallState, required=True)
    number = fields.Str(required=True, allow_none=True)
    number_kind = OneOf(NumberKind, required=True)
    location = Captions(required=True)
    caller_name = fields.Str(required=True)
    access_number = fields.Str(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    customer_name = fields.Str(required=True, allow_none=True)
    service = fields.Nested(NamedShape, required=True, allow_none=True)
    agent = fields.Nested(NamedShape, required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True)
    queued_at = fields.AwareDateTime(required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    waited_seconds = fields.Float(required=True, allow_none=True)
    talk_seconds = fields.Float(required=True, allow_none=True)
    hold_seconds = fields.Float(required=True)
    transfers = fields.Int(required=True)
    result = OneOf(RESULTS, required=True, allow_none=True)
    ended_by = OneOf(ENDERS, required=True, allow_none=True)
    estimated = fields.Bool(required=True)
    disposition = fields.Str(required=True, allow_none=True)
    disposition_id = fields.UUID(required=True, allow_none=True)
    note = fields.Str(required=True)
    has_recording = fields.Bool(required=True)
    satisfaction = fields.Float(required=True, allow_none=True)


CallPage = page_of(CallShape)


class LegShape(Shape):
    id = fields.Str(required=True)
    party = OneOf(PARTIES, required=True)
    agent = fields.Nested(NamedShape, required=True, allow_none=True)
    number = fields.Str(required=True, allow_none=True)
    state = OneOf(LegState, required=True)
    started_at = fields.AwareDateTime(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    cause = fields.Int(required=True, allow_none=True)
    held_seconds = fields.Float(required=True)
    estimated = fields.Bool(required=True)


class CallEventShape(Shape):
    """One fact; what it carries beyond this stays on the server, for it may hold numbers."""

    id = fields.UUID(required=True)
    type = fields.Str(required=True)
    at = fields.AwareDateTime(required=True)
    agent = fields.Nested(NamedShape, required=True, allow_none=True)


class SurveyAnswer(Shape):
    """What the caller pressed, 1 to 5. text: the question in the reader's language."""

    question = fields.Int(required=True)
    text = fields.Str(required=True)
    answer = fields.Int(required=True)
    agent = fields.Nested(NamedShape, required=True, allow_none=True)
    answered_at = fields.AwareDateTime(required=True)


class CallDetail(CallShape):
    legs = fields.List(fields.Nested(LegShape), required=True)
    events = fields.List(fields.Nested(CallEventShape), required=True)
    survey = fields.List(fields.Nested(SurveyAnswer), required=True)


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
    peaks = fields.Nested(PeaksShape, required=True, allow_none=True)
    duration = fields.Float(required=True)
    expires_at = fields.AwareDateTime(required=True)
    holds = fields.List(fields.Nested(HoldShape), required=True)


class SummaryBody(Shape):
    disposition_id = fields.UUID(allow_none=True, load_default=None)
    note = fields.Str(load_default="", validate=validate.Length(max=2000))


class SummaryShape(Shape):
    call_id = fields.UUID(required=True)
    disposition_id = fields.UUID(required=True, allow_none=True)
    note = fields.Str(required=True)

"""Shapes of callbacks, and of how services call back."""

from marshmallow import fields, validate

from callcenter.callbacks.line import Reason, Source
from callcenter.calls.schemas import NamedShape
from callcenter.core.fields import Captions, Line, OneOf
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.core.i18n import DEFAULT_LOCALE, LOCALES
from callcenter.core.numbers import NumberKind

STATES = ("open", "ended")
LONGEST_NOTE = 200
_HOUR = validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z")


class CallbackQuery(PageQuery):
    state = OneOf(STATES)
    service_id = fields.UUID()
    number = fields.Str(validate=validate.Length(1, 40))


class CallbackShape(Shape):
    """number: as its reader may see it. place: in its service's line; null when it is over, or

    further back than the first hundred. asked_by: who of the staff, or the key that asked.
    last_outcome: of the last attempt, as a call's result; `agent_gone`: the agent did not dial.
    """

    id = fields.UUID(required=True)
    service = fields.Nested(NamedShape, required=True)
    number = fields.Str(required=True, allow_none=True)
    number_kind = OneOf(NumberKind, required=True)
    location = Captions(required=True)
    source = OneOf(Source, required=True)
    note = fields.Str(required=True)
    state = OneOf(STATES, required=True)
    place = fields.Int(required=True, allow_none=True)
    asked_at = fields.AwareDateTime(required=True)
    asked_by = fields.Nested(NamedShape, required=True, allow_none=True)
    not_before = fields.AwareDateTime(required=True, allow_none=True)
    not_after = fields.AwareDateTime(required=True)
    attempts = fields.Int(required=True)
    last_attempt_at = fields.AwareDateTime(required=True, allow_none=True)
    last_outcome = fields.Str(required=True)
    agent = fields.Nested(NamedShape, required=True, allow_none=True)
    reason = OneOf(Reason, required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    call_id = fields.UUID(required=True, allow_none=True)


CallbackPage = page_of(CallbackShape)


class CallbackBody(Shape):
    """not_before: at once without it; not_after: as the service has it.

    note: what the agent is shown: the page it was asked on, what it is about.
    """

    service_id = fields.UUID(required=True)
    number = fields.Str(required=True, validate=validate.Length(1, 40))
    not_before = fields.AwareDateTime(allow_none=True, load_default=None)
    not_after = fields.AwareDateTime(allow_none=True, load_default=None)
    language = OneOf(LOCALES, load_default=DEFAULT_LOCALE)
    note = Line(LONGEST_NOTE, shortest=0, load_default="")


class CallbackState(Shape):
    """How it stands, for the program that asked: nothing of who asked or who called back.

    place, last_outcome, reason: as of `CallbackShape`. not_after: null until telephony has told it.
    """

    id = fields.UUID(required=True)
    state = OneOf(STATES, required=True)
    place = fields.Int(required=True, allow_none=True)
    asked_at = fields.AwareDateTime(required=True)
    not_before = fields.AwareDateTime(required=True, allow_none=True)
    not_after = fields.AwareDateTime(required=True, allow_none=True)
    attempts = fields.Int(required=True)
    last_outcome = fields.Str(required=True)
    reason = OneOf(Reason, required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class CallbackAsked(Shape):
    """known: it was asked for before, and is still open."""

    id = fields.UUID(required=True)
    known = fields.Bool(required=True)


class CallbackChange(Shape):
    """Only what is given is changed."""

    number = fields.Str(validate=validate.Length(1, 40))
    not_before = fields.AwareDateTime(allow_none=True)
    not_after = fields.AwareDateTime()


class CallbackRulesBody(Shape):
    """Seconds; begins, ends: `HH:MM` of the enterprise's day."""

    attempts = fields.Int(strict=True, required=True, validate=validate.Range(1, 10))
    pause_seconds = fields.Int(strict=True, required=True, validate=validate.Range(30, 86_400))
    lasts_seconds = fields.Int(strict=True, required=True, validate=validate.Range(600, 604_800))
    begins = fields.Str(required=True, validate=_HOUR)
    ends = fields.Str(required=True, validate=_HOUR)
    schedule_id = fields.UUID(allow_none=True, required=True)


class CallbackRulesShape(CallbackRulesBody):
    service = fields.Nested(NamedShape, required=True)
    version = fields.Int(required=True)

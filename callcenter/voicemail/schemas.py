"""Shapes of messages, and of how they are taken."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from callcenter.calls.schemas import NamedShape
from callcenter.core.fields import Captions, Line, OneOf
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.core.i18n import LOCALES
from callcenter.core.numbers import NumberKind
from callcenter.voicemail.boxes import LONGEST, SILENCE
from callcenter.voicemail.states import MessageState, Sound, TargetKind

LONGEST_GREETING, LONGEST_TRANSCRIPT = 500, 5000


class VoicemailTargetShape(NamedShape):
    kind = OneOf(TargetKind, required=True)


class VoicemailQuery(PageQuery):
    """mine: those that the actor has taken."""

    state = OneOf(MessageState)
    target_id = fields.UUID()
    mine = fields.Bool()
    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    to = fields.AwareDateTime()
    number = fields.Str(validate=validate.Length(1, 40))


class VoicemailShape(Shape):
    """number: as its reader may see it. agent: who works on it, or has."""

    id = fields.UUID(required=True)
    target = fields.Nested(VoicemailTargetShape, required=True)
    number = fields.Str(required=True, allow_none=True)
    number_kind = OneOf(NumberKind, required=True)
    location = Captions(required=True)
    caller_name = fields.Str(required=True)
    customer = fields.Nested(NamedShape, required=True, allow_none=True)
    call_id = fields.UUID(required=True)
    left_at = fields.AwareDateTime(required=True)
    seconds = fields.Float(required=True)
    sound = OneOf(Sound, required=True)
    state = OneOf(MessageState, required=True)
    agent = fields.Nested(NamedShape, required=True, allow_none=True)
    taken_at = fields.AwareDateTime(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    transcript = fields.Str(required=True)
    version = fields.Int(required=True)


VoicemailPage = page_of(VoicemailShape)


class VoicemailDetail(VoicemailShape):
    """matching: customers with the number."""

    matching = fields.List(fields.Nested(NamedShape), required=True)


class VoicemailWaiting(Shape):
    waiting = fields.Int(required=True)


class VoicemailBody(Shape):
    """Only what is given is changed."""

    transcript = fields.Str(validate=validate.Length(max=LONGEST_TRANSCRIPT))
    customer_id = fields.UUID(allow_none=True)


class VoicemailSound(Shape):
    """peaks: 50 values a second, 0-100."""

    url = fields.Str(required=True)
    peaks = fields.List(fields.Int(), required=True, allow_none=True)
    duration = fields.Float(required=True)
    expires_at = fields.AwareDateTime(required=True)


class VoicemailCalled(Shape):
    call_id = fields.UUID(required=True)


class VoicemailBoxBody(Shape):
    """greeting: in both languages, or null for the product's own. Seconds."""

    greeting = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(LOCALES)),
        values=Line(LONGEST_GREETING),
        allow_none=True,
        load_default=None,
    )
    longest_seconds = fields.Int(
        strict=True, load_default=LONGEST, validate=validate.Range(10, 600)
    )
    silence_seconds = fields.Int(strict=True, load_default=SILENCE, validate=validate.Range(2, 30))

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data["greeting"] is not None and set(data["greeting"]) != set(LOCALES):
            raise ValidationError("validation.both_languages", "greeting")


class VoicemailBoxShape(Shape):
    target = fields.Nested(VoicemailTargetShape, required=True)
    greeting = Captions(required=True, allow_none=True)
    longest_seconds = fields.Int(required=True)
    silence_seconds = fields.Int(required=True)
    version = fields.Int(required=True)

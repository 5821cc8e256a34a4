"""Shapes about prompts that flows name by their id."""

from marshmallow import fields, validate

from callcenter.core.fields import Line, OneOf
from callcenter.core.http import Query, Shape, page_of
from ivr.model import LONGEST_TEXT


class IvrPromptBody(Shape):
    name = Line(60, required=True)


class SoundQuery(Query):
    """name: of the file, to be shown."""

    name = Line(120, required=True)


class SpokenText(Shape):
    text = fields.Str(
        required=True, validate=[validate.Length(1, LONGEST_TEXT), validate.Regexp(r"(?s)\A.*\S")]
    )


class PromptSoundShape(Shape):
    """file: the name of what was uploaded; text: what is spoken; one of them is empty. Seconds."""

    language = fields.Str(required=True)
    file = fields.Str(required=True)
    text = fields.Str(required=True)
    seconds = fields.Float(required=True)
    at = fields.Str(required=True, metadata={"format": "date-time"})


class PromptUser(Shape):
    kind = OneOf(("ivr_service", "agent_service"), required=True)
    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class IvrPromptShape(Shape):
    """used_by: IVR services whose draft or published flow says it, agent services whose callers hear it."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    sounds = fields.List(fields.Nested(PromptSoundShape), required=True)
    used_by = fields.List(fields.Nested(PromptUser), required=True)


IvrPromptPage = page_of(IvrPromptShape)

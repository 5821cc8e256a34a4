"""What the API says of templates, and how a file carries one."""

from marshmallow import fields, validate

from callcenter.core.fields import Captions, Label, OneOf
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.objects.schemas.document import IDENTIFIER
from callcenter.objects.schemas.records import PersonShape
from callcenter.rendering.instructions import Group, Kind, Reach
from callcenter.templates.models import Output

LONGEST = 64 * 1024
"""Characters of a template."""

TAKEN = ("instructions", "preview")

_TEXT = validate.Length(max=LONGEST)


class TemplateQuery(PageQuery):
    """object: templates about its records, and those about any."""

    object = fields.Str()
    active = fields.Bool()


class TemplateBody(Shape):
    """object: whose records it is about; null: any."""

    name = Label(required=True)
    object = fields.Str(load_default=None, allow_none=True, validate=IDENTIFIER)
    text = fields.Str(required=True, validate=_TEXT)
    output = OneOf(Output, load_default=Output.TEXT.value)
    active = fields.Bool(load_default=True)


class NewTemplate(TemplateBody):
    """key: for good, and none that is a place of the API's own."""

    key = fields.Str(
        required=True, validate=[IDENTIFIER, validate.NoneOf(TAKEN, error="validation.taken")]
    )


class TemplateItem(Shape):
    """used_by: identifiers of the objects whose triggers name it, in their draft or in force."""

    key = fields.Str(required=True)
    name = Captions(required=True)
    object = fields.Str(required=True, allow_none=True)
    output = OneOf(Output, required=True)
    active = fields.Bool(required=True)
    used_by = fields.List(fields.Str(), required=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(PersonShape, required=True, allow_none=True)


class TemplateAnswer(TemplateItem):
    text = fields.Str(required=True)


TemplatePage = page_of(TemplateItem)


class PreviewBody(Shape):
    """record_id: of the record of `object` that it is rendered on; without one there is none."""

    text = fields.Str(required=True, validate=_TEXT)
    output = OneOf(Output, load_default=Output.TEXT.value)
    object = fields.Str(load_default=None, allow_none=True)
    record_id = fields.UUID(load_default=None, allow_none=True)


class LogLine(Shape):
    """line: of the template that was rendered, also for what one within it noted."""

    line = fields.Int(required=True)
    text = fields.Str(required=True)


class WouldBeDone(Shape):
    """An instruction that a preview did not carry out; said: one line for people; arguments: by their
    names, as it was given them.
    """

    line = fields.Int(required=True)
    name = fields.Str(required=True)
    said = fields.Str(required=True)
    arguments = fields.Dict(keys=fields.Str(), required=True)


class PreviewAnswer(Shape):
    """Either the result, or a problem; line: of the template, null for the template as a whole."""

    result = fields.Str(required=True, allow_none=True)
    problem = fields.Str(required=True, allow_none=True)
    line = fields.Int(required=True, allow_none=True)
    log = fields.List(fields.Nested(LogLine), required=True)
    would = fields.List(fields.Nested(WouldBeDone), required=True)


class TemplateInstruction(Shape):
    """signature: as it is written, of a filter without the value before it; example and what it comes
    to; replaces: the old product's macros; reach: what it needs, and so where it can be used.
    """

    name = fields.Str(required=True)
    kind = OneOf(Kind, required=True)
    group = OneOf(Group, required=True)
    signature = fields.Str(required=True)
    summary = Captions(required=True)
    example = fields.Str(required=True)
    result = fields.Str(required=True)
    replaces = fields.List(fields.Str(), required=True)
    reach = OneOf(Reach, required=True)

"""What the API says of templates, and how a file carries one."""

from marshmallow import fields, validate

from callcenter.core.fields import Captions, Label, OneOf
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.objects.schemas.document import IDENTIFIER
from callcenter.objects.schemas.records import PersonShape
from callcenter.templates.models import Output

LONGEST = 64 * 1024
"""Characters of a template."""

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
    """key: for good."""

    key = fields.Str(required=True, validate=IDENTIFIER)


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


class PreviewAnswer(Shape):
    """Either the result, or a problem; line: of the template, null for the template as a whole."""

    result = fields.Str(required=True, allow_none=True)
    problem = fields.Str(required=True, allow_none=True)
    line = fields.Int(required=True, allow_none=True)

"""Shapes about VoiceXML documents."""

from marshmallow import fields

from callcenter.core.fields import Line
from callcenter.core.http import Query, Shape, page_of
from ivr.schemas.prompts import PromptUser


class DocumentFileQuery(Query):
    """file: its name where it comes from, to be shown and saved under."""

    file = Line(120, required=True)


class NewDocumentQuery(DocumentFileQuery):
    name = Line(60, required=True)


class IvrDocumentBody(Shape):
    name = Line(60, required=True)


class DocumentSound(Shape):
    """found: a prompt of the enterprise bears this name, or was uploaded from such a file."""

    address = fields.Str(required=True)
    found = fields.Bool(required=True)


class IvrDocumentShape(Shape):
    """number: of the version in force, which all the rest is about; vxml: 2.0 or 2.1; size in bytes.

    plays      how many files it names, of which `missing` are no prompts of the enterprise
    computed   how often it plays what only the call will tell
    loose      dialogs of its own that it leads to and that are not there
    used_by    IVR services whose draft or published flow names it
    """

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    version = fields.Int(required=True)
    number = fields.Int(required=True)
    file = fields.Str(required=True)
    size = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    vxml = fields.Str(required=True)
    title = fields.Str(required=True)
    languages = fields.List(fields.Str(), required=True)
    forms = fields.Int(required=True)
    menus = fields.Int(required=True)
    plays = fields.Int(required=True)
    missing = fields.Int(required=True)
    computed = fields.Int(required=True)
    loose = fields.List(fields.Str(), required=True)
    used_by = fields.List(fields.Nested(PromptUser), required=True)


class IvrDocumentDetail(IvrDocumentShape):
    """addresses: what it leads to or loads besides sounds. Nothing of it is ever fetched."""

    sounds = fields.List(fields.Nested(DocumentSound), required=True)
    addresses = fields.List(fields.Str(), required=True)


class IvrDocumentVersionShape(Shape):
    number = fields.Int(required=True)
    file = fields.Str(required=True)
    size = fields.Int(required=True)
    made_at = fields.AwareDateTime(required=True)
    made_by = fields.Str(required=True)
    in_force = fields.Bool(required=True)


IvrDocumentPage = page_of(IvrDocumentShape)

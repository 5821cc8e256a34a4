"""What the API says of what happens to a record: history, comments, files, bin, duplicates, merge."""

from marshmallow import fields, validate

from callcenter.core.fields import OneOf
from callcenter.core.http import PageQuery, Query, Shape, page_of
from callcenter.objects.schemas.document import IDENTIFIER
from callcenter.objects.schemas.records import HISTORY, NamedRecord, PersonShape, RecordShape

MOST_MERGED = 5
"""Records that become one at a time, the survivor included."""


class HistoryQuery(PageQuery):
    """Lines that changed a field, that somebody wrote, of one act."""

    field = fields.Str(validate=validate.Length(1, 40))
    actor_id = fields.UUID()
    action = OneOf(HISTORY)


class CommentBody(Shape):
    """text: colleagues are named in it by `@{id}`."""

    text = fields.Str(required=True)


class CommentAnswer(Shape):
    """mine: whether the reader wrote it, and so may change and delete it."""

    id = fields.UUID(required=True)
    text = fields.Str(required=True)
    mentions = fields.List(fields.Nested(PersonShape), required=True)
    made_at = fields.AwareDateTime(required=True)
    made_by = fields.Nested(PersonShape, required=True, allow_none=True)
    edited_at = fields.AwareDateTime(required=True, allow_none=True)
    mine = fields.Bool(required=True)
    version = fields.Int(required=True)


CommentPage = page_of(CommentAnswer)


class FileQuery(Query):
    name = fields.Str(required=True, validate=validate.Length(1, 500))


class FieldFileQuery(FileQuery):
    """field: the key of the field that the file is for."""

    field = fields.Str(required=True, validate=IDENTIFIER)


class FieldFileAnswer(Shape):
    """What a record's field has of a file; a record takes it by its id."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True)


class AttachmentAnswer(Shape):
    """inline: whether a browser may show it."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    media_type = fields.Str(required=True)
    size = fields.Int(required=True)
    made_at = fields.AwareDateTime(required=True)
    made_by = fields.Nested(PersonShape, required=True, allow_none=True)
    inline = fields.Bool(required=True)
    may_delete = fields.Bool(required=True)


class AttachmentList(Shape):
    """largest: bytes that one file may have."""

    items = fields.List(fields.Nested(AttachmentAnswer), required=True)
    largest = fields.Int(required=True)


class DeletedRecord(RecordShape):
    deleted_at = fields.AwareDateTime(required=True)
    deleted_by = fields.Nested(PersonShape, required=True, allow_none=True)
    merged_into = fields.Nested(NamedRecord, required=True, allow_none=True)


DeletedRecordPage = page_of(DeletedRecord)


class DuplicateAnswer(Shape):
    """A record that looks like the one that is entered; fields: those in which they agree."""

    id = fields.UUID(required=True)
    object = fields.Str(required=True)
    key = fields.Str(required=True, allow_none=True)
    title = fields.Str(required=True, allow_none=True)
    fields_ = fields.List(fields.Str(), required=True, data_key="fields")


class MergedRecord(Shape):
    id = fields.UUID(required=True)
    version = fields.Int(strict=True, required=True)


class MergeBody(Shape):
    """others: what becomes part of the survivor, as it was read.

    values: field → the record whose value stays, where that is not the survivor's.
    """

    others = fields.List(
        fields.Nested(MergedRecord), required=True, validate=validate.Length(1, MOST_MERGED - 1)
    )
    values = fields.Dict(
        keys=fields.Str(validate=IDENTIFIER), values=fields.UUID(), load_default=dict
    )

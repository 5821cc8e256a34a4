"""Notices in the API."""

from marshmallow import fields

from callcenter.core.http import PageQuery, Shape, page_of


class NoticeShape(Shape):
    """made_by: the name of whoever it is from, empty for the system."""

    id = fields.UUID(required=True)
    kind = fields.Str(required=True)
    text = fields.Str(required=True)
    object = fields.Str(required=True, allow_none=True)
    record_id = fields.UUID(required=True, allow_none=True)
    made_by = fields.Str(required=True)
    at = fields.AwareDateTime(required=True)
    read_at = fields.AwareDateTime(required=True, allow_none=True)


NoticePage = page_of(NoticeShape)


class NoticeQuery(PageQuery):
    unread = fields.Bool(load_default=False)


class UnreadAnswer(Shape):
    unread = fields.Int(required=True)


class ReadUntil(Shape):
    """When the newest was posted that has been seen."""

    until = fields.AwareDateTime(required=True)

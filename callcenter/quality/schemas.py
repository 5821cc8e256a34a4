"""Shapes of forms and scores."""

from typing import Any

from marshmallow import INCLUDE, fields, post_load, validate

from callcenter.calls.schemas import DIRECTIONS, CallDetail, NamedShape, RecordingShape
from callcenter.core.fields import Captions, OneOf
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.objects.schemas import LabelShape, RecordShape

_KEY = validate.Regexp(r"\A[a-z][a-z0-9_]{0,39}\Z")


class ScoreStatus:
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ALL = (DRAFT, SUBMITTED)


class FatalShape(Shape):
    key = fields.Str(required=True, validate=_KEY)
    label = fields.Nested(LabelShape, required=True)


class ItemShape(Shape):
    """points: what can be given, the best first."""

    key = fields.Str(required=True, validate=_KEY)
    label = fields.Nested(LabelShape, required=True)
    points = fields.List(
        fields.Int(validate=validate.Range(0, 100)), required=True, validate=validate.Length(2, 10)
    )


class ItemGroupShape(Shape):
    key = fields.Str(required=True, validate=_KEY)
    label = fields.Nested(LabelShape, required=True)
    items = fields.List(fields.Nested(ItemShape), required=True, validate=validate.Length(1, 30))


class FormDocument(Shape):
    """The definition of a form's version."""

    fatal = fields.List(fields.Nested(FatalShape), required=True)
    groups = fields.List(fields.Nested(ItemGroupShape), required=True, validate=validate.Length(1))


class FatalAnswer(Shape):
    key = fields.Str(required=True)
    label = Captions(required=True)


class ItemAnswer(FatalAnswer):
    points = fields.List(fields.Int(), required=True)


class ItemGroupAnswer(FatalAnswer):
    items = fields.List(fields.Nested(ItemAnswer), required=True)


class FormShape(Shape):
    """id is the version's: scores name it."""

    id = fields.UUID(required=True)
    form_id = fields.UUID(required=True)
    name = fields.Str(required=True)
    version = fields.Int(required=True)
    published_at = fields.AwareDateTime(required=True)
    fatal = fields.List(fields.Nested(FatalAnswer), required=True)
    groups = fields.List(fields.Nested(ItemGroupAnswer), required=True)
    total = fields.Int(required=True)


class MarkShape(Shape):
    """at: seconds of the recording."""

    at = fields.Float(required=True, validate=validate.Range(0, 86_400))
    kind = OneOf(["good", "bad", "note"], required=True)
    note = fields.Str(required=True, validate=validate.Length(max=500))
    item = fields.Str(allow_none=True, load_default=None, validate=_KEY)


class ScoreBody(Shape):
    """A score as a whole; which call and form it is for cannot be changed."""

    call_id = fields.UUID(required=True)
    form_version_id = fields.UUID(required=True)
    answers = fields.Dict(keys=fields.Str(), values=fields.Int(strict=True), required=True)
    fatal = fields.List(fields.Str(), load_default=list)
    marks = fields.List(
        fields.Nested(MarkShape), load_default=list, validate=validate.Length(max=200)
    )
    comment = fields.Str(load_default="", validate=validate.Length(max=2000))
    status = OneOf(ScoreStatus.ALL, required=True)


class ScoreShape(Shape):
    id = fields.UUID(required=True)
    call_id = fields.UUID(required=True)
    form_version_id = fields.UUID(required=True)
    agent = fields.Nested(NamedShape, required=True, allow_none=True)
    inspector = fields.Nested(NamedShape, required=True, allow_none=True)
    answers = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    fatal = fields.List(fields.Str(), required=True)
    marks = fields.List(fields.Nested(MarkShape), required=True)
    comment = fields.Str(required=True)
    total = fields.Int(required=True)
    status = OneOf(ScoreStatus.ALL, required=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Int(required=True)


ScorePage = page_of(ScoreShape)


class ScoreBrief(Shape):
    id = fields.UUID(required=True)
    total = fields.Int(required=True)
    status = OneOf(ScoreStatus.ALL, required=True)


class WorkOrderBrief(Shape):
    id = fields.UUID(required=True)
    key = fields.Str(required=True, allow_none=True)


class ItemQuery(PageQuery):
    """Which calls. object: of work orders or customers, whose records are asked for by their fields.

    Those are the filters of the object's list: `f.<field>`, `f.<field>.from`, `f.<field>.to`.
    """

    agent_id = fields.UUID()
    service_id = fields.UUID()
    status = OneOf(["open", "scored"])
    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    to = fields.AwareDateTime()
    object_ = fields.Str(data_key="object", attribute="object")

    class Meta:
        unknown = INCLUDE

    @post_load
    def gather(self, query: dict[str, Any], **_: Any) -> dict[str, Any]:
        """What the shape does not name are filters of records, which the object knows or refuses."""
        named = {field.attribute or name for name, field in self.fields.items()}
        query["fields"] = {name: query.pop(name) for name in [*query] if name not in named}
        return query


class QualityItem(Shape):
    call_id = fields.UUID(required=True)
    direction = OneOf(DIRECTIONS, required=True)
    agent = fields.Nested(NamedShape, required=True, allow_none=True)
    service = fields.Nested(NamedShape, required=True, allow_none=True)
    started_at = fields.AwareDateTime(required=True)
    talk_seconds = fields.Float(required=True, allow_none=True)
    work_order = fields.Nested(WorkOrderBrief, required=True, allow_none=True)
    score = fields.Nested(ScoreBrief, required=True, allow_none=True)


QualityItemPage = page_of(QualityItem)


class TrendPoint(Shape):
    at = fields.AwareDateTime(required=True)
    total = fields.Int(required=True)


class QualityDetail(Shape):
    call = fields.Nested(CallDetail, required=True)
    work_order = fields.Nested(RecordShape, required=True, allow_none=True)
    recording = fields.Nested(RecordingShape, required=True, allow_none=True)
    score = fields.Nested(ScoreShape, required=True, allow_none=True)
    trend = fields.List(fields.Nested(TrendPoint), required=True)

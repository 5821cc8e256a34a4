"""Views of record lists in the API."""

from marshmallow import fields, validate

from callcenter.core.fields import Line, OneOf
from callcenter.core.http import MAX_PAGE_SIZE, Shape
from callcenter.core.permissions import Role
from callcenter.objects.schemas.document import MOST_FIELDS, ROW_ACTS, ConditionShape

SOURCES = ("ready", "own", "shared")
_ROLES = [role.value for role in Role if role is not Role.OPERATOR]


class ViewContent(Shape):
    """filters: as the list of records takes them, `f.<field>` …, with words as `$me`, `$today-7d`."""

    columns = fields.List(fields.Str(), required=True, validate=validate.Length(1, MOST_FIELDS + 2))
    widths = fields.Dict(
        keys=fields.Str(), values=fields.Int(validate=validate.Range(40, 1000)), load_default=dict
    )
    filters = fields.Dict(
        keys=fields.Str(validate=validate.Length(max=60)),
        values=fields.Str(validate=validate.Length(1, 2000)),
        load_default=dict,
        validate=validate.Length(max=30),
    )
    sort = fields.Str(load_default="", validate=validate.Length(max=100))
    q = fields.Str(load_default="", validate=validate.Length(max=100))
    page_size = fields.Int(load_default=20, validate=validate.Range(1, MAX_PAGE_SIZE))


class ViewBody(ViewContent):
    """roles, teams: with whom it is shared; who may share with whom, the server says."""

    name = Line(60, required=True)
    roles = fields.List(OneOf(_ROLES), load_default=list)
    teams = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=50))


class RowActAnswer(Shape):
    act = OneOf(ROW_ACTS, required=True)
    when = fields.Nested(ConditionShape, required=True, allow_none=True)


class ViewAnswer(Shape):
    """key: what stands in an address: `?view=<key>`.

    source: laid out by the definition, one's own, or another's that is shared.
    dropped: how many columns, filters and orders it names that its reader has not (any more).
    version: null for a ready list.
    """

    key = fields.Str(required=True)
    name = fields.Str(required=True)
    source = OneOf(SOURCES, required=True)
    owner = fields.Str(required=True, allow_none=True)
    columns = fields.List(fields.Str(), required=True)
    widths = fields.Dict(keys=fields.Str(), values=fields.Int(), required=True)
    filters = fields.Dict(keys=fields.Str(), values=fields.Str(), required=True)
    sort = fields.Str(required=True)
    q = fields.Str(required=True)
    page_size = fields.Int(required=True)
    acts = fields.List(fields.Nested(RowActAnswer), required=True)
    roles = fields.List(OneOf(_ROLES), required=True)
    teams = fields.List(fields.UUID(), required=True)
    dropped = fields.Int(required=True)
    version = fields.Int(required=True, allow_none=True)


class ShareAnswer(Shape):
    """With whom the signed-in user may share."""

    roles = fields.List(OneOf(_ROLES), required=True)
    teams = fields.Bool(required=True)


class ViewsAnswer(Shape):
    """start: what the list begins with, null for the definition's own list."""

    views = fields.List(fields.Nested(ViewAnswer), required=True)
    start = fields.Str(required=True, allow_none=True)
    share = fields.Nested(ShareAnswer, required=True)


class StartBody(Shape):
    view = fields.Str(required=True, allow_none=True, validate=validate.Length(max=60))

"""The document of a definition: what is shipped in config/objects, drafted, exported and imported."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate

from callcenter.core.fields import Label
from callcenter.core.http import Shape
from callcenter.core.permissions import Role
from callcenter.expressions import LONGEST as LONGEST_EXPRESSION
from callcenter.expressions import OPERATORS
from callcenter.objects.months import is_part
from callcenter.objects.regions import LEVELS
from callcenter.objects.schemas.rights import Access, Reach
from callcenter.objects.triggers.actions import ActionField
from callcenter.objects.triggers.trigger import MOST_ACTIONS, MOST_TRIGGERS, Act, Moment
from callcenter.objects.types import TYPES
from callcenter.objects.types.details import MOST as MOST_LINES
from callcenter.objects.types.file import KINDS as FILE_KINDS
from callcenter.objects.types.file import LARGEST as LARGEST_FILE
from callcenter.objects.types.file import MOST as MOST_FILES
from callcenter.objects.types.formula import RESULTS

ACTS = ("create", "read", "edit", "delete", "export", "import")
SIMILAR = ("exact", "pinyin", "phone")
MOST_RULES = 10
MOST_LISTS = 30
ROW_ACTS = ("open", "edit", "dial", "delete")
SORTABLE = ("created_at", "updated_at")
MOST_FIELDS = 500
MOST_OPTIONS = 2000
MOST_MONTHS = 600

IDENTIFIER = validate.Regexp(r"\A[a-z][a-z0-9_]{1,39}\Z")


def names_no_month(identifier: str) -> None:
    """An object's table would stand where a monthly one puts a month. Raises ValidationError."""
    if is_part(identifier):
        raise ValidationError("validation.reserved_identifier")


OBJECT_IDENTIFIER: Sequence[Callable[[str], Any]] = (IDENTIFIER, names_no_month)
OPTION_VALUE = validate.Regexp(r"\A[^\s,\x00-\x1f](?:[^,\x00-\x1f]{0,58}[^\s,\x00-\x1f])?\Z")
"""No comma: a filter by several values is told them between commas."""
PLACE = validate.Regexp(r"\A[a-z][a-z0-9_]{0,49}\Z")
_ROLE = validate.OneOf([role.value for role in Role])
_REACH = validate.OneOf([reach.value for reach in Reach if reach is not Reach.NONE])
_ACCESS = validate.OneOf([access.value for access in Access])


class Kind(StrEnum):
    CUSTOMER = "customer"
    WORK_ORDER = "work_order"
    BASE = "base"
    QA = "qa"
    OPERATION_LOG = "operation_log"


class LabelShape(Shape):
    """A text in every language of the product."""

    zh = fields.Str(required=True, data_key="zh-CN", validate=validate.Length(1, 100))
    en = fields.Str(required=True, validate=validate.Length(1, 100))


class CodeOption(Shape):
    """parent: the value above it in a cascade; closed: a work order with it is done."""

    value = fields.Str(required=True, validate=OPTION_VALUE)
    label = Label(required=True)
    color = fields.Str(allow_none=True, validate=validate.Length(max=20))
    parent = fields.Str(allow_none=True)
    active = fields.Bool()
    closed = fields.Bool()


class ReferenceShape(Shape):
    object = fields.Str(required=True)
    display = fields.List(fields.Str())


class CopiedShape(Shape):
    """What a field takes over as soon as a reference, `by`, names a record: that record's `field`."""

    by = fields.Str(required=True, validate=IDENTIFIER)
    field = fields.Str(required=True, validate=IDENTIFIER)


class TestShape(Shape):
    """field: a key, or `$role`; value: `$me` and `$today` are who acts and when."""

    field = fields.Str(required=True, validate=validate.Length(1, 40))
    operator = fields.Str(required=True, validate=validate.OneOf(OPERATORS))
    value = fields.Raw(allow_none=True)


class ConditionShape(Shape):
    """any: whether one test that passes is enough; else all must."""

    tests = fields.List(fields.Nested(TestShape), required=True, validate=validate.Length(1, 20))
    any = fields.Bool()


class WhenShape(Shape):
    """When a field is on the form, when it must be filled in, and when it may be changed."""

    visible = fields.Nested(ConditionShape)
    required = fields.Nested(ConditionShape)
    editable = fields.Nested(ConditionShape)


class DetailsShape(Shape):
    """Whose records a field's lines are.

    by: their reference field that names the record they belong to; columns: their fields that the
    table shows; order: a whole number of theirs that keeps their order; sum: a number that is added
    up below the table.
    """

    object = fields.Str(required=True, validate=IDENTIFIER)
    by = fields.Str(required=True, validate=IDENTIFIER)
    columns = fields.List(
        fields.Str(validate=IDENTIFIER), required=True, validate=validate.Length(1, 12)
    )
    order = fields.Str(validate=IDENTIFIER)
    sum = fields.Str(validate=IDENTIFIER)
    most = fields.Int(strict=True, validate=validate.Range(1, MOST_LINES))


class SettingsShape(Shape):
    """What the types' settings look like; which of them a type has is its own to say."""

    help = fields.Nested(LabelShape)
    default = fields.Raw()
    begin = fields.Str(validate=validate.Length(1, 200))
    copied = fields.Nested(CopiedShape)
    max_length = fields.Int(strict=True, validate=validate.Range(1, 100_000))
    min = fields.Float()
    max = fields.Float()
    places = fields.Int(strict=True)
    currency = fields.Str()
    pattern = fields.Str(validate=validate.Length(max=200))
    pattern_message = fields.Nested(LabelShape)
    codes = fields.Str(validate=IDENTIFIER)
    options = fields.List(fields.Nested(CodeOption), validate=validate.Length(max=MOST_OPTIONS))
    reference = fields.Nested(ReferenceShape)
    details = fields.Nested(DetailsShape)
    level = fields.Str(validate=validate.OneOf(LEVELS))
    kinds = fields.List(fields.Str(validate=validate.OneOf([*FILE_KINDS])))
    largest = fields.Int(strict=True, validate=validate.Range(1, LARGEST_FILE))
    most = fields.Int(strict=True, validate=validate.Range(1, MOST_FILES))
    rule = fields.Str(validate=validate.Length(1, 60))
    expression = fields.Str(validate=validate.Length(1, LONGEST_EXPRESSION))
    result = fields.Str(validate=validate.OneOf(RESULTS))
    check = fields.Str(validate=validate.Length(1, LONGEST_EXPRESSION))
    check_message = fields.Nested(LabelShape)


class FieldShape(Shape):
    key = fields.Str(required=True, validate=IDENTIFIER)
    type = fields.Str(required=True, validate=validate.OneOf(sorted(TYPES)))
    label = fields.Nested(LabelShape, required=True)
    required = fields.Bool()
    read_only = fields.Bool()
    unique = fields.Bool()
    indexed = fields.Bool()
    searched = fields.Bool()
    in_list = fields.Bool()
    width = fields.Int(validate=validate.OneOf([1, 2]))
    settings = fields.Nested(SettingsShape)
    when = fields.Nested(WhenShape)
    rights = fields.Dict(keys=fields.Str(validate=_ROLE), values=fields.Str(validate=_ACCESS))
    storage = fields.Str(validate=PLACE)
    column = fields.Bool()


class GroupShape(Shape):
    key = fields.Str(required=True, validate=IDENTIFIER)
    label = fields.Nested(LabelShape, required=True)
    fields_ = fields.List(fields.Nested(FieldShape), required=True, data_key="fields")


class DuplicateShape(Shape):
    """Records that agree in `fields` look alike.

    exact: in all of them; pinyin: all of them sound the same; phone: any of their numbers is one.
    """

    fields_ = fields.List(
        fields.Str(), required=True, data_key="fields", validate=validate.Length(1, 5)
    )
    how = fields.Str(required=True, validate=validate.OneOf(SIMILAR))


class TriggerShape(Shape):
    """What happens by itself. fields: of an update, one of them must have changed."""

    key = fields.Str(required=True, validate=IDENTIFIER)
    name = fields.Nested(LabelShape, required=True)
    active = fields.Bool()
    on = fields.List(
        fields.Str(validate=validate.OneOf([*Act])), required=True, validate=validate.Length(1, 3)
    )
    when = fields.Str(required=True, validate=validate.OneOf([*Moment]))
    fields_ = fields.List(
        fields.Str(), data_key="fields", validate=validate.Length(max=MOST_FIELDS)
    )
    condition = fields.Nested(ConditionShape)
    actions = fields.List(ActionField(), required=True, validate=validate.Length(1, MOST_ACTIONS))


class ListingShape(Shape):
    columns = fields.List(fields.Str(), required=True)
    sort = fields.Str(required=True)


class RowActShape(Shape):
    """A button of a row; when: of the records that have it, else of all."""

    act = fields.Str(required=True, validate=validate.OneOf(ROW_ACTS))
    when = fields.Nested(ConditionShape)


class ReadyListShape(ListingShape):
    """A list laid out for roles. filters: as the list of records takes them, with words as `$me`."""

    key = fields.Str(required=True, validate=IDENTIFIER)
    name = fields.Nested(LabelShape, required=True)
    filters = fields.Dict(
        keys=fields.Str(validate=validate.Length(max=60)),
        values=fields.Str(validate=validate.Length(1, 2000)),
        validate=validate.Length(max=30),
    )
    roles = fields.List(fields.Str(validate=_ROLE), required=True, validate=validate.Length(1))
    standard = fields.Bool()
    acts = fields.List(fields.Nested(RowActShape), validate=validate.Length(max=len(ROW_ACTS)))


class DefinitionShape(Shape):
    """A definition's document: what is shipped in config/objects, exported and imported.

    permissions: act → role → whose records; a role that is not named may not.
    monthly: whether its records lie in a table a month; keep_months: after how many a month is taken
    out of use, 0 for never.
    cached: whether its records are read from Redis as long as nobody has written any.
    """

    identifier = fields.Str(required=True, validate=OBJECT_IDENTIFIER)
    kind = fields.Str(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    name = fields.Nested(LabelShape, required=True)
    key_field = fields.Str(required=True)
    title_field = fields.Str(required=True)
    groups = fields.List(fields.Nested(GroupShape), required=True, validate=validate.Length(1))
    listing = fields.Nested(ListingShape, required=True, data_key="list")
    permissions = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(ACTS)),
        values=fields.Dict(keys=fields.Str(validate=_ROLE), values=fields.Str(validate=_REACH)),
        required=True,
    )
    links = fields.Dict(keys=fields.Str(), values=fields.Str(), load_default=dict)
    log_tab = fields.Bool()
    monthly = fields.Bool()
    keep_months = fields.Int(strict=True, validate=validate.Range(0, MOST_MONTHS))
    cached = fields.Bool()
    duplicates = fields.List(
        fields.Nested(DuplicateShape), validate=validate.Length(max=MOST_RULES)
    )
    triggers = fields.List(fields.Nested(TriggerShape), validate=validate.Length(max=MOST_TRIGGERS))
    lists = fields.List(fields.Nested(ReadyListShape), validate=validate.Length(max=MOST_LISTS))

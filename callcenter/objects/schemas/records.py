"""What the API says of definitions and records."""

from typing import Any

from marshmallow import fields, validate

from callcenter.core.fields import Captions, OneOf
from callcenter.core.http import Shape, page_of
from callcenter.objects.regions import LEVELS
from callcenter.objects.schemas.document import (
    CopiedShape,
    DetailsShape,
    DuplicateShape,
    Kind,
    ListingShape,
    WhenShape,
)
from callcenter.objects.schemas.rights import Access
from callcenter.objects.types import TYPES
from callcenter.objects.types.formula import RESULTS

HISTORY = (
    "create", "update", "delete", "restore", "merge",
    "comment", "comment_change", "comment_delete", "attach", "detach",
)  # fmt: skip


class ObjectShape(Shape):
    identifier = fields.Str(required=True)
    kind = OneOf(Kind, required=True)
    name = Captions(required=True)


class OptionAnswer(Shape):
    """parent: the value above it in a cascade; closed: a work order with it is done."""

    value = fields.Str(required=True)
    label = Captions(required=True)
    color = fields.Str(required=True, allow_none=True)
    parent = fields.Str(required=True, allow_none=True)
    active = fields.Bool(required=True)
    closed = fields.Bool(required=True)


class ReferenceAnswer(Shape):
    """Which object a field points to."""

    object = fields.Str(required=True)


class FormulaAnswer(Shape):
    """tree: `{"name"}`, `{"number"}` (as text), `{"value"}`, or `{"call", "of"}` with a sign or a

    function; result: what kind of value it gives.
    """

    tree = fields.Dict(keys=fields.Str(), required=True)
    result = OneOf(RESULTS, required=True)
    places = fields.Int(required=True)


class FieldAnswer(Shape):
    """A field as forms and lists need it; type-specific settings are null where they do not apply.

    access: what the signed-in user may do with it; what is hidden from him is not there.
    """

    key = fields.Str(required=True)
    type = OneOf(sorted(TYPES), required=True)
    label = Captions(required=True)
    required = fields.Bool(required=True)
    read_only = fields.Bool(required=True)
    access = OneOf([Access.WRITE, Access.READ, Access.MASK], required=True)
    unique = fields.Bool(required=True)
    width = fields.Int(required=True, validate=validate.OneOf([1, 2]))
    help = Captions(required=True, allow_none=True)
    default = fields.Raw(required=True, allow_none=True)
    begin = fields.Str(required=True, allow_none=True)
    options = fields.List(fields.Nested(OptionAnswer), required=True)
    reference = fields.Nested(ReferenceAnswer, required=True, allow_none=True)
    details = fields.Nested(DetailsShape, required=True, allow_none=True)
    copied = fields.Nested(CopiedShape, required=True, allow_none=True)
    level = OneOf(LEVELS, required=True, allow_none=True)
    kinds = fields.List(fields.Str(), required=True, allow_none=True)
    largest = fields.Int(required=True, allow_none=True)
    most = fields.Int(required=True, allow_none=True)
    min = fields.Float(required=True, allow_none=True)
    max = fields.Float(required=True, allow_none=True)
    max_length = fields.Int(required=True, allow_none=True)
    sign = fields.Str(required=True, allow_none=True)
    pattern = fields.Str(required=True, allow_none=True)
    in_list = fields.Bool(required=True)
    in_search = fields.Bool(required=True)
    sortable = fields.Bool(required=True)
    filterable = fields.Bool(required=True)
    when = fields.Nested(WhenShape, required=True)
    formula = fields.Nested(FormulaAnswer, required=True, allow_none=True)


class GroupAnswer(Shape):
    key = fields.Str(required=True)
    label = Captions(required=True)
    fields_ = fields.List(fields.Str(), required=True, data_key="fields")


class PermissionsAnswer(Shape):
    """What the signed-in user may do with records of this object, be it with some of them."""

    create = fields.Bool(required=True)
    read = fields.Bool(required=True)
    edit = fields.Bool(required=True)
    delete = fields.Bool(required=True)
    export = fields.Bool(required=True)
    import_ = fields.Bool(required=True, data_key="import", attribute="import")


class DefinitionAnswer(ObjectShape):
    key_field = fields.Str(required=True)
    title_field = fields.Str(required=True)
    version = fields.Int(required=True)
    groups = fields.List(fields.Nested(GroupAnswer), required=True)
    fields_ = fields.List(fields.Nested(FieldAnswer), required=True, data_key="fields")
    listing = fields.Nested(ListingShape, required=True, data_key="list")
    links = fields.Dict(keys=fields.Str(), values=fields.Str(), required=True)
    permissions = fields.Nested(PermissionsAnswer, required=True)
    log_tab = fields.Bool(required=True)
    duplicates = fields.List(fields.Nested(DuplicateShape), required=True)


class PersonShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class MayShape(Shape):
    """What the signed-in user may do with this very record."""

    edit = fields.Bool(required=True)
    delete = fields.Bool(required=True)


class Ready(fields.Dict):
    """Goes out as it is: the service has made JSON of it, and a page has thousands of values."""

    def _serialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        return value


class RecordShape(Shape):
    """A record as its reader may see it; `masked` names the fields whose values are masked.

    A field of lines has them among `values` when the record is asked for by itself, each with its
    id, key, title, values, display, masked, may and version; in a list it has null.
    """

    id = fields.UUID(required=True)
    object = fields.Str(required=True)
    key = fields.Str(required=True, allow_none=True)
    title = fields.Str(required=True, allow_none=True)
    values = Ready(keys=fields.Str(), required=True)
    display = Ready(keys=fields.Str(), values=fields.Str(), required=True)
    masked = fields.List(fields.Str(), required=True)
    may = fields.Nested(MayShape, required=True)
    call_id = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.Nested(PersonShape, required=True, allow_none=True)
    updated_at = fields.AwareDateTime(required=True)
    updated_by = fields.Nested(PersonShape, required=True, allow_none=True)
    version = fields.Int(required=True)


RecordPage = page_of(RecordShape)


class TotalShape(Shape):
    """Of the records that have a number there; numbers as exact text, null where none has one."""

    key = fields.Str(required=True)
    filled = fields.Int(required=True)
    sum = fields.Str(required=True, allow_none=True)
    average = fields.Str(required=True, allow_none=True)
    least = fields.Str(required=True, allow_none=True)
    greatest = fields.Str(required=True, allow_none=True)


class TotalsShape(Shape):
    """Of all records that a list finds, on whichever page."""

    records = fields.Int(required=True)
    fields_ = fields.List(fields.Nested(TotalShape), required=True, data_key="fields")


class NewRecord(Shape):
    """customer_id fills the field that links to a customer, where `values` leaves it empty."""

    values = fields.Dict(keys=fields.Str(), required=True)
    call_id = fields.UUID(allow_none=True, load_default=None)
    customer_id = fields.UUID(allow_none=True, load_default=None)


class RecordPatch(Shape):
    """Only the fields that change."""

    values = fields.Dict(keys=fields.Str(), required=True)


class NamedRecord(Shape):
    id = fields.UUID(required=True)
    title = fields.Str(required=True)


class ChangedField(Shape):
    field = fields.Str(required=True)
    label = Captions(required=True)
    before = fields.Str(required=True, allow_none=True)
    after = fields.Str(required=True, allow_none=True)


class ChangeShape(Shape):
    """A line of a record's history.

    note: the comment, the file's name or the titles of the records that the act was about, if they
    are still there. record: whose line it is, when that record became part of this one. triggers:
    names of those that had a hand in it; without an actor they have done it.
    """

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    actor = fields.Nested(PersonShape, required=True, allow_none=True)
    action = OneOf(HISTORY, required=True)
    triggers = fields.List(Captions(), required=True)
    changes = fields.List(fields.Nested(ChangedField), required=True)
    note = fields.Str(required=True, allow_none=True)
    record = fields.Nested(NamedRecord, required=True, allow_none=True)


ChangePage = page_of(ChangeShape)

"""What the API says to those who shape objects: drafts, versions, and what a publication does."""

from marshmallow import fields

from callcenter.core.fields import Captions, Label, Line, OneOf
from callcenter.core.http import Shape, page_of
from callcenter.core.jobs import JobState
from callcenter.expressions import OPERATORS
from callcenter.expressions import Kind as ValueKind
from callcenter.objects.schemas.document import OBJECT_IDENTIFIER, Kind
from callcenter.objects.schemas.records import PersonShape
from callcenter.objects.types import TYPES

CHANGES = (
    "object.changed", "group.added", "group.removed", "group.changed", "group.moved",
    "field.added", "field.removed", "field.changed", "field.moved", "field.type",
    "list.changed", "permissions.changed", "links.changed",
    "trigger.added", "trigger.removed", "trigger.changed", "trigger.moved",
)  # fmt: skip
EFFECTS = ("column", "index", "unique", "unindex", "convert", "hide", "restore", "purged")
LOSSES = ("not_convertible", "not_unique", "too_long")
SHAPED = (Kind.CUSTOMER, Kind.WORK_ORDER, Kind.BASE)
"""Kinds of which an enterprise makes objects of its own."""

LONGEST_NOTE = 500


class DesignItem(Shape):
    """An object in the list of those who shape it. number: the version in force, 0 for none."""

    identifier = fields.Str(required=True)
    kind = OneOf(Kind, required=True)
    name = Captions(required=True)
    number = fields.Int(required=True)
    draft = fields.Bool(required=True)
    fields_ = fields.Int(required=True, data_key="fields")
    records = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(PersonShape, required=True, allow_none=True)


class NewObject(Shape):
    identifier = fields.Str(required=True, validate=OBJECT_IDENTIFIER)
    kind = OneOf(SHAPED, required=True)
    name = Label(required=True)


class DefinitionDraft(Shape):
    """A definition's document as far as it has come; what contradicts itself is kept as well."""

    document = fields.Dict(keys=fields.Str(), required=True)


class Problem(Shape):
    """path: a field's key, `links.<part>`, `list.columns.<key>` or a place in the document."""

    path = fields.Str(required=True)
    message = fields.Str(required=True)


class Change(Shape):
    """One difference from the version in force.

    subject: the key of the field or group. attribute, before, after: what of it, as the document
    has it. effects: what a publication does to the table.
    """

    what = OneOf(CHANGES, required=True)
    subject = fields.Str(required=True)
    label = Captions(required=True, allow_none=True)
    attribute = fields.Str(required=True, allow_none=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)
    effects = fields.List(OneOf(EFFECTS), required=True)


class UnderWay(Shape):
    """A publication that the worker carries out. problem: why it came to nothing."""

    state = OneOf((JobState.QUEUED, JobState.RUNNING, JobState.FAILED), required=True)
    done = fields.Int(required=True)
    total = fields.Int(required=True)
    problem = fields.Str(required=True, allow_none=True)


class DesignAnswer(Shape):
    """number: the version in force, 0 for none; version: the draft's, for If-Match."""

    identifier = fields.Str(required=True)
    kind = OneOf(Kind, required=True)
    document = fields.Dict(keys=fields.Str(), required=True)
    number = fields.Int(required=True)
    version = fields.Int(required=True)
    draft = fields.Bool(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(PersonShape, required=True, allow_none=True)
    problems = fields.List(fields.Nested(Problem), required=True)
    changes = fields.List(fields.Nested(Change), required=True)
    publication = fields.Nested(UnderWay, required=True, allow_none=True)


class LossSample(Shape):
    """A value that stands in the way, as text, masked from those who may not see it whole.

    record_id: null for a value that several records have.
    """

    record_id = fields.UUID(required=True, allow_none=True)
    title = fields.Str(required=True, allow_none=True)
    value = fields.Str(required=True)
    message = fields.Str(required=True, allow_none=True)


class Loss(Shape):
    """Values that the new definition cannot take.

    not_convertible: kept in the former column, and the field stays empty, if that is accepted.
    not_unique, too_long (for the index that the field gets): stand in the way of the publication.
    """

    what = OneOf(LOSSES, required=True)
    field = fields.Str(required=True)
    label = Captions(required=True)
    records = fields.Int(required=True)
    samples = fields.List(fields.Nested(LossSample), required=True)


class CheckAnswer(Shape):
    problems = fields.List(fields.Nested(Problem), required=True)
    changes = fields.List(fields.Nested(Change), required=True)
    losses = fields.List(fields.Nested(Loss), required=True)


class Publication(Shape):
    """accept_losses: whether values that do not convert may leave their field empty."""

    note = Line(LONGEST_NOTE, shortest=0, load_default="")
    accept_losses = fields.Bool(load_default=False)


class VersionItem(Shape):
    """changes: what it changed from the version before it.

    purged: names of its fields whose values are gone for good: as the draft again it lacks them.
    """

    number = fields.Int(required=True)
    published_at = fields.AwareDateTime(required=True)
    published_by = fields.Nested(PersonShape, required=True, allow_none=True)
    note = fields.Str(required=True)
    changes = fields.List(fields.Nested(Change), required=True)
    purged = fields.List(Captions(), required=True)


VersionPage = page_of(VersionItem)


class VersionAnswer(VersionItem):
    document = fields.Dict(keys=fields.Str(), required=True)


class HiddenField(Shape):
    """What a field has left behind that is no longer in force, or no longer of that type.

    place: under which it lies; version: the last that had it. records: how many hold a value; size:
    of these, in bytes. drafted: the draft would bring it back. purging: how the purge stands that was
    asked for; nothing is counted then.
    """

    place = fields.Str(required=True)
    key = fields.Str(required=True)
    label = Captions(required=True)
    type = OneOf(sorted(TYPES), required=True)
    version = fields.Int(required=True)
    records = fields.Int(required=True)
    size = fields.Int(required=True)
    drafted = fields.Bool(required=True)
    purging = OneOf((JobState.QUEUED, JobState.RUNNING, JobState.FAILED), required=True,
                    allow_none=True)  # fmt: skip


class TypeAnswer(Shape):
    """A type of fields. settings: the names that a field of it may have in its settings.

    entered: somebody enters its values, else the product makes them. kind: what they are in an
    expression, null: none can use them. operators: of conditions that ask about such a field.
    masked: its values are masked for those without the privilege, and never sorted. in_cell: a value
    is one cell, that can be indexed, unique and imported. apart: its values are records of their own.
    system: it shows what the product keeps of every record.
    """

    key = OneOf(sorted(TYPES), required=True)
    settings = fields.List(fields.Str(), required=True)
    sortable = fields.Bool(required=True)
    entered = fields.Bool(required=True)
    kind = OneOf(ValueKind, required=True, allow_none=True)
    operators = fields.List(OneOf(OPERATORS), required=True)
    masked = fields.Bool(required=True)
    own_column = fields.Bool(required=True)
    in_cell = fields.Bool(required=True)
    apart = fields.Bool(required=True)
    system = fields.Bool(required=True)

"""What the API says of imports and exports."""

from marshmallow import fields, validate

from callcenter.core.fields import Line, OneOf
from callcenter.core.http import Query, Shape
from callcenter.core.jobs import JobState
from callcenter.objects.schemas.document import MOST_FIELDS

UPLOADED = "uploaded"
MODES = ("create", "update", "both")
EMPTY = ("leave", "clear")
FORMS = ("xlsx", "csv")
_LONGEST_NAME = 200
_LONGEST_FILTER = 500
_MOST_FILTERS = 20


class UploadQuery(Query):
    """name: of the file, for people; what it is, its content says."""

    name = Line(_LONGEST_NAME, required=True)


class CountsShape(Shape):
    rows = fields.Int(required=True)
    created = fields.Int(required=True)
    updated = fields.Int(required=True)
    unchanged = fields.Int(required=True)
    failed = fields.Int(required=True)


class TransferShape(Shape):
    """A file of records on its way.

    state: of its job, `uploaded` before the first; phase: which job, a trial or the run.
    problem: why it did not come to its end.
    """

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    form = OneOf(FORMS, required=True, data_key="format")
    phase = OneOf((UPLOADED, "trial", "run"), required=True)
    state = OneOf((UPLOADED, *JobState), required=True)
    done = fields.Int(required=True)
    total = fields.Int(required=True)
    counts = fields.Nested(CountsShape, required=True)
    problem = fields.Str(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)


class ImportColumn(Shape):
    """field: which it becomes; guessed, until somebody has chosen."""

    heading = fields.Str(required=True)
    samples = fields.List(fields.Str(), required=True)
    field = fields.Str(required=True, allow_none=True)


class ImportFault(Shape):
    """line: as a spreadsheet counts; column: its heading, null for a field without one.

    field: empty for what is hidden from the role.
    """

    line = fields.Int(required=True)
    column = fields.Str(required=True, allow_none=True)
    field = fields.Str(required=True)
    value = fields.Str(required=True)
    message = fields.Str(required=True)


class ImportAnswer(TransferShape):
    """targets: the fields that columns may become; matches: those by which records are found.

    faults: the first hundred; the file of bad lines has all.
    """

    columns = fields.List(fields.Nested(ImportColumn), required=True)
    mode = OneOf(MODES, required=True)
    match = fields.Str(required=True, allow_none=True)
    empty = OneOf(EMPTY, required=True)
    targets = fields.List(fields.Str(), required=True)
    matches = fields.List(fields.Str(), required=True)
    faults = fields.List(fields.Nested(ImportFault), required=True)


class ImportWish(Shape):
    """columns: a field's key for each column of the file, null to leave it out.

    empty: whether an empty cell leaves what a record has, or clears it.
    """

    columns = fields.List(fields.Str(allow_none=True), required=True)
    mode = OneOf(MODES, required=True)
    match = fields.Str(load_default=None, allow_none=True)
    empty = OneOf(EMPTY, load_default="leave")


class ExportWish(Shape):
    """The list as it is filtered (`f.<field>` …), searched and sorted; columns in their order.

    records: of it those alone that were chosen; null for all.
    """

    form = OneOf(FORMS, required=True, data_key="format")
    columns = fields.List(fields.Str(), required=True, validate=validate.Length(1, MOST_FIELDS + 2))
    q = fields.Str(load_default="", validate=validate.Length(max=100))
    sort = fields.Str(load_default="", validate=validate.Length(max=100))
    filters = fields.Dict(
        keys=fields.Str(),
        values=fields.Str(validate=validate.Length(max=_LONGEST_FILTER)),
        load_default=dict,
        validate=validate.Length(max=_MOST_FILTERS),
    )
    records = fields.List(
        fields.UUID(), load_default=None, allow_none=True, validate=validate.Length(1, 5000)
    )

"""Acts on many records in the API."""

from marshmallow import fields, validate

from callcenter.core.fields import OneOf
from callcenter.core.http import Shape

BULK_ACTS = ("edit", "delete", "restore")
STATES = ("queued", "running", "done", "failed", "cancelled")


class ChosenRecord(Shape):
    """version: as it was read; what was changed since is left as it is, and told."""

    id = fields.UUID(required=True)
    version = fields.Int(load_default=None, allow_none=True)


class EveryBody(Shape):
    """All that a list shows on its pages: as it is searched and filtered."""

    q = fields.Str(load_default="", validate=validate.Length(max=100))
    filters = fields.Dict(
        keys=fields.Str(validate=validate.Length(max=60)),
        values=fields.Str(validate=validate.Length(1, 2000)),
        load_default=dict,
        validate=validate.Length(max=30),
    )


class BulkBody(Shape):
    """records: those that were chosen; null, and all that `every` says. values: of an edit."""

    act = OneOf(BULK_ACTS, required=True)
    values = fields.Dict(keys=fields.Str(), load_default=dict)
    records = fields.List(fields.Nested(ChosenRecord), load_default=None, allow_none=True)
    every = fields.Nested(EveryBody, load_default=None, allow_none=True)


class BulkFault(Shape):
    """name: empty for a record that is out of reach, or gone."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    reason = fields.Str(required=True)


class BulkAnswer(Shape):
    """id: of what goes on by itself; null where all is done. faults: the first thousand."""

    id = fields.UUID(required=True, allow_none=True)
    state = OneOf(STATES, required=True)
    total = fields.Int(required=True)
    done = fields.Int(required=True)
    failed = fields.Int(required=True)
    faults = fields.List(fields.Nested(BulkFault), required=True)
    problem = fields.Str(required=True, allow_none=True)

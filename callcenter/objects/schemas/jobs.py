"""What the API says of somebody's own jobs."""

from marshmallow import fields

from callcenter.core.fields import Captions, OneOf
from callcenter.core.http import Shape, page_of
from callcenter.core.jobs import JobState

WHATS = (
    "export", "import_trial", "import", "edit", "delete", "restore", "publish", "purge",
)  # fmt: skip


class JobObject(Shape):
    identifier = fields.Str(required=True)
    name = Captions(required=True)


class JobShape(Shape):
    """A job of the last days.

    object: null when it is gone. name: of a file. failed: how many records could not be done.
    transfer_id: of the file or the act, as long as what came of it can be looked at.
    problem: why it failed, for its maker. cancellable: whether it can be called off from here.
    """

    id = fields.UUID(required=True)
    what = OneOf(WHATS, required=True)
    state = OneOf(JobState, required=True)
    done = fields.Int(required=True)
    total = fields.Int(required=True)
    failed = fields.Int(required=True)
    object = fields.Nested(JobObject, required=True, allow_none=True)
    name = fields.Str(required=True)
    transfer_id = fields.UUID(required=True, allow_none=True)
    problem = fields.Str(required=True, allow_none=True)
    cancellable = fields.Bool(required=True)
    made_at = fields.AwareDateTime(required=True)
    finished_at = fields.AwareDateTime(required=True, allow_none=True)


JobPage = page_of(JobShape)

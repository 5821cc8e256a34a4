"""The form of a configuration in one file, and what the API says of it."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from callcenter.core.fields import Captions, Label, Line, OneOf, Whole
from callcenter.core.http import Shape
from callcenter.core.i18n import LOCALES
from callcenter.objects.schemas import DefinitionShape, LabelShape
from callcenter.objects.schemas.design import LONGEST_NOTE, Change, Loss, Problem
from callcenter.objects.schemas.document import IDENTIFIER, MOST_OPTIONS, CodeOption
from callcenter.objects.schemas.library import ReadyShape
from callcenter.people.schemas import DispositionBody, ReasonBody
from callcenter.quality.schemas import FormDocument
from callcenter.queries.schemas import USERS, QueryReport
from callcenter.templates.schemas import NewTemplate
from callcenter.tenancy.schemas import IvrChannelsBody

FORMAT = 1
STANDARD = "standard"
"""The set that an enterprise begins with when none is chosen."""

LEADING = {
    "skills": "name", "caller_lists": "name", "schedules": "name", "holidays": "day",
    "conferences": "name", "agent_services": "name", "routing_services": "name",
    "voicemail_boxes": "service", "callback_rules": "service", "access_numbers": "number",
}  # fmt: skip
"""Parts that say where calls go, in the order in which they are taken. They are for whoever manages

the enterprise; all others are for whoever shapes its objects.
"""

PARTS = (
    "codes", "templates", "objects", "dispositions", "not_ready_reasons", "quality_forms",
    "library", "queries", *LEADING,
)  # fmt: skip
KEYS = {
    "codes": "key", "templates": "key", "objects": "identifier", "dispositions": "code",
    "not_ready_reasons": "code", "quality_forms": "key", "library": "key", "queries": "key",
    **LEADING,
}  # fmt: skip
"""Part → what an entry of it is called by."""

STATES = ("new", "changed", "same", "drafted", "blocked")
REASONS = ("busy", "other_kind", "problems", "forbidden")
OUTCOMES = ("added", "changed", "drafted", "published", "failed")

LONGEST_KEY, MOST_CALLED = 60, 1000
_KEY = validate.Regexp(r"\A[a-z][a-z0-9_]{0,39}\Z")


def _entries(shape: type[Shape], most: int) -> Any:
    limit = validate.Length(max=most)
    return fields.List(fields.Nested(shape), load_default=list, validate=limit)


def _called(key: str) -> Any:
    """Entries whose key alone is looked at here; the rest is read by whoever keeps them."""

    def check(entry: dict[str, Any]) -> None:
        called = entry.get(key)
        if not isinstance(called, str) or not 0 < len(called) <= LONGEST_KEY:
            raise ValidationError({key: ["validation.required"]})

    one = fields.Dict(keys=fields.Str(), validate=check)
    return fields.List(one, load_default=list, validate=validate.Length(max=MOST_CALLED))


class DescriptionShape(Shape):
    zh = fields.Str(required=True, data_key="zh-CN", validate=validate.Length(max=500))
    en = fields.Str(required=True, validate=validate.Length(max=500))


class CodesShape(Shape):
    key = fields.Str(required=True, validate=IDENTIFIER)
    name = Label(required=True)
    items = fields.List(
        fields.Nested(CodeOption), required=True, validate=validate.Length(max=MOST_OPTIONS)
    )


class QualityFormShape(FormDocument):
    key = fields.Str(required=True, validate=_KEY)
    name = fields.Nested(LabelShape, required=True)


class ConfiguredQuery(Shape):
    """document: of the builder, or of one that was written as text."""

    key = fields.Str(required=True, validate=IDENTIFIER)
    name = Label(required=True)
    document = fields.Dict(keys=fields.Str(), required=True)
    roles = fields.List(OneOf(USERS), required=True)
    active = fields.Bool(required=True)
    report = Whole(QueryReport, load_default=None, allow_none=True)


class NumberLead(IvrChannelsBody):
    """What of an access number is the enterprise's to say, but for where it leads."""

    language = OneOf(LOCALES, required=True)


class ConfigurationShape(Shape):
    """What an enterprise is configured with, but for its people, numbers and secrets."""

    format = fields.Int(strict=True, required=True, validate=validate.OneOf([FORMAT]))
    name = fields.Nested(LabelShape, required=True)
    description = fields.Nested(DescriptionShape)
    codes = _entries(CodesShape, 500)
    templates = _entries(NewTemplate, 500)
    objects = _entries(DefinitionShape, 200)
    dispositions = _entries(DispositionBody, 500)
    not_ready_reasons = _entries(ReasonBody, 100)
    quality_forms = _entries(QualityFormShape, 100)
    library = _entries(ReadyShape, 500)
    queries = _entries(ConfiguredQuery, 500)
    skills = _called("name")
    caller_lists = _called("name")
    schedules = _called("name")
    holidays = _called("day")
    conferences = _called("name")
    agent_services = _called("name")
    routing_services = _called("name")
    voicemail_boxes = _called("service")
    callback_rules = _called("service")
    access_numbers = _called("number")


class ConfigurationFile(Shape):
    document = fields.Raw(required=True)


class ConfigurationImport(ConfigurationFile):
    """take: part → keys of what is taken; left out: everything that is new or changed.

    publish: whether the objects come into force at once; else they are drafts. accept_losses: as
    in the publication of one object.
    """

    take = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(PARTS)),
        values=fields.List(fields.Str()),
        allow_none=True,
        load_default=None,
    )
    publish = fields.Bool(load_default=False)
    accept_losses = fields.Bool(load_default=False)
    note = Line(LONGEST_NOTE, shortest=0, load_default="")


class Detail(Shape):
    """What becomes otherwise in a code table, a word or a form.

    label: of the option or the item; attribute: what of the whole, with its former and new value.
    """

    what = OneOf(["added", "changed", "removed"], required=True)
    attribute = fields.Str(required=True, allow_none=True)
    label = Captions(required=True, allow_none=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class TrialItem(Shape):
    """One entry of the file and what taking it would do.

    drafted: it is the object's draft already. reason: why it is blocked. losses: of the
    publication, if the object is published at once.
    """

    part = OneOf(PARTS, required=True)
    key = fields.Str(required=True)
    name = Captions(required=True)
    state = OneOf(STATES, required=True)
    reason = OneOf(REASONS, required=True, allow_none=True)
    changes = fields.List(fields.Nested(Change), required=True)
    details = fields.List(fields.Nested(Detail), required=True)
    problems = fields.List(fields.Nested(Problem), required=True)
    losses = fields.List(fields.Nested(Loss), required=True)


class TrialAnswer(Shape):
    """problems: of the file as a whole; with one of them nothing of it can be taken."""

    name = Captions(required=True)
    description = Captions(required=True)
    problems = fields.List(fields.Nested(Problem), required=True)
    items = fields.List(fields.Nested(TrialItem), required=True)


class Outcome(Shape):
    """failed: the object stayed a draft; message says why."""

    part = OneOf(PARTS, required=True)
    key = fields.Str(required=True)
    name = Captions(required=True)
    outcome = OneOf(OUTCOMES, required=True)
    message = fields.Str(required=True, allow_none=True)


class TakenAnswer(Shape):
    items = fields.List(fields.Nested(Outcome), required=True)


class SetContents(Shape):
    """Names of the objects and forms, and how many there are of the rest."""

    objects = fields.List(Captions(), required=True)
    quality_forms = fields.List(Captions(), required=True)
    codes = fields.Int(required=True)
    dispositions = fields.Int(required=True)
    not_ready_reasons = fields.Int(required=True)


class SetAnswer(Shape):
    key = fields.Str(required=True)
    name = Captions(required=True)
    description = Captions(required=True)
    contents = fields.Nested(SetContents, required=True)


class SetDocument(Shape):
    """A ready set, as a file of it would be."""

    document = fields.Dict(keys=fields.Str(), required=True)

"""Shapes of requests and answers about IVR services."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from callcenter.core.fields import Captions, Instant, Line, OneOf, Scalar
from callcenter.core.http import Query, Shape, page_of
from ivr.dialogue import Act, Entry, Wait, What
from ivr.models import IvrFlowVersion, ServiceStatus, VersionState
from ivr.service import ServiceView
from ivr.shapes import dump
from ivr.trying import Trial, Tried


class IvrServiceShape(Shape):
    """numbers: the access numbers that lead there."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    status = fields.Str(required=True)
    published_version = fields.Int(required=True, allow_none=True)
    numbers = fields.List(fields.Str(), required=True)


IvrServicePage = page_of(IvrServiceShape)


class FlowVersionShape(Shape):
    number = fields.Int(required=True)
    state = fields.Str(required=True)
    made_at = fields.AwareDateTime(required=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)
    published_by = fields.UUID(required=True, allow_none=True)


class FlowDefinitionShape(FlowVersionShape):
    definition = fields.Dict(required=True)


class ProblemShape(Shape):
    node = fields.Str(required=True)
    code = fields.Str(required=True)
    detail = fields.Str(required=True)


class IvrServiceDetail(IvrServiceShape):
    version = fields.Int(required=True)
    published = fields.Nested(FlowDefinitionShape, required=True, allow_none=True)
    draft = fields.Nested(FlowDefinitionShape, required=True, allow_none=True)
    problems = fields.List(fields.Nested(ProblemShape), required=True)
    versions = fields.List(fields.Nested(FlowVersionShape), required=True)


class ReadyWanted(Shape):
    """A ready-made flow. Null of a service or a schedule: one is made.

    object: the data object that callers may ask after; null for the first that fits, "" for none.
    """

    key = fields.Str(required=True, validate=validate.Length(1, 60))
    service_id = fields.UUID(load_default=None, allow_none=True)
    schedule_id = fields.UUID(load_default=None, allow_none=True)
    object = fields.Str(load_default=None, allow_none=True, validate=validate.Length(max=60))


class NewIvrService(Shape):
    """copy_of: the service whose flow it begins with; ready: a ready-made one that it begins with."""

    name = Line(60, required=True)
    copy_of = fields.UUID(load_default=None, allow_none=True)
    ready = fields.Nested(ReadyWanted, load_default=None, allow_none=True)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data["copy_of"] and data["ready"]:
            raise ValidationError("validation.unknown_choice", "ready")


class ReadyObject(Shape):
    """tells: the keys of the fields that callers hear."""

    identifier = fields.Str(required=True)
    name = Captions(required=True)
    tells = fields.List(fields.Str(), required=True)


class ReadyFlow(Shape):
    """objects: those that callers may ask after by a number, the likeliest first."""

    key = fields.Str(required=True)
    name = Captions(required=True)
    description = fields.Dict(keys=fields.Str(), values=fields.Str(), required=True)
    objects = fields.List(fields.Nested(ReadyObject), required=True)


class IvrServiceChange(Shape):
    name = Line(60)
    status = OneOf(ServiceStatus)


class FlowKinds(Shape):
    """The kinds of node that a flow may have."""

    kinds = fields.List(fields.Str(), required=True)


class Draft(Shape):
    definition = fields.Dict(keys=fields.Str(), required=True)


class RollBack(Shape):
    number = fields.Int(required=True, strict=True, validate=validate.Range(1, 1_000_000))


class EntryShape(Shape):
    """What the tester does next: keys pressed, silence, how something beyond turns out, hang_up."""

    act = OneOf(Act, required=True)
    text = fields.Str(load_default="", validate=validate.Regexp(r"\A[0-9*#]{0,40}\Z"))
    exit = fields.Str(load_default="", validate=validate.Length(max=64))
    sets = fields.Dict(keys=fields.Str(), values=Scalar(), load_default=dict)


class FlowToTry(Shape):
    """definition: none for the draft. caller: as dialled, empty for a withheld number."""

    definition = fields.Dict(keys=fields.Str(), load_default=None, allow_none=True)
    caller = fields.Str(load_default="", validate=validate.Length(max=40))
    called = fields.Str(load_default="", validate=validate.Length(max=40))
    at = fields.AwareDateTime(allow_none=True, load_default=None)
    variables = fields.Dict(keys=fields.Str(), values=Scalar(), load_default=dict)
    entries = fields.List(
        fields.Nested(EntryShape), load_default=list, validate=validate.Length(max=300)
    )
    live = fields.Bool(load_default=False)


class LineShape(Shape):
    """As `ivr.dialogue.Line`."""

    what = OneOf(What, required=True)
    service = fields.Str(required=True)
    node = fields.Str(required=True)
    texts = fields.List(fields.Str(), required=True)
    text = fields.Str(required=True)
    name = fields.Str(required=True)
    value = Scalar(required=True, allow_none=True)
    exit = fields.Str(required=True)
    detail = fields.Dict(required=True)


class WaitsShape(Shape):
    """As `ivr.dialogue.Waits`."""

    what = OneOf(Wait, required=True)
    maximum = fields.Int(required=True)
    terminator = fields.Str(required=True)
    secret = fields.Bool(required=True)
    exits = fields.List(fields.Str(), required=True)
    sets = fields.List(fields.Str(), required=True)


class FlowTried(Shape):
    """used: how many of the entries were taken; waits: none when the call is over."""

    lines = fields.List(fields.Nested(LineShape), required=True)
    service = fields.Str(required=True)
    node = fields.Str(required=True)
    waits = fields.Nested(WaitsShape, required=True, allow_none=True)
    variables = fields.Dict(keys=fields.Str(), values=Scalar(), required=True)
    used = fields.Int(required=True)
    problems = fields.List(fields.Nested(ProblemShape), required=True)


class CountersQuery(Query):
    """version: left out for all of them. Both days are included; the last seven where none is given."""

    version = fields.Int(load_default=None, validate=validate.Range(1, 1_000_000))
    first = fields.Date(load_default=None, data_key="from")
    last = fields.Date(load_default=None, data_key="to")


class NodeCount(Shape):
    node = fields.Str(required=True)
    visits = fields.Int(required=True)


class ExitCount(Shape):
    """exit: of a node that ends the flow its kind; `gone` where the caller hung up."""

    node = fields.Str(required=True)
    exit = fields.Str(required=True)
    times = fields.Int(required=True)


class FlowCounters(Shape):
    first = fields.Date(required=True, data_key="from")
    last = fields.Date(required=True, data_key="to")
    nodes = fields.List(fields.Nested(NodeCount), required=True)
    exits = fields.List(fields.Nested(ExitCount), required=True)


class FlowStepShape(Shape):
    service = fields.Str(required=True)
    node = fields.Str(required=True)
    exit = fields.Str(required=True)


class CallInFlow(Shape):
    """service, node: where the caller is; service differs within another flow. path: how it came there."""

    id = fields.Str(required=True)
    number = fields.Str(required=True)
    version = fields.Int(required=True)
    since = Instant(required=True)
    service = fields.Str(required=True)
    node = fields.Str(required=True)
    entered_at = Instant(required=True)
    path = fields.List(fields.Nested(FlowStepShape), required=True)


class CallsInFlow(Shape):
    """room: to be watched for what happens next (docs/events.md §3)."""

    room = fields.Str(required=True)
    items = fields.List(fields.Nested(CallInFlow), required=True)


def trial_of(body: Mapping[str, Any]) -> Trial:
    entries = tuple(
        Entry(Act(each["act"]), each["text"], each["exit"], each["sets"])
        for each in body["entries"]
    )
    return Trial(**{**body, "entries": entries})


def tried(result: Tried) -> dict[str, Any]:
    """The JSON of FlowTried."""
    found: dict[str, Any] = dump(result.dialogue)
    return found | {"problems": [dump(problem) for problem in result.problems]}


def detail(view: ServiceView) -> dict[str, Any]:
    """The JSON of IvrServiceDetail."""
    published = view.in_state(VersionState.PUBLISHED)
    draft = view.in_state(VersionState.DRAFT)
    service = view.service
    return {
        "id": service.id,
        "name": service.name,
        "status": service.status,
        "published_version": published.number if published else None,
        "numbers": view.numbers,
        "version": service.version,
        "published": definition_of(published) if published else None,
        "draft": definition_of(draft) if draft else None,
        "problems": [dump(problem) for problem in view.problems],
        "versions": [_version(version) for version in view.versions],
    }


def _version(row: IvrFlowVersion) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": row.state,
        "made_at": row.made_at,
        "published_at": row.published_at,
        "published_by": row.published_by,
    }


def definition_of(row: IvrFlowVersion) -> dict[str, Any]:
    """The JSON of FlowDefinitionShape."""
    return _version(row) | {"definition": row.definition}

"""Shapes of requests and answers about IVR services."""

from typing import Any

from marshmallow import fields, validate

from callcenter.core.http import Shape, page_of
from ivr.models import IvrFlowVersion, VersionState
from ivr.service import ServiceView
from ivr.shapes import dump


class IvrServiceShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    status = fields.Str(required=True)
    published_version = fields.Int(required=True, allow_none=True)


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


class FlowKinds(Shape):
    """The kinds of node that a flow may have."""

    kinds = fields.List(fields.Str(), required=True)


class Draft(Shape):
    definition = fields.Dict(keys=fields.Str(), required=True)


class RollBack(Shape):
    number = fields.Int(required=True, strict=True, validate=validate.Range(1, 1_000_000))


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

"""Shapes of API keys."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from callcenter.api_keys.rules import plain_network
from callcenter.calls.schemas import NamedShape
from callcenter.core.fields import Line, OneOf
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.core.permissions import FOR_KEYS

STATES = ("active", "expired", "revoked")
MOST_NETWORKS = 20


class Network(fields.Str):
    """An address, or a network of them: `203.0.113.0/24`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        try:
            return plain_network(super()._deserialize(value, attr, data, **options))
        except ValueError:
            raise ValidationError("validation.network") from None


class ApiKeyQuery(PageQuery):
    state = OneOf(STATES)


class ApiKeyBody(Shape):
    """per_minute: requests. callbacks_per_day: that it may ask for, and of those for one number."""

    name = Line(60, required=True)
    permissions = fields.List(
        OneOf(FOR_KEYS), required=True, validate=validate.Length(min=1, max=len(FOR_KEYS))
    )
    networks = fields.List(
        Network(), load_default=list, validate=validate.Length(max=MOST_NETWORKS)
    )
    expires_at = fields.AwareDateTime(allow_none=True, load_default=None)
    per_minute = fields.Int(strict=True, load_default=120, validate=validate.Range(1, 6000))
    callbacks_per_day = fields.Int(
        strict=True, load_default=500, validate=validate.Range(1, 100_000)
    )
    callbacks_per_number = fields.Int(strict=True, load_default=3, validate=validate.Range(1, 100))


class ApiKeyShape(Shape):
    """prefix: how the key begins. used_at: to the minute. made_by, revoked_by: null when unknown."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    prefix = fields.Str(required=True)
    permissions = fields.List(OneOf(FOR_KEYS), required=True)
    networks = fields.List(fields.Str(), required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    per_minute = fields.Int(required=True)
    callbacks_per_day = fields.Int(required=True)
    callbacks_per_number = fields.Int(required=True)
    state = OneOf(STATES, required=True)
    made_at = fields.AwareDateTime(required=True)
    made_by = fields.Nested(NamedShape, required=True, allow_none=True)
    used_at = fields.AwareDateTime(required=True, allow_none=True)
    used_from = fields.Str(required=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_by = fields.Nested(NamedShape, required=True, allow_none=True)


ApiKeyPage = page_of(ApiKeyShape)


class NewApiKeyShape(ApiKeyShape):
    """key: whole, this once."""

    key = fields.Str(required=True)

"""What the API says of data sources: a password goes in, and never comes out."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from callcenter.core.fields import Line, OneOf
from callcenter.core.http import Shape, page_of
from callcenter.objects.schemas.document import IDENTIFIER
from callcenter.objects.schemas.records import PersonShape
from callcenter.queries.external.authorities import LONGEST, BadAuthority, authority

KINDS = ("postgresql", "mysql")
TLS = ("off", "required", "verified")
RESERVED = ("product", "replica")
_HOST = r"\A[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?\Z"


def _line(most: int, **options: Any) -> fields.Str:
    return Line(most, required=True, **options)


class Authority(fields.Str):
    """Certificates of an authority as PEM; empty: those that the system knows."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> Any:
        text = super()._deserialize(value, attr, data, **options)
        try:
            return authority(text)
        except BadAuthority as fault:
            raise ValidationError(fault.key) from None


class DataSourceBody(Shape):
    """kind mysql: MariaDB as well. tls `required`: whoever answers; `verified`: its certificate counts.

    ca: by whose it is known.
    """

    name = _line(60)
    kind = OneOf(KINDS, required=True)
    host = fields.Str(required=True, validate=validate.Regexp(_HOST))
    port = fields.Int(required=True, validate=validate.Range(1, 65535))
    database = _line(64)
    user = _line(64)
    tls = OneOf(TLS, load_default="verified")
    ca = Authority(load_default="", validate=validate.Length(max=LONGEST))
    active = fields.Bool(load_default=True)


class NewDataSource(DataSourceBody):
    """key: by which queries name it, for good."""

    key = fields.Str(required=True, validate=[IDENTIFIER, validate.NoneOf(RESERVED)])
    password = fields.Str(required=True, load_only=True, validate=validate.Length(max=200))


class DataSourceChange(DataSourceBody):
    """password: left out, it stays; another kind, host, port, TLS or ca asks for it again."""

    password = fields.Str(load_only=True, validate=validate.Length(max=200))


class DataSourceTrial(DataSourceBody):
    """Settings that need not be kept. id: whose password is taken where none is given."""

    id = fields.UUID(load_default=None, allow_none=True)
    password = fields.Str(load_only=True, validate=validate.Length(max=200))


class DataSourceTried(Shape):
    """said: why it failed. tables: how many it has; server: which answers."""

    works = fields.Bool(required=True)
    server = fields.Str(required=True)
    tables = fields.Int(required=True)
    said = fields.Str(required=True)


class DataSourceShape(Shape):
    """used_by: keys of queries. tables: how many were found at `looked_at`."""

    id = fields.UUID(required=True)
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    kind = OneOf(KINDS, required=True)
    host = fields.Str(required=True)
    port = fields.Int(required=True)
    database = fields.Str(required=True)
    user = fields.Str(required=True)
    tls = OneOf(TLS, required=True)
    ca = fields.Str(required=True)
    active = fields.Bool(required=True)
    server = fields.Str(required=True)
    tables = fields.Int(required=True)
    looked_at = fields.AwareDateTime(required=True, allow_none=True)
    used_by = fields.List(fields.Str(), required=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    changed_by = fields.Nested(PersonShape, required=True, allow_none=True)


class DataSourceChoice(Shape):
    key = fields.Str(required=True)
    name = fields.Str(required=True)
    kind = OneOf(KINDS, required=True)


class DataSourceChoices(Shape):
    """replica: whether the installation has one."""

    replica = fields.Bool(required=True)
    items = fields.List(fields.Nested(DataSourceChoice), required=True)


DataSourcePage = page_of(DataSourceShape)

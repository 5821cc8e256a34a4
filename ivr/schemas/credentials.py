"""Shapes about credentials of flows: a secret goes in, and never comes out."""

from marshmallow import fields, validate

from callcenter.core.http import Shape, page_of
from ivr.schemas.prompts import PromptUser

_HOST = r"\A[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?\Z"


def _host(*, required: bool) -> fields.Str:
    return fields.Str(required=required, validate=validate.Regexp(_HOST))


def _secret(*, required: bool) -> fields.Str:
    """What a header can carry: the printable signs of ASCII."""
    return fields.Str(
        required=required, load_only=True, validate=validate.Regexp(r"\A[\x20-\x7e]{1,1000}\Z")
    )


class NewIvrCredential(Shape):
    """host: the only one that the secret is sent to, as `erp.example.com` or with a port."""

    name = fields.Str(required=True, validate=validate.Regexp(r"\A[A-Za-z0-9_-]{1,40}\Z"))
    host = _host(required=True)
    secret = _secret(required=True)


class IvrCredentialChange(Shape):
    host = _host(required=False)
    secret = _secret(required=False)


class IvrCredentialShape(Shape):
    """used_by: IVR services whose draft or published flow names it."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    host = fields.Str(required=True)
    version = fields.Int(required=True)
    changed_at = fields.AwareDateTime(required=True)
    used_by = fields.List(fields.Nested(PromptUser), required=True)


IvrCredentialPage = page_of(IvrCredentialShape)


class IvrCredentialChoice(Shape):
    """What whoever has it sent along needs to know."""

    name = fields.Str(required=True)
    host = fields.Str(required=True)

"""Shapes of people over HTTP."""

from marshmallow import fields, validate

from callcenter.core.http import Shape
from callcenter.core.i18n import LOCALES

_CODE = validate.Regexp(r"[0-9A-Za-z_.-]{1,32}\Z")


class EnterpriseSignIn(Shape):
    enterprise_code = fields.Str(required=True, validate=validate.Regexp(r"[0-9]{6}\Z"))
    employee_code = fields.Str(required=True, validate=_CODE)
    password = fields.Str(required=True, validate=validate.Length(1, 256))


class OperatorSignIn(Shape):
    employee_code = fields.Str(required=True, validate=_CODE)
    password = fields.Str(required=True, validate=validate.Length(1, 256))


class PasswordChange(Shape):
    current = fields.Str(required=True, validate=validate.Length(1, 256))
    new = fields.Str(required=True, validate=validate.Length(1, 256))


class SessionPatch(Shape):
    locale = fields.Str(required=True, validate=validate.OneOf(LOCALES))


class TeamName(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class MeUser(Shape):
    id = fields.UUID(required=True)
    employee_code = fields.Str(required=True)
    name = fields.Str(required=True)
    role = fields.Str(required=True)
    extension = fields.Str(required=True, allow_none=True)
    teams = fields.List(fields.Nested(TeamName), required=True)


class MeEnterprise(Shape):
    id = fields.UUID(required=True)
    code = fields.Str(required=True)
    name = fields.Str(required=True)
    time_zone = fields.Str(required=True)
    display_numbers = fields.List(fields.Str(), required=True)
    options = fields.Dict(keys=fields.Str(), required=True)


class Me(Shape):
    user = fields.Nested(MeUser, required=True)
    enterprise = fields.Nested(MeEnterprise, required=True)
    permissions = fields.List(fields.Str(), required=True)
    csrf_token = fields.Str(required=True)
    must_change_password = fields.Bool(required=True)
    home = fields.Str(required=True)
    locale = fields.Str(required=True)
    signed_in_at = fields.AwareDateTime(required=True)

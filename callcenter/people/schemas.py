"""Shapes of people over HTTP."""

import re

from marshmallow import ValidationError, fields, validate

from callcenter.core.fields import Captions, Label, Line, OneOf, Scalar, Whole
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.core.i18n import LOCALES
from callcenter.core.permissions import Permission, Role
from callcenter.people.models import LegForm, UserStatus
from callcenter.people.service.extensions import KINDS
from callcenter.people.service.profile import HOMES

SEAT_CHOICES = tuple(role for role in Role if role is not Role.OPERATOR)
_CODE = validate.Regexp(r"[0-9A-Za-z_.-]{1,32}\Z")


def check_employee_code(text: str) -> None:
    if not re.fullmatch(r"[0-9A-Za-z_.-]{1,32}", text):
        raise ValidationError("validation.employee_code")


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


class ServiceName(TeamName):
    """An agent service."""


class MeUser(Shape):
    id = fields.UUID(required=True)
    employee_code = fields.Str(required=True)
    name = fields.Str(required=True)
    role = OneOf(Role, required=True)
    extension = fields.Str(required=True, allow_none=True)
    teams = fields.List(fields.Nested(TeamName), required=True)


class MeEnterprise(Shape):
    id = fields.UUID(required=True)
    code = fields.Str(required=True)
    name = fields.Str(required=True)
    time_zone = fields.Str(required=True)
    display_numbers = fields.List(fields.Str(), required=True)
    options = fields.Dict(keys=fields.Str(), values=Scalar(), required=True)


class Me(Shape):
    user = fields.Nested(MeUser, required=True)
    enterprise = fields.Nested(MeEnterprise, required=True)
    permissions = fields.List(OneOf(Permission), required=True)
    csrf_token = fields.Str(required=True)
    must_change_password = fields.Bool(required=True)
    home = OneOf(HOMES.values(), required=True)
    locale = OneOf(LOCALES, required=True)
    signed_in_at = fields.AwareDateTime(required=True)


class SkillLevel(Shape):
    """level: 1 (knows it) to 9 (teaches it)."""

    id = fields.UUID(required=True)
    level = fields.Int(strict=True, required=True, validate=validate.Range(1, 9))


class SeatBody(Shape):
    """wrap_up_seconds: null, as the service says."""

    employee_code = fields.Str(required=True, validate=check_employee_code)
    name = Line(60, required=True)
    role = fields.Str(required=True, validate=validate.OneOf(SEAT_CHOICES))
    team_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=100))
    extension_id = fields.UUID(allow_none=True, load_default=None)
    skills = fields.List(Whole(SkillLevel), load_default=list, validate=validate.Length(max=100))
    wrap_up_seconds = fields.Int(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(0, 3600)
    )
    auto_answer = fields.Bool(load_default=False)
    leg_form = fields.Str(load_default=LegForm.RUNG, validate=validate.OneOf(list(LegForm)))


class SeatQuery(PageQuery):
    team_id = fields.UUID()
    role = fields.Str(validate=validate.OneOf(SEAT_CHOICES))
    status = fields.Str(validate=validate.OneOf(list(UserStatus)))


class SkillOfSeat(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    level = fields.Int(required=True)


class ExtensionNumber(Shape):
    id = fields.UUID(required=True)
    number = fields.Str(required=True)


class AdminSeatShape(Shape):
    id = fields.UUID(required=True)
    employee_code = fields.Str(required=True)
    name = fields.Str(required=True)
    role = OneOf(SEAT_CHOICES, required=True)
    teams = fields.List(fields.Nested(TeamName), required=True)
    extension = fields.Nested(ExtensionNumber, required=True, allow_none=True)
    skills = fields.List(fields.Nested(SkillOfSeat), required=True)
    wrap_up_seconds = fields.Int(required=True, allow_none=True)
    auto_answer = fields.Bool(required=True)
    leg_form = OneOf(LegForm, required=True)
    status = OneOf(UserStatus, required=True)
    last_sign_in_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Int(required=True)


class NewSeatShape(AdminSeatShape):
    """one_time_password is shown this once."""

    one_time_password = fields.Str(required=True)


class OneTimePassword(Shape):
    employee_code = fields.Str(required=True)
    one_time_password = fields.Str(required=True)


class TeamBody(Shape):
    name = Line(60, required=True)
    leader_id = fields.UUID(allow_none=True, load_default=None)


class TeamShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    leader_id = fields.UUID(required=True, allow_none=True)
    leader_name = fields.Str(required=True, allow_none=True)
    member_count = fields.Int(required=True)
    version = fields.Int(required=True)


class SkillBody(Shape):
    name = Line(60, required=True)


class SkillShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class ExtensionBody(Shape):
    number = fields.Str(required=True, validate=validate.Regexp(r"[1-9][0-9]{2,5}\Z"))
    kind = fields.Str(load_default="browser", validate=validate.OneOf(KINDS))


class ExtensionPatch(Shape):
    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))


class ExtensionQuery(PageQuery):
    kind = fields.Str(validate=validate.OneOf(KINDS))


class ExtensionShape(Shape):
    id = fields.UUID(required=True)
    number = fields.Str(required=True)
    kind = OneOf(KINDS, required=True)
    user = fields.Nested(TeamName, required=True, allow_none=True)
    status = OneOf(UserStatus, required=True)
    version = fields.Int(required=True)


class AccountShape(Shape):
    """What a desk phone is set to; shown this once."""

    authorization_user = fields.Str(required=True)
    password = fields.Str(required=True)


class DispositionBody(Shape):
    code = fields.Str(required=True, validate=validate.Regexp(r"[A-Za-z0-9_-]{1,40}\Z"))
    label = Label(required=True)
    sort = fields.Int(strict=True, load_default=0, validate=validate.Range(0, 100_000))
    active = fields.Bool(load_default=True)


class ReasonBody(DispositionBody):
    paid = fields.Bool(load_default=True)


class DispositionShape(Shape):
    id = fields.UUID(required=True)
    code = fields.Str(required=True)
    label = Captions(required=True)
    sort = fields.Int(required=True)
    active = fields.Bool(required=True)
    version = fields.Int(required=True)


class ReasonShape(DispositionShape):
    paid = fields.Bool(required=True)


class ActQuery(PageQuery):
    """action and entity by their beginning: `enterprise`, `user.re`."""

    action = fields.Str(validate=validate.Length(max=60))
    entity = fields.Str(validate=validate.Length(max=60))
    actor_id = fields.UUID()
    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    to = fields.AwareDateTime()


class ActorShape(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    employee_code = fields.Str(required=True)


class ActShape(Shape):
    """before and after hold what changed, alone."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    actor = fields.Nested(ActorShape, required=True, allow_none=True)
    action = fields.Str(required=True)
    entity = fields.Str(required=True)
    entity_id = fields.Str(required=True)
    entity_name = fields.Str(required=True)
    before = fields.Dict(required=True)
    after = fields.Dict(required=True)
    ip = fields.Str(required=True)


class ColleagueShape(TeamName):
    employee_code = fields.Str(required=True)


SeatPage = page_of(AdminSeatShape)
ColleaguePage = page_of(ColleagueShape)
TeamNamePage = page_of(TeamName)
ServiceNamePage = page_of(ServiceName)
TeamPage = page_of(TeamShape)
SkillPage = page_of(SkillShape)
ExtensionPage = page_of(ExtensionShape)
DispositionPage = page_of(DispositionShape)
ReasonPage = page_of(ReasonShape)
ActPage = page_of(ActShape)

"""Shapes of the operator's API."""

import re
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate

from callcenter.core.fields import Captions, Instant, Label, Line, OneOf, Scalar
from callcenter.core.http import PageQuery, Shape, page_of
from callcenter.core.i18n import DEFAULT_LOCALE, LOCALES
from callcenter.routing.rules import TargetKind
from callcenter.routing.schemas.routes import LONGEST_MESSAGE, RouteTargetShape
from callcenter.tenancy.models import PLATFORM_CODE, NumberStatus, Status
from callcenter.tenancy.service.options import KINDS

STRATEGIES = ("agent_service", "ivr_service", "routing_service")
_TRANSPORTS = ("udp", "tcp")
_STATUSES = [NumberStatus.ENABLED.value, NumberStatus.PAUSED.value]
_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)*\Z")


def check_host(text: str) -> None:
    if not _HOST.match(text):
        raise ValidationError("validation.host")


def check_area_code(text: str) -> None:
    if text and not re.fullmatch(r"0[0-9]{2,3}", text):
        raise ValidationError("validation.area_code")


def check_time_zone(text: str) -> None:
    if text not in available_timezones():
        raise ValidationError("validation.time_zone")


def check_code(text: str) -> None:
    if not re.fullmatch(r"[0-9]{6}", text) or text == PLATFORM_CODE:
        raise ValidationError("validation.enterprise_code")


class TrunkName(Shape):
    id = fields.UUID(required=True)
    name = fields.Str(required=True)


class TrunkBody(Shape):
    name = Line(60, required=True)
    host = fields.Str(required=True, validate=check_host)
    port = fields.Int(strict=True, load_default=5060, validate=validate.Range(1, 65535))
    transport = fields.Str(load_default="udp", validate=validate.OneOf(_TRANSPORTS))
    channels = fields.Int(strict=True, load_default=60, validate=validate.Range(1, 10_000))
    national_prefix = fields.Str(load_default="", validate=validate.Regexp(r"[0-9]{0,6}\Z"))
    status = fields.Str(load_default=NumberStatus.ENABLED.value, validate=validate.OneOf(_STATUSES))


class TrunkShape(Shape):
    """state: `up`, `down`, or `unknown` while the bridge does not tell."""

    id = fields.UUID(required=True)
    name = fields.Str(required=True)
    host = fields.Str(required=True)
    port = fields.Int(required=True)
    transport = OneOf(_TRANSPORTS, required=True)
    channels = fields.Int(required=True)
    national_prefix = fields.Str(required=True)
    status = OneOf(NumberStatus, required=True)
    access_number_count = fields.Int(required=True)
    state = OneOf(["up", "down", "unknown"], required=True)
    version = fields.Int(required=True)


class NumberBody(Shape):
    number = Line(30, required=True)
    trunk_id = fields.UUID(required=True)
    language = OneOf(LOCALES, load_default=DEFAULT_LOCALE)
    note = Line(200, shortest=0, load_default="")


class NumberQuery(PageQuery):
    trunk_id = fields.UUID()
    enterprise_id = fields.UUID()
    status = fields.Str(validate=validate.OneOf(_STATUSES))
    bound = fields.Bool()


class OwnNumberQuery(PageQuery):
    status = fields.Str(validate=validate.OneOf(_STATUSES))


class BindBody(Shape):
    enterprise_id = fields.UUID(required=True)


class StrategyBody(Shape):
    """language: in which callers are spoken to; without it, as it is."""

    kind = fields.Str(required=True, validate=validate.OneOf(STRATEGIES))
    target_id = fields.UUID(required=True)
    language = OneOf(LOCALES, load_default=None)


class IvrOverflow(RouteTargetShape):
    """A target as rules have it, or a routing service."""

    kind = OneOf(TargetKind, required=True)


class IvrChannelsBody(Shape):
    """channels: none for no limit. overflow: where all others go, none for the busy message."""

    channels = fields.Int(
        required=True, allow_none=True, strict=True, validate=validate.Range(1, 10_000)
    )
    overflow = fields.Nested(IvrOverflow, load_default=None, allow_none=True)


class PauseMessageBody(Shape):
    """say: by language, null for the product's own words."""

    say = Label(LONGEST_MESSAGE, required=True, allow_none=True)


class EnterpriseName(Shape):
    id = fields.UUID(required=True)
    code = fields.Str(required=True)
    name = fields.Str(required=True)


class StrategyShape(Shape):
    kind = OneOf(STRATEGIES, required=True)
    target = fields.Nested(TrunkName, required=True)


class AccessNumberShape(Shape):
    """number in national form; channels_in_use: calls under way on it.

    language: in which its callers are spoken to until they choose another.
    ivr_channels: its callers in flows at once, none for no limit; ivr_overflow: who gets the others.
    pause_message: what callers hear while it is paused, null for the product's own words.
    """

    id = fields.UUID(required=True)
    number = fields.Str(required=True)
    trunk = fields.Nested(TrunkName, required=True, allow_none=True)
    enterprise = fields.Nested(EnterpriseName, required=True, allow_none=True)
    strategy = fields.Nested(StrategyShape, required=True, allow_none=True)
    language = OneOf(LOCALES, required=True)
    ivr_channels = fields.Int(required=True, allow_none=True)
    ivr_overflow = fields.Nested(IvrOverflow, required=True, allow_none=True)
    pause_message = Label(LONGEST_MESSAGE, required=True, allow_none=True)
    status = OneOf(NumberStatus, required=True)
    note = fields.Str(required=True)
    channels_in_use = fields.Int(required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    version = fields.Int(required=True)


class NumberName(Shape):
    id = fields.UUID(required=True)
    number = fields.Str(required=True)


class EnterpriseBody(Shape):
    """What may be changed; options by key, those not named stay as they are."""

    name = Line(80, required=True)
    display_number_id = fields.UUID(allow_none=True, load_default=None)
    area_code = fields.Str(load_default="", validate=check_area_code)
    time_zone = fields.Str(load_default="Asia/Shanghai", validate=check_time_zone)
    options = fields.Dict(keys=fields.Str(), values=Scalar(), load_default=dict)


class NewEnterprise(EnterpriseBody):
    """set: the ready set that it starts from."""

    code = fields.Str(required=True, validate=check_code)
    set = fields.Str(load_default="standard", validate=validate.Length(1, 40))


class EnterpriseQuery(PageQuery):
    status = fields.Str(validate=validate.OneOf([Status.ACTIVE, Status.SUSPENDED]))


class OwnEnterpriseBody(Shape):
    """What the enterprise's own administrator may change."""

    name = Line(80, required=True)
    display_number_id = fields.UUID(allow_none=True, load_default=None)
    area_code = fields.Str(load_default="", validate=check_area_code)
    time_zone = fields.Str(load_default="Asia/Shanghai", validate=check_time_zone)


class SeatsShape(Shape):
    total = fields.Int(required=True)
    online = fields.Int(required=True)


class InitialUserShape(Shape):
    employee_code = fields.Str(required=True)
    state = OneOf(["unused", "changed"], required=True)
    issued_at = fields.AwareDateTime(required=True, allow_none=True)


class OwnEnterpriseShape(EnterpriseName):
    display_number = fields.Nested(NumberName, required=True, allow_none=True)
    area_code = fields.Str(required=True)
    time_zone = fields.Str(required=True)
    status = OneOf([Status.ACTIVE, Status.SUSPENDED], required=True)
    options = fields.Dict(keys=fields.Str(), values=Scalar(), required=True)
    seats = fields.Nested(SeatsShape, required=True)
    access_numbers = fields.List(fields.Nested(NumberName), required=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Int(required=True)


class EnterpriseShape(OwnEnterpriseShape):
    initial_users = fields.List(fields.Nested(InitialUserShape), required=True)


class IssuedShape(Shape):
    employee_code = fields.Str(required=True)
    one_time_password = fields.Str(required=True)


class RegisteredShape(Shape):
    """The passwords are shown this once."""

    enterprise = fields.Nested(EnterpriseShape, required=True)
    initial_users = fields.List(fields.Nested(IssuedShape), required=True)


class OptionBody(Shape):
    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))
    label = Label(required=True)
    default = Scalar(required=True)
    sort = fields.Int(strict=True, load_default=0, validate=validate.Range(0, 100_000))
    active = fields.Bool(load_default=True)


class NewOption(OptionBody):
    key = fields.Str(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]{0,59}\Z"))


class OptionShape(Shape):
    key = fields.Str(required=True)
    kind = OneOf(KINDS, required=True)
    label = Captions(required=True)
    default = Scalar(required=True)
    sort = fields.Int(required=True)
    active = fields.Bool(required=True)
    version = fields.Int(required=True)


class BoundCount(Shape):
    total = fields.Int(required=True)
    bound = fields.Int(required=True)


class ActiveCount(Shape):
    total = fields.Int(required=True)
    active = fields.Int(required=True)


class CallsNow(Shape):
    now = fields.Int(required=True)
    capacity = fields.Int(required=True)


class UpCount(Shape):
    total = fields.Int(required=True)
    up = fields.Int(required=True)


class FactsGroup(Shape):
    """to: who could not take them. error: its name. since: when the first was set aside."""

    to = fields.Str(required=True)
    kind = fields.Str(required=True)
    error = fields.Str(required=True)
    count = fields.Int(required=True)
    since = Instant(required=True)


class FactsAsideShape(Shape):
    """wished: they are about to be put back."""

    count = fields.Int(required=True)
    groups = fields.List(fields.Nested(FactsGroup), required=True)
    wished = fields.Bool(required=True)


class OverviewShape(Shape):
    access_numbers = fields.Nested(BoundCount, required=True)
    enterprises = fields.Nested(ActiveCount, required=True)
    calls = fields.Nested(CallsNow, required=True)
    trunks = fields.Nested(UpCount, required=True)
    drift_24h = fields.Int(required=True)
    facts_aside = fields.Int(required=True)
    reconciled_at = Instant(required=True, allow_none=True)


TrunkPage = page_of(TrunkShape)
AccessNumberPage = page_of(AccessNumberShape)
EnterprisePage = page_of(EnterpriseShape)
OptionPage = page_of(OptionShape)

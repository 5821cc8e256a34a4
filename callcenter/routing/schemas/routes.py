"""Shapes of routing services: rules, and how a call fared with them."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate, validates_schema

from callcenter.core.fields import Line, OneOf, Whole
from callcenter.core.http import Shape, page_of
from callcenter.core.i18n import LOCALES
from callcenter.routing.rules import ConditionKind, Measure, Records, TargetKind

MOST_RULES, MOST_TESTS, MOST_VALUES, LONGEST_MESSAGE = 50, 10, 200, 500
_BEGINNING = re.compile(r"\+?[0-9]{1,20}")

PARTS: Mapping[ConditionKind, tuple[str, ...]] = {
    ConditionKind.SCHEDULE: ("id",),
    ConditionKind.CALLER: ("values",),
    ConditionKind.WITHHELD: (),
    ConditionKind.CALLED: ("values",),
    ConditionKind.LIST: ("id",),
    ConditionKind.CUSTOMER: ("records",),
    ConditionKind.FIELD: ("name",),
    ConditionKind.WORK_ORDERS: (),
    ConditionKind.ENTERED: ("name",),
    ConditionKind.LOAD: ("id", "measure"),
    ConditionKind.SHARE: ("percent",),
}
"""What each kind of test must say."""

COMPARED = {ConditionKind.FIELD, ConditionKind.ENTERED}
BOUNDED = {ConditionKind.WORK_ORDERS, ConditionKind.LOAD}

TARGET_PARTS: dict[TargetKind, tuple[str, ...]] = {
    TargetKind.AGENT_SERVICE: ("id",),
    TargetKind.IVR_SERVICE: ("id",),
    TargetKind.SEAT: ("id",),
    TargetKind.EXTENSION: ("id", "ring_seconds"),
    TargetKind.CONFERENCE: ("id",),
    TargetKind.NUMBER: ("number", "at_once"),
    TargetKind.MESSAGE: ("say",),
    TargetKind.VOICEMAIL: ("id",),
    TargetKind.HANG_UP: (),
    TargetKind.ROUTING_SERVICE: ("id",),
}
_OF_RULES = [kind for kind in TargetKind if kind is not TargetKind.ROUTING_SERVICE]


def _bound() -> fields.Str:
    return fields.Str(allow_none=True, load_default=None, validate=validate.Length(1, 40))


def _is_count(text: str | None) -> bool:
    return text is None or text.isdecimal()


class RouteTestShape(Shape):
    """One thing that must hold; which parts count, `kind` says (docs/guides/routing.md)."""

    kind = OneOf(ConditionKind, required=True)
    negated = fields.Bool(load_default=False)
    id = fields.UUID(allow_none=True, load_default=None)
    name = fields.Str(allow_none=True, load_default=None, validate=validate.Length(1, 60))
    values = fields.List(
        fields.Str(validate=validate.Length(1, 100)),
        load_default=list,
        validate=validate.Length(max=MOST_VALUES),
    )
    at_least = _bound()
    at_most = _bound()
    records = OneOf(Records, allow_none=True, load_default=None)
    measure = OneOf(Measure, allow_none=True, load_default=None)
    percent = fields.Int(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(1, 99)
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        kind = ConditionKind(data["kind"])
        for part in PARTS[kind]:
            if data[part] in (None, []):
                raise ValidationError("validation.required", part)
        bounded = data["at_least"] is not None or data["at_most"] is not None
        if kind in COMPARED and bool(data["values"]) is bounded:
            raise ValidationError("validation.values_or_bounds", "values")
        if kind in BOUNDED and not bounded:
            raise ValidationError("validation.required", "at_least")
        if kind in BOUNDED and not all(map(_is_count, (data["at_least"], data["at_most"]))):
            raise ValidationError("validation.integer", "at_least")
        if kind is ConditionKind.CALLER and not all(map(_BEGINNING.fullmatch, data["values"])):
            raise ValidationError("validation.phone", "values")


class RouteTargetShape(Shape):
    """at_once: the enterprise's calls that may be with an outside number. ring_seconds: how long an

    extension is rung. say: by language.
    """

    PARTS: ClassVar[dict[TargetKind, tuple[str, ...]]] = TARGET_PARTS

    kind = OneOf(_OF_RULES, required=True)
    id = fields.UUID(allow_none=True, load_default=None)
    number = fields.Str(allow_none=True, load_default=None, validate=validate.Length(1, 40))
    at_once = fields.Int(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(1, 200)
    )
    ring_seconds = fields.Int(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(5, 120)
    )
    say = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(LOCALES)),
        values=Line(LONGEST_MESSAGE),
        allow_none=True,
        load_default=None,
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        for part in self.PARTS[TargetKind(data["kind"])]:
            if data[part] is None:
                raise ValidationError("validation.required", part)
        if data["say"] is not None and set(data["say"]) != set(LOCALES):
            raise ValidationError("validation.both_languages", "say")


class RuleShape(Shape):
    """tests: all must hold; none: it always does."""

    name = Line(60, required=True)
    tests = fields.List(
        fields.Nested(RouteTestShape), load_default=list, validate=validate.Length(max=MOST_TESTS)
    )
    target = fields.Nested(RouteTargetShape, required=True)


class RulesShape(Shape):
    """The first rule that holds has the call; `otherwise` where none does."""

    rules = fields.List(
        fields.Nested(RuleShape), required=True, validate=validate.Length(max=MOST_RULES)
    )
    otherwise = fields.Nested(RouteTargetShape, required=True)


class RoutingServiceBody(Shape):
    name = Line(60, required=True)
    document = Whole(RulesShape, required=True)


class RoutingServiceShape(RoutingServiceBody):
    id = fields.UUID(required=True)
    version = fields.Int(required=True)


RoutingServicePage = page_of(RoutingServiceShape)


class QueueToTry(Shape):
    service = fields.UUID(required=True)
    waiting = fields.Int(load_default=0, validate=validate.Range(0, 10_000))
    ready = fields.Int(load_default=0, validate=validate.Range(0, 10_000))
    longest_wait = fields.Float(load_default=0.0, validate=validate.Range(0, 100_000))


class CallToTry(Shape):
    """A call that might come. caller: empty for a withheld number. lot: for shares, 0 to 99."""

    document = fields.Nested(RulesShape, required=True)
    caller = fields.Str(required=True, validate=validate.Length(max=40))
    called = fields.Str(load_default="", validate=validate.Length(max=40))
    at = fields.AwareDateTime(allow_none=True, load_default=None)
    entered = fields.Dict(keys=fields.Str(), values=fields.Str(), load_default=dict)
    queues = fields.List(fields.Nested(QueueToTry), load_default=list)
    lot = fields.Int(load_default=0, validate=validate.Range(0, 99))


class RouteAnswer(Shape):
    """held: null where it is unknown. seen: what was found there."""

    held = fields.Bool(required=True, allow_none=True)
    seen = fields.Str(required=True)


class RouteStep(Shape):
    place = fields.Int(required=True)
    held = fields.Bool(required=True)
    full = fields.Bool(required=True)
    answers = fields.List(fields.Nested(RouteAnswer), required=True)


class CallTried(Shape):
    """place: of the rule that has the call; null: none held. closed: the agent service that has it takes

    nobody at that time.
    """

    target = fields.Nested(RouteTargetShape, required=True)
    place = fields.Int(required=True, allow_none=True)
    caller = fields.Str(required=True)
    at = fields.AwareDateTime(required=True)
    steps = fields.List(fields.Nested(RouteStep), required=True)
    closed = fields.Bool(required=True)

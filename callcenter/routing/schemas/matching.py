"""Shape of how a service's callers are matched."""

from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from callcenter.core.http import Shape
from callcenter.routing.matching import PREFER_SECONDS

MOST_RINGS, MOST_NEEDS, MOST_BONUSES = 10, 10, 50
LONGEST_SECONDS = 3600
MOST_STEPS = 9


def _steps() -> fields.Int:
    """Not none: a bonus of nothing is a mistake."""
    return fields.Int(
        strict=True,
        required=True,
        validate=[validate.Range(-MOST_STEPS, MOST_STEPS), validate.NoneOf([0])],
    )


def _seconds(default: int, least: int = 0) -> fields.Int:
    return fields.Int(
        strict=True, load_default=default, validate=validate.Range(least, LONGEST_SECONDS)
    )


def _few(shape: type[Shape], most: int = MOST_BONUSES) -> fields.List[Any]:
    return fields.List(fields.Nested(shape), load_default=list, validate=validate.Length(max=most))


class SkillNeed(Shape):
    """level: the least, 1 to 9."""

    skill = fields.UUID(required=True)
    level = fields.Int(strict=True, required=True, validate=validate.Range(1, 9))


class RingShape(Shape):
    """From `after_seconds` on, agents who have all of `needs` may take the call; none: everybody."""

    after_seconds = fields.Int(
        strict=True, required=True, validate=validate.Range(0, LONGEST_SECONDS)
    )
    needs = fields.List(
        fields.Nested(SkillNeed), load_default=list, validate=validate.Length(max=MOST_NEEDS)
    )


class NumberBonus(Shape):
    number = fields.Str(required=True, validate=validate.Length(1, 40))
    steps = _steps()


class ListBonus(Shape):
    list = fields.UUID(required=True)
    steps = _steps()


class ValueBonus(Shape):
    value = fields.Str(required=True, validate=validate.Length(1, 100))
    steps = _steps()


class FieldBonus(Shape):
    """A field of the customer's record that rules may ask."""

    name = fields.Str(required=True, validate=validate.Length(1, 60))
    values = fields.List(
        fields.Nested(ValueBonus), required=True, validate=validate.Length(1, MOST_BONUSES)
    )


class MatchingShape(Shape):
    """`routing.matching.Matching` as JSON. The first ring opens at once, each later than the last."""

    ageing_seconds = _seconds(0)
    rings = _few(RingShape, MOST_RINGS)
    numbers = _few(NumberBonus)
    lists = _few(ListBonus)
    field = fields.Nested(FieldBonus, allow_none=True, load_default=None)
    last_agent_days = fields.Int(strict=True, load_default=0, validate=validate.Range(0, 90))
    owner_field = fields.Str(load_default="", validate=validate.Length(max=60))
    prefer_seconds = _seconds(PREFER_SECONDS, 1)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        wrong: dict[str, list[str]] = {}
        opened = [ring["after_seconds"] for ring in data["rings"]]
        if opened and (opened[0] != 0 or sorted(set(opened)) != opened):
            wrong["rings"] = ["validation.rings_in_order"]
        for ring in data["rings"]:
            if _repeats(ring["needs"], lambda need: need["skill"]):
                wrong["rings"] = ["validation.twice"]
        keys: dict[str, Callable[[Any], Any]] = {
            "numbers": lambda one: one["number"],
            "lists": lambda one: one["list"],
        }
        wrong |= {
            name: ["validation.twice"] for name, key in keys.items() if _repeats(data[name], key)
        }
        if data["field"] and _repeats(data["field"]["values"], lambda one: one["value"]):
            wrong["field"] = ["validation.twice"]
        if wrong:
            raise ValidationError(wrong)


def _repeats(rows: list[Any], key: Callable[[Any], Any]) -> bool:
    return len({key(row) for row in rows}) < len(rows)

"""Where an action takes a value from: a constant, an expression, a field, the record itself. Pure."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, fields, validate

from callcenter.core.http import Shape
from callcenter.expressions import (
    LONGEST,
    ME,
    TODAY,
    BadExpression,
    Kind,
    infer,
    names_in,
    parse,
)
from callcenter.objects.access import access
from callcenter.objects.errors import BadValue
from callcenter.objects.rules import Problem
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field, Reading

if TYPE_CHECKING:
    from callcenter.objects.schemas.definition import Definition

NOW = "$now"
"""As a value: the moment at which the action is done."""

WORDS: Mapping[str, str] = {ME: "user", TODAY: "date", NOW: "datetime"}
"""Values that are only known then, and the types of the fields that take them."""

MOST_VALUES = 50

Source = Mapping[str, Any]


class SourceShape(Shape):
    """One of them. field: a copy of what it holds; record: the record that fired the trigger."""

    value = fields.Raw(allow_none=True)
    expression = fields.Str(validate=validate.Length(1, LONGEST))
    field = fields.Str()
    record = fields.Bool(validate=validate.Equal(True))


class SourceField(fields.Nested):
    """Exactly one origin."""

    def __init__(self, **options: Any) -> None:
        super().__init__(SourceShape, **options)

    def _deserialize(self, value: Any, *given: Any, **options: Any) -> Any:
        source = super()._deserialize(value, *given, **options)
        if len(source) != 1:
            raise ValidationError("validation.one_source")
        return source


def values_field() -> fields.Dict:
    """Key of a field → its source."""
    return fields.Dict(
        keys=fields.Str(), values=SourceField(), required=True,
        validate=validate.Length(1, MOST_VALUES),
    )  # fmt: skip


def problems(
    source: Source, target: Field, into: "Definition", of: "Definition", reading: Reading
) -> Iterator[Problem]:
    """What contradicts itself in filling `target`, a field of `into`, by records of `of`."""
    if not type_of(target).entered:
        yield Problem("", "validation.read_only")
    elif "value" in source:
        yield from _constant(source["value"], target, reading)
    elif "expression" in source:
        yield from _expression(source["expression"], target, of)
    elif "field" in source:
        yield from _copied(of.by_key.get(source["field"]), target)
    elif target.refers_to != of.identifier:
        yield Problem("", "trigger.other_type")
    if any(_reveals(of.by_key[key], target, into) for key in names_of(source) if key in of.by_key):
        yield Problem("", "trigger.reveals")


def names_of(source: Source) -> set[str]:
    """The fields that a source asks."""
    if "field" in source:
        return {source["field"]}
    try:
        return {name.key for name in names_in(parse(source.get("expression", "")))}
    except BadExpression:
        return set()  # told as such


def _constant(value: Any, target: Field, reading: Reading) -> Iterator[Problem]:
    if isinstance(value, str) and WORDS.get(value) == target.type:
        return
    if target.setting("codes"):
        return  # what stands in a code table is its own
    try:
        type_of(target).read(target, value, reading)
    except BadValue as fault:
        yield Problem("", fault.key, fault.parameters)


def _expression(text: str, target: Field, of: "Definition") -> Iterator[Problem]:
    wanted = type_of(target).kind_of(target)
    if wanted is None:
        yield Problem("", "trigger.no_expression")
        return
    kinds = {field.key: type_of(field).kind_of(field) for field in of.fields}
    try:
        given = infer(parse(text), kinds)
    except BadExpression as error:
        place = {"at": error.at + 1} if error.at is not None else {}
        yield Problem("", error.key, {**error.parameters, **place})
        return
    if given not in (wanted, Kind.NOTHING):
        yield Problem("", "expression.result", {"kind": given.value, "wanted": wanted.value})


def _copied(field: Field | None, target: Field) -> Iterator[Problem]:
    if field is None:
        yield Problem("", "validation.unknown_field")
    elif field.type != target.type:
        # A masked number never becomes a text that everybody reads.
        yield Problem("", "trigger.other_type")
    elif field.refers_to != target.refers_to:
        yield Problem("", "trigger.other_type")


def _reveals(field: Field, target: Field, into: "Definition") -> bool:
    """Whether a role would see in `target` what `field` keeps from it."""
    return any(
        not access(field, role).is_clear
        and access(target, role).is_clear
        and into.allows("read", role)
        for role in field.rights
    )

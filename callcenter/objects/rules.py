"""What a definition's fields say of each other: conditions, formulas and checks. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from callcenter.core.permissions import Role
from callcenter.expressions import (
    ME,
    ROLE,
    TODAY,
    BadExpression,
    Condition,
    Kind,
    Node,
    Test,
    changes_of,
    infer,
    names_in,
    operators_of,
    parse,
)
from callcenter.objects.errors import BadValue
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import Field, Reading
from callcenter.objects.types.choice import options_of

VISIBLE, REQUIRED, EDITABLE = "visible", "required", "editable"

ANYWHERE = Reading("021", ZoneInfo("UTC"), lambda *_: True, lambda *_: True, lambda *_: True)
"""To try a value by that no record has yet: whom and what it names is not looked up."""

_WITHOUT_VALUE = ("empty", "filled", "changed")
_OF_SEVERAL = ("in", "not_in")
_FROM_OPTIONS = ("choice", "cascade", "choices")


class Problem(NamedTuple):
    """path: as in `contradictions`; key: a caption's."""

    path: str
    key: str
    parameters: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Rules:
    """
    conditions   by what they decide on, then by the field's key
    formulas     in the order in which they are worked out: what one needs comes before it
    checks       what must be true of a record, by the field at which it is told
    demanding    the few fields that must be filled, or have conditions, in their order
    """

    conditions: Mapping[str, Mapping[str, Condition]]
    formulas: tuple[tuple[Field, Node], ...]
    checks: tuple[tuple[Field, Node], ...]
    demanding: tuple[Field, ...]


def rules_of(fields: Sequence[Field]) -> Rules:
    """Of fields without problems."""
    by_key = {field.key: field for field in fields}
    conditions = {
        what: {
            field.key: condition_of(field.when[what], by_key)
            for field in fields
            if what in field.when
        }
        for what in (VISIBLE, REQUIRED, EDITABLE)
    }
    checks = [(field, parse(text)) for field in fields if (text := field.setting("check"))]
    demanding = tuple(field for field in fields if field.required or field.when)
    return Rules(conditions, tuple(_in_order(fields)), tuple(checks), demanding)


def problems(fields: Sequence[Field]) -> Iterator[Problem]:
    """What contradicts itself in them."""
    by_key = {field.key: field for field in fields}
    kinds = {field.key: type_of(field).kind_of(field) for field in fields}
    for field in fields:
        for what, condition in field.when.items():
            for place, test in enumerate(condition["tests"]):
                if key := _wrong(field, test, by_key):
                    yield Problem(f"{field.key}.when.{what}.{place}", key)
        yield from _expressions(field, kinds)
    yield from _circles(fields)


def problems_of(condition: Mapping[str, Any], fields: Sequence[Field]) -> Iterator[tuple[int, str]]:
    """Of a condition that is no field's own: the place of a test, and a caption's key."""
    by_key = {field.key: field for field in fields}
    for place, test in enumerate(condition["tests"]):
        if key := wrong_test(test, by_key):
            yield place, key


def condition_of(document: Mapping[str, Any], fields: Mapping[str, Field]) -> Condition:
    tests = tuple(
        Test(test["field"], test["operator"], _read(fields.get(test["field"]), test))
        for test in document["tests"]
    )
    return Condition(tests, any=bool(document.get("any")))


def _wrong(field: Field, test: Mapping[str, Any], fields: Mapping[str, Field]) -> str | None:
    return "condition.itself" if test["field"] == field.key else wrong_test(test, fields)


def wrong_test(
    test: Mapping[str, Any], fields: Mapping[str, Field], *, changes: bool = False
) -> str | None:
    """What is wrong with a test: a caption's key. changes: whether it may ask what has changed."""
    key, operator = test["field"], test["operator"]
    if key != ROLE and key not in fields:
        return "validation.unknown_field"
    known = operators_for(fields.get(key))
    if operator not in (known + changes_of(known) if changes and key != ROLE else known):
        return "condition.operator"
    try:
        _read(fields.get(key), test)
    except BadValue:
        return "condition.value"
    return None


def operators_for(field: Field | None) -> list[str]:
    """Of a field, or of the role when there is none."""
    if field is None:
        return ["eq", "ne", "in", "not_in"]
    kind = type_of(field)
    compared = masked_type(field) is None
    return operators_of(kind.kind_of(field), listed=field.type == "choices", compared=compared)


def _read(field: Field | None, test: Mapping[str, Any]) -> Any:
    """The value of a test as records hold it; raises BadValue."""
    given = test.get("value")
    if test["operator"] in _WITHOUT_VALUE:
        return None
    if test["operator"] not in _OF_SEVERAL:
        return _value(field, given)
    if not isinstance(given, list) or not given:
        raise BadValue("condition.value")
    return [_value(field, each) for each in given]


def _value(field: Field | None, given: Any) -> Any:
    if given is None or given == "":
        raise BadValue("condition.value")
    if field is None:
        return Role(given).value if given in {*Role} else _refuse()
    if (given == ME and field.type == "user") or (given == TODAY and field.type == "date"):
        return given
    if field.type in _FROM_OPTIONS and not field.setting("codes"):
        return given if given in options_of(field) else _refuse()
    if type_of(field).kind_of(field) is Kind.TEXT:
        return given if isinstance(given, str) else _refuse()
    # Its own limits are for what is entered, not for what is asked.
    free = replace(field, settings={"places": 6, "result": field.setting("result", "number")})
    return type_of(field).read(free, given, ANYWHERE)


def _refuse() -> Any:
    raise BadValue("condition.value")


def _expressions(field: Field, kinds: Mapping[str, Kind | None]) -> Iterator[Problem]:
    wanted: dict[str, Kind] = {}
    if field.setting("check"):
        wanted["check"] = Kind.BOOLEAN
    if field.type == "formula" and field.setting("expression"):
        wanted["expression"] = type_of(field).kind_of(field) or Kind.TEXT
    for name, kind in wanted.items():
        path = f"{field.key}.{name}"
        try:
            given = infer(parse(field.setting(name)), kinds)
        except BadExpression as error:
            place = {"at": error.at + 1} if error.at is not None else {}
            yield Problem(path, error.key, {**error.parameters, **place})
            continue
        if given not in (kind, Kind.NOTHING):
            yield Problem(path, "expression.result", {"kind": given.value, "wanted": kind.value})


def _in_order(fields: Sequence[Field]) -> list[tuple[Field, Node]]:
    """Formulas after those that they need; ones in a circle are left out."""
    waiting = {
        field.key: (field, parse(field.setting("expression")))
        for field in fields
        if field.type == "formula"
    }
    found: list[tuple[Field, Node]] = []
    while True:
        ready = [key for key, (_, node) in waiting.items() if not _needs(node) & waiting.keys()]
        if not ready:
            return found
        found += [waiting.pop(key) for key in ready]


def _circles(fields: Sequence[Field]) -> Iterator[Problem]:
    formulas = [field for field in fields if field.type == "formula"]
    try:
        found = {field.key for field, _ in _in_order(formulas)}
    except BadExpression:
        return  # told already, of the one that cannot be read
    for field in formulas:
        if field.key not in found:
            yield Problem(f"{field.key}.expression", "expression.circle")


def _needs(node: Node) -> set[str]:
    return {name.key for name in names_in(node)}

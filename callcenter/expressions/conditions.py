"""Conditions that are put together rather than written: tests of fields, all or any of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from callcenter.expressions.values import ORDERED, Kind

ROLE, ME, TODAY = "$role", "$me", "$today"
"""The one who acts, by role; as a value: who acts, and the day in the enterprise's zone."""

_ALWAYS = ("empty", "filled")
_EQUAL = ("eq", "ne", "in", "not_in")
_ORDER = ("lt", "le", "gt", "ge")
_CHANGE = ("changed", "changed_to", "changed_from")
OPERATORS = (*_ALWAYS, *_EQUAL, *_ORDER, "contains", *_CHANGE)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a condition may ask about beside the record."""

    role: str
    user_id: UUID | None
    today: date


@dataclass(frozen=True, slots=True)
class Test:
    """value: as the field holds it; a list for `in` and `not_in`, None for `empty` and `filled`."""

    field: str
    operator: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Condition:
    tests: tuple[Test, ...]
    any: bool = False


def operators_of(kind: Kind | None, *, listed: bool = False, compared: bool = True) -> list[str]:
    """Those that make sense of a field.

    kind: None for ids; listed: whether it holds several; compared: False for numbers that not
    everybody may see, of which a condition must not tell more than whether there is one.
    """
    if not compared:
        return [*_ALWAYS]
    if listed:
        return [*_ALWAYS, "contains"]
    if kind is Kind.BOOLEAN:
        return ["eq"]
    ordered = kind in ORDERED and kind is not Kind.TEXT
    return [*_ALWAYS, *_EQUAL, *(_ORDER if ordered else ("contains",) if kind else ())]


def changes_of(operators: Sequence[str]) -> list[str]:
    """What can be asked of a change, of a field that can be asked about by `operators`."""
    return [*_CHANGE] if "eq" in operators else ["changed"]


def holds(
    condition: Condition,
    values: Mapping[str, Any],
    around: Surroundings,
    before: Mapping[str, Any] | None = None,
) -> bool:
    """values: as held, by field key; before: as they were, where it is asked what has changed."""
    results = (passes(test, values, around, before) for test in condition.tests)
    return any(results) if condition.any else all(results)


def passes(
    test: Test,
    values: Mapping[str, Any],
    around: Surroundings,
    before: Mapping[str, Any] | None = None,
) -> bool:
    held = around.role if test.field == ROLE else values.get(test.field)
    wanted = _meant(test.value, around)
    if test.operator in _CHANGE:
        return _has_changed(test.operator, (before or {}).get(test.field), held, wanted)
    if test.operator in _ALWAYS:
        return (held is None) is (test.operator == "empty")
    return _COMPARED[test.operator](held, wanted)


def _has_changed(operator: str, was: Any, held: Any, wanted: Any) -> bool:
    box = isinstance(was, bool) or isinstance(held, bool)
    if (bool(was) is bool(held)) if box else was == held:
        return False
    if operator == "changed":
        return True
    return _same(held if operator == "changed_to" else was, wanted)


def _meant(value: Any, around: Surroundings) -> Any:
    if value == ME:
        return around.user_id
    if value == TODAY:
        return around.today
    return [_meant(one, around) for one in value] if isinstance(value, list) else value


def _same(held: Any, wanted: Any) -> bool:
    # A box that nobody has ticked is not ticked.
    return (held or False) is wanted if isinstance(wanted, bool) else held == wanted


def _within(held: Any, wanted: Collection[Any]) -> bool:
    return held in wanted


def _contains(held: Any, wanted: Any) -> bool:
    if held is None:
        return False
    return wanted in held if isinstance(held, list) else str(wanted).lower() in held.lower()


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda held, wanted: held is not None and wanted is not None and compare(held, wanted)


_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": _same,
    "ne": lambda held, wanted: not _same(held, wanted),
    "in": _within,
    "not_in": lambda held, wanted: not _within(held, wanted),
    "lt": _ordered(lambda held, wanted: held < wanted),
    "le": _ordered(lambda held, wanted: held <= wanted),
    "gt": _ordered(lambda held, wanted: held > wanted),
    "ge": _ordered(lambda held, wanted: held >= wanted),
    "contains": _contains,
}

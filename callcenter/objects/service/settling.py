"""What a record's values come to: formulas worked out, conditions and checks held against them. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from callcenter.expressions import Surroundings, evaluate, holds, names_in
from callcenter.objects.errors import BadValue
from callcenter.objects.rules import EDITABLE, REQUIRED, VISIBLE
from callcenter.objects.schemas import Definition
from callcenter.objects.types import type_of
from callcenter.objects.types.base import LONGEST_INDEXED, Field
from callcenter.objects.types.formula import TYPE as FORMULA

Values = Mapping[str, Any]


def worked_out(definition: Definition, values: Values) -> dict[str, Any]:
    """The formulas' values, by key."""
    if not definition.rules.formulas:
        return {}
    operands = operands_of(definition, values)
    found: dict[str, Any] = {}
    for field, node in definition.rules.formulas:
        found[field.key] = FORMULA.result(field, evaluate(node, operands))
        operands[field.key] = FORMULA.operand(found[field.key])
    return found


def faults(
    definition: Definition,
    before: Values | None,
    after: Values,
    given: Collection[str],
    around: Surroundings,
    made: Collection[str] = (),
) -> Iterator[tuple[str, BadValue]]:
    """What stands against a record becoming `after`: fields and why.

    before: None for a new one; given: the fields that somebody enters; made: those that a trigger
    fills, which need not be on the form. A record that is not asked
    about (nothing that a demand depends on is entered) may stay as it is, however old its values.
    """
    touched = {*given, *made}
    for field in definition.rules.demanding:
        shown = _is(definition, VISIBLE, field, after, around)
        if field.key in given and (before is not None or after.get(field.key) is not None):
            # What may be changed is said by the record as it was, else one act could unlock itself.
            asked = after if before is None else before
            if not shown and after.get(field.key) is not None:
                yield field.key, BadValue("condition.not_shown")
            elif not _is(definition, EDITABLE, field, asked, around):
                yield field.key, BadValue("condition.not_editable")
        if (
            shown
            and after.get(field.key) is None
            and _concerns(definition, field, before, touched)
            and _is_wanted(definition, field, after, around)
        ):
            yield field.key, BadValue("validation.required")
    yield from _too_long(definition, before, after)
    yield from _failed_checks(definition, before, after, touched)


def _too_long(
    definition: Definition, before: Values | None, after: Values
) -> Iterator[tuple[str, BadValue]]:
    """Whatever type it is of, and whoever has set it."""
    for field in definition.indexed:
        value = after.get(field.key)
        if before is not None and before.get(field.key) == value:
            continue
        text = "".join(value) if isinstance(value, list) else value
        if isinstance(text, str) and len(text) > LONGEST_INDEXED:
            yield field.key, BadValue("validation.too_long", {"max": LONGEST_INDEXED})


def may_be_filled(
    definition: Definition, field: Field, values: Values, around: Surroundings
) -> bool:
    """Whether a field is on the form of a record with these values."""
    return _is(definition, VISIBLE, field, values, around)


def _is_wanted(definition: Definition, field: Field, values: Values, around: Surroundings) -> bool:
    asked = field.key in definition.rules.conditions[REQUIRED]
    return field.required or (asked and _is(definition, REQUIRED, field, values, around))


def _is(
    definition: Definition, what: str, field: Field, values: Values, around: Surroundings
) -> bool:
    condition = definition.rules.conditions[what].get(field.key)
    return condition is None or holds(condition, values, around)


def _concerns(
    definition: Definition, field: Field, before: Values | None, given: Collection[str]
) -> bool:
    if before is None or field.key in given:
        return True
    asked = {
        test.field
        for what in (VISIBLE, REQUIRED)
        if (condition := definition.rules.conditions[what].get(field.key))
        for test in condition.tests
    }
    return bool(asked.intersection(given))


def _failed_checks(
    definition: Definition, before: Values | None, after: Values, given: Collection[str]
) -> Iterator[tuple[str, BadValue]]:
    if not definition.rules.checks:
        return
    operands = operands_of(definition, after)
    for field, node in definition.rules.checks:
        needed = {field.key, *(name.key for name in names_in(node))}
        asked = before is None or needed.intersection(given)
        if not asked or after.get(field.key) is None:
            continue
        # What compares with nothing is neither true nor false.
        if evaluate(node, operands) is False:
            yield field.key, BadValue("validation.check", said=field.setting("check_message"))


def operands_of(definition: Definition, values: Values) -> dict[str, Any]:
    return {
        key: kind.operand(value)
        for key, value in values.items()
        if value is not None
        and (field := definition.by_key.get(key)) is not None
        and (kind := type_of(field)).kind_of(field) is not None
    }

"""A query's conditions as conditions of a statement. Pure.

They mean what the same tests mean of a record at hand (`expressions.conditions`): nothing is unequal
to everything, and a box that nobody has ticked is not ticked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, false, func, not_, or_, true
from sqlalchemy.dialects.postgresql import JSONB

from callcenter.objects.asking import wanted
from callcenter.objects.regions import within
from callcenter.objects.types.base import Field, Reading

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as records hold it. day: of a moment, whether the whole of its day is meant."""

    held: Any
    day: bool = False

    @property
    def end(self) -> Any:
        return self.held + _DAY


def tested(
    column: ColumnElement[Any], field: Field, operator: str, values: Sequence[Value | None]
) -> ColumnElement[bool]:
    """values: one; several of `in`; two of `between`, None where that side is open."""
    if operator == "empty":
        return column.is_(None)
    if operator == "filled":
        return column.is_not(None)
    if operator == "between":
        return _between(column, values)
    given = [each for each in values if each is not None]
    if operator in ("eq", "in"):
        return or_(false(), *(_same(column, field, each) for each in given))
    if operator in ("ne", "not_in"):
        return not_(func.coalesce(or_(false(), *(_same(column, field, v) for v in given)), false()))
    return and_(true(), *(_COMPARED[operator](column, field, each) for each in given))


def _same(column: ColumnElement[Any], field: Field, value: Value) -> ColumnElement[bool]:
    if isinstance(value.held, bool):
        ticked: ColumnElement[bool] = func.coalesce(column, false()).is_(value.held)
        return ticked
    if value.day:
        return and_(column >= value.held, column < value.end)
    if field.type == "region":
        return column.in_(within(value.held))
    equal: ColumnElement[bool] = column == value.held
    return equal


def _between(column: ColumnElement[Any], values: Sequence[Value | None]) -> ColumnElement[bool]:
    least, most = (*values, None, None)[:2]
    found = [column >= least.held] if least else []
    if most:
        found.append(column < most.end if most.day else column <= most.held)
    return and_(true(), *found)


def _contains(column: ColumnElement[Any], field: Field, value: Value) -> ColumnElement[bool]:
    if field.type == "choices":
        listed: ColumnElement[bool] = cast(column, JSONB()).contains([value.held])
        return listed
    return cast(column, String()).icontains(str(value.held), autoescape=True)


_Compare = Callable[[ColumnElement[Any], Field, Value], ColumnElement[bool]]

_COMPARED: Mapping[str, _Compare] = {
    "lt": lambda column, _, value: column < value.held,
    "le": lambda column, _, value: column < value.end if value.day else column <= value.held,
    "gt": lambda column, _, value: column >= value.end if value.day else column > value.held,
    "ge": lambda column, _, value: column >= value.held,
    "contains": _contains,
}


def value_of(field: Field, text: str, reading: Reading) -> Value:
    """What a text means; raises BadValue. Several options at once are asked for one by one."""
    held = text if field.type == "choices" else wanted(field, text, reading)
    return Value(held, isinstance(held, datetime) and "T" not in text)

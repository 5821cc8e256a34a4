"""What the numbers of a list come to, over all its pages."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from callcenter.core.errors import Invalid
from callcenter.expressions import Kind
from callcenter.objects.schemas import Definition
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field

MOST = 50
"""Fields that are added up at once."""

_LEAST_PLACES = 2


def summed(clear: Definition, keys: Sequence[str]) -> list[Field]:
    """The fields to add up, of those that the reader sees as they are. Raises Invalid."""
    if len(keys) > MOST:
        raise Invalid(fields={"fields": ["validation.too_many"]})
    fields = [clear.by_key[key] for key in keys if key in clear.by_key]
    if len(fields) < len(keys) or not all(map(_is_number, fields)):
        raise Invalid(fields={"fields": ["validation.unknown_field"]})
    return fields


def _is_number(field: Field) -> bool:
    return type_of(field).kind_of(field) is Kind.NUMBER


def totals(fields: Sequence[Field], row: Sequence[Any]) -> dict[str, Any]:
    """As `schemas.records.TotalsShape` says, of a row as `queries.totalled` gives it."""
    parts = zip(fields, range(1, len(row), 4), strict=True)
    return {
        "records": row[0],
        "fields_": [_total(field, *row[place : place + 4]) for field, place in parts],
    }


def _total(field: Field, filled: int, total: Any, least: Any, greatest: Any) -> dict[str, Any]:
    return {
        "key": field.key,
        "filled": filled,
        "sum": _text(total),
        "average": _text(_average(total, filled)),
        "least": _text(least),
        "greatest": _text(greatest),
    }


def _average(total: Any, filled: int) -> Decimal | None:
    """To two places, or to as many as the summands have."""
    if not filled:
        return None
    exact = Decimal(total)
    places = max(_LEAST_PLACES, -int(exact.as_tuple().exponent))
    return (exact / filled).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _text(number: Any) -> str | None:
    return None if number is None else format(Decimal(number), "f")

"""The functions, each with the kinds it takes and gives. A new one stands here and nowhere else.

The browser has the same ones (`agent_ui/src/shared/expressions`), held to these by the cases of
`tests/unit/expressions/cases.json`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from callcenter.expressions.values import ORDERED, Kind, Value

LONGEST_TEXT = 2_000
MOST_PLACES = 6
_DAY = frozenset({Kind.DATE, Kind.DATETIME})
_ANY = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Function:
    """
    takes      kinds of each argument; the last one stands for all that follow when `many`
    least      how many arguments there must be
    gives      kind of the result, None: that of its arguments, which must be one
    work       with values of those kinds, none of them nothing unless `of_nothing`
    """

    takes: tuple[frozenset[Kind], ...]
    gives: Kind | None
    work: Callable[..., Value]
    least: int
    many: bool = False
    of_nothing: bool = False

    def most(self) -> int | None:
        return None if self.many else len(self.takes)

    def kinds_at(self, index: int) -> frozenset[Kind]:
        return self.takes[min(index, len(self.takes) - 1)]


def _of(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


def rounded(number: Decimal, places: Decimal = Decimal(0)) -> Decimal:
    """Half goes away from zero, as people round."""
    unit = Decimal(1).scaleb(-max(0, min(MOST_PLACES, int(places))))
    return number.quantize(unit, ROUND_HALF_UP)


def _whole(mode: str) -> Callable[[Decimal], Decimal]:
    return lambda number: number.to_integral_value(mode)


def _left(text: str, count: Decimal) -> str:
    return text[: max(0, int(count))]


def _right(text: str, count: Decimal) -> str:
    return text[max(0, len(text) - max(0, int(count))) :]


def _days(start: Any, end: Any) -> Decimal:
    """Whole days from one to the other; of moments, days of 24 hours."""
    if isinstance(start, datetime) != isinstance(end, datetime):
        start, end = _day_of(start), _day_of(end)
    return Decimal((end - start) // timedelta(days=1))


def _day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _spent(unit: timedelta) -> Callable[[datetime, datetime], Decimal]:
    return lambda start, end: Decimal((end - start) // unit)


def _add_days(day: Any, count: Decimal) -> Any:
    try:
        return day + timedelta(days=int(count))
    except OverflowError:
        return None


def _number(text: str) -> Decimal | None:
    cleaned = text.strip().replace(",", "")
    plain = cleaned.removeprefix("-").replace(".", "", 1)
    return Decimal(cleaned) if plain.isascii() and plain.isdigit() else None


def text_of(value: Value) -> str:
    """As it is written in an expression."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value or ""


def _if(condition: Value, then: Value, otherwise: Value = None) -> Value:
    return then if condition is True else otherwise


def _first(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _joined(*values: Value) -> str:
    return "".join(map(text_of, values))[:LONGEST_TEXT]


_NUMBER, _TEXT, _DATETIME = _of(Kind.NUMBER), _of(Kind.TEXT), _of(Kind.DATETIME)


def _reckoned(*takes: frozenset[Kind], work: Callable[..., Value], least: int = 0) -> Function:
    return Function(takes, Kind.NUMBER, work, least or len(takes))


def _least(*values: Any) -> Any:
    return min(values)


def _greatest(*values: Any) -> Any:
    return max(values)


FUNCTIONS: dict[str, Function] = {
    "round": _reckoned(_NUMBER, _NUMBER, work=rounded, least=1),
    "floor": _reckoned(_NUMBER, work=_whole(ROUND_FLOOR)),
    "ceil": _reckoned(_NUMBER, work=_whole(ROUND_CEILING)),
    "abs": _reckoned(_NUMBER, work=abs),
    "min": Function((ORDERED,), None, _least, 1, many=True),
    "max": Function((ORDERED,), None, _greatest, 1, many=True),
    "number": _reckoned(_TEXT, work=_number),
    "length": _reckoned(_TEXT, work=lambda text: Decimal(len(text))),
    "text": Function((_ANY,), Kind.TEXT, text_of, 1),
    "concat": Function((_ANY,), Kind.TEXT, _joined, 1, many=True, of_nothing=True),
    "upper": Function((_TEXT,), Kind.TEXT, str.upper, 1),
    "lower": Function((_TEXT,), Kind.TEXT, str.lower, 1),
    "trim": Function((_TEXT,), Kind.TEXT, str.strip, 1),
    "left": Function((_TEXT, _NUMBER), Kind.TEXT, _left, 2),
    "right": Function((_TEXT, _NUMBER), Kind.TEXT, _right, 2),
    "contains": Function((_TEXT, _TEXT), Kind.BOOLEAN, lambda text, part: part in text, 2),
    "empty": Function((_ANY,), Kind.BOOLEAN, lambda v: v is None, 1, of_nothing=True),
    "coalesce": Function((_ANY,), None, _first, 1, many=True, of_nothing=True),
    "if": Function((_of(Kind.BOOLEAN), _ANY, _ANY), None, _if, 2, of_nothing=True),
    "days": _reckoned(_DAY, _DAY, work=_days),
    "hours": _reckoned(_DATETIME, _DATETIME, work=_spent(timedelta(hours=1))),
    "minutes": _reckoned(_DATETIME, _DATETIME, work=_spent(timedelta(minutes=1))),
    "add_days": Function((_DAY, _NUMBER), None, _add_days, 2),
    "year": _reckoned(_of(Kind.DATE), work=lambda day: Decimal(day.year)),
    "month": _reckoned(_of(Kind.DATE), work=lambda day: Decimal(day.month)),
    "day": _reckoned(_of(Kind.DATE), work=lambda day: Decimal(day.day)),
}


def one_kind(name: str) -> Sequence[int] | None:
    """Of a function that gives what its arguments are: which of them; None stands for all."""
    return {"if": (1, 2), "add_days": (0,)}.get(name)

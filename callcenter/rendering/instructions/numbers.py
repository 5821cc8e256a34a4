"""Numbers: written, reckoned from texts, and drawn by lot. Pure, but for the lot."""

import random as chance
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

from jinja2.sandbox import safe_range

from callcenter.rendering.errors import Refused
from callcenter.rendering.instructions.base import Group, filter_, function
from callcenter.rendering.instructions.dates import shortened

_MOST_PLACES = 9
_MOST_DIGITS = 30
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_EXACTLY = Context(prec=3 * _MOST_DIGITS)
_MOST_PAID = Decimal(10) ** 16


@filter_(Group.NUMBERS)
def number(value: Any, places: int | None = None) -> str:
    """With commas; places: as many decimals, else as many as it has.

    {{ record.total | number(2) }} → 12,345.50

    Refused for what is no number.
    """
    if value is None:
        return ""
    exact = _exact(value)
    if places is None:
        return f"{exact:,f}"
    return f"{_rounded(exact, places):,f}"


@filter_(Group.NUMBERS)
def money(value: Any, currency: str = "¥", places: int = 2) -> str:
    """An amount with its currency before it.

    {{ record.total | money }} → ¥12,345.50

    Refused for what is no number.
    """
    if value is None:
        return ""
    amount = _rounded(_exact(value), places)
    return f"{'-' if amount < 0 else ''}{currency}{amount.copy_abs():,f}"


@filter_(Group.NUMBERS)
def percent(value: Any, places: int = 0) -> str:
    """A share of one as hundredths.

    {{ 0.256 | percent(1) }} → 25.6%

    Refused for what is no number.
    """
    if value is None:
        return ""
    return f"{_rounded(_EXACTLY.multiply(_exact(value), Decimal(100)), places):,f}%"


@filter_(Group.NUMBERS)
def chinese_amount(value: Any) -> str:
    """An amount of yuan in the capital figures of bills.

    {{ record.total | chinese_amount }} → 人民币壹万贰仟叁佰肆拾伍元伍角整

    Refused for what is no number, and from ten quadrillion yuan.
    """
    if value is None:
        return ""
    amount = _rounded(_exact(value), 2)
    if abs(amount) >= _MOST_PAID:
        raise Refused("instruction.no_number", {"value": shortened(value)})
    whole = int(abs(amount) * 100)
    yuan, jiao, fen = whole // 100, whole // 10 % 10, whole % 10
    said = f"{_in_capitals(yuan)}元" if yuan or not whole else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        said += "零"
    said += f"{_DIGITS[fen]}分" if fen else "整"
    return f"人民币{'负' if amount < 0 else ''}{said}"


@filter_(Group.NUMBERS)
def to_number(value: Any) -> Decimal | None:
    """The number that a text says; commas are passed over.

    {{ '1,234.5' | to_number + 1 }} → 1235.5

    Refused for what says no number.
    """
    return None if value is None else _exact(value)


@function(Group.NUMBERS)
def range_(*bounds: int) -> range:
    """Whole numbers in their order, to be gone through: up to an end, or from a start, or in steps.

    {% for n in range(1, 4) %}{{ n }}{% endfor %} → 123

    Refused for more than 100,000 numbers.
    """
    return safe_range(*bounds)


@function(Group.NUMBERS, "cinRandom")
def random(length: Any = 6) -> str:
    """So many digits by lot. Whoever wants to can guess them: no password, no secret code.

    {{ random(4) | length }} → 4

    Refused for more than 30 digits.
    """
    if not isinstance(length, int) or not 1 <= length <= _MOST_DIGITS:
        raise Refused("instruction.argument", {"argument": "length"})
    return "".join(chance.choices("0123456789", k=length))  # noqa: S311


@function(Group.NUMBERS, "cinRandom")
def random_number(least: Any, most: Any) -> int:
    """A whole number by lot, both ends among them. No secret.

    {{ random_number(7, 7) }} → 7

    Refused where the least is above the most.
    """
    whole = isinstance(least, int) and isinstance(most, int)
    if not whole or least > most or most - least > 10**_MOST_DIGITS:
        raise Refused("instruction.argument", {"argument": "most"})
    return chance.randint(least, most)  # noqa: S311


@function(Group.NUMBERS, "cinRandom")
def random_of(values: Any) -> Any:
    """One of several values, by lot. No secret.

    {{ random_of(['A']) }} → A

    Refused where there is none.
    """
    if not isinstance(values, list | tuple) or not values:
        raise Refused("instruction.argument", {"argument": "values"})
    return chance.choice(values)  # noqa: S311


def _exact(value: Any) -> Decimal:
    """Raises Refused."""
    if isinstance(value, str) and len(value) <= _MOST_DIGITS:
        value = value.replace(",", "").strip()
    elif isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Refused("instruction.no_number", {"value": shortened(value)})
    try:
        exact = Decimal(str(value))
    except (InvalidOperation, ValueError):
        exact = Decimal("nan")
    # What is written with an exponent would be as long as it says.
    if not exact.is_finite() or abs(exact.adjusted()) > _MOST_DIGITS:
        raise Refused("instruction.no_number", {"value": shortened(value)})
    return exact


def _rounded(exact: Decimal, places: Any) -> Decimal:
    """Halves away from nought, as bills are made out; no nought is below nought."""
    unit = Decimal(1).scaleb(-_within(places))
    rounded = exact.quantize(unit, ROUND_HALF_UP, _EXACTLY)
    return rounded or rounded.copy_abs()


def _within(places: Any) -> int:
    if isinstance(places, bool) or not isinstance(places, int):
        raise Refused("instruction.argument", {"argument": "places"})
    return min(max(places, 0), _MOST_PLACES)


def _in_capitals(whole: int) -> str:
    """`10203` → `壹万零贰佰零叁`."""
    if whole == 0:
        return _DIGITS[0]
    groups = []
    while whole:
        whole, group = divmod(whole, 10_000)
        groups.append(group)
    said, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if group == 0:
            gap = bool(said)
            continue
        if said and (gap or group < 1000):
            said += _DIGITS[0]
        said += _group(group) + _GROUPS[place]
        gap = False
    return said


def _group(group: int) -> str:
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            said += (_DIGITS[0] if gap and said else "") + _DIGITS[digit] + _UNITS[place]
            gap = False
        else:
            gap = True
    return said

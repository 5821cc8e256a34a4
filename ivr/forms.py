"""Amounts of money, days and times of day in words, each word one recorded clip. Pure.

What is none of them gives None, and is then read out digit by digit.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from ivr.expressions import Value
from ivr.model import Form
from ivr.numerals import LARGEST, decimal, digits, number

# fmt: off
_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]
_ORDINALS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
]
# fmt: on
_HALVES = ("a m", "p m")
_WORDS: dict[tuple[Form, str], frozenset[str]] = {
    (Form.MONEY, "zh-CN"): frozenset("负元角分零"),
    (Form.MONEY, "en"): frozenset({"minus", "yuan", "fen", "and"}),
    (Form.DATE, "zh-CN"): frozenset("年月日"),
    (Form.DATE, "en"): frozenset({*_MONTHS, *_ORDINALS, "thirtieth", "twenty", "thirty"}),
    (Form.TIME, "zh-CN"): frozenset("点整分"),
    (Form.TIME, "en"): frozenset({*_HALVES, "oh"}),
}


def words_of(form: Form, language: str) -> frozenset[str]:
    """What the form says beside the words of digits and numbers."""
    return _WORDS.get((form, language), frozenset())


def spoken(value: Value, form: Form, language: str) -> list[str] | None:
    """The words in order; None for what is not of this form."""
    match form:
        case Form.NUMBER:
            amount = _decimal(value)
            return None if amount is None else decimal(amount, language)
        case Form.MONEY:
            amount = _decimal(value)
            return None if amount is None else _MONEY[language](amount)
        case Form.DATE:
            day = _day(str(value))
            return None if day is None else _DATE[language](day)
        case Form.TIME:
            moment = _time(str(value))
            return None if moment is None else _TIME[language](moment)
        case Form.DIGITS:
            return None


def _decimal(value: Value) -> Decimal | None:
    text = str(value)
    if not text.isascii() or len(text) > 20:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) <= LARGEST else None


def _day(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%Y%m%d"):
        try:
            return datetime.strptime(text[:10], form).date()  # noqa: DTZ007 (a day, no moment)
        except ValueError:
            continue
    return None


def _time(text: str) -> time | None:
    for form in ("%H:%M", "%H:%M:%S", "%H%M"):
        try:
            return datetime.strptime(text, form).time()  # noqa: DTZ007 (a time of any day)
        except ValueError:
            continue
    return None


def _cents(amount: Decimal) -> tuple[int, int]:
    return divmod(int((abs(amount) * 100).to_integral_value()), 100)


def _chinese_money(amount: Decimal) -> list[str]:
    yuan, cents = _cents(amount)
    jiao, fen = divmod(cents, 10)
    words = ["负"] if amount < 0 else []
    if yuan or not cents:
        words += [*number(yuan, "zh-CN"), "元"]
    if jiao:
        words += [*number(jiao, "zh-CN"), "角"]
    elif fen and yuan:
        words.append("零")
    return [*words, *number(fen, "zh-CN"), "分"] if fen else words


def _english_money(amount: Decimal) -> list[str]:
    yuan, cents = _cents(amount)
    words = ["minus"] if amount < 0 else []
    if yuan or not cents:
        words += [*number(yuan, "en"), "yuan", *(["and"] if cents else [])]
    return [*words, *number(cents, "en"), "fen"] if cents else words


def _chinese_date(day: date) -> list[str]:
    year = digits(str(day.year), "zh-CN")
    return [*year, "年", *number(day.month, "zh-CN"), "月", *number(day.day, "zh-CN"), "日"]


def _english_date(day: date) -> list[str]:
    return [_MONTHS[day.month - 1], *_ordinal(day.day), *number(day.year, "en")]


def _ordinal(value: int) -> list[str]:
    if value <= 20:
        return [_ORDINALS[value - 1]]
    if value == 30:
        return ["thirtieth"]
    return ["twenty" if value < 30 else "thirty", _ORDINALS[value % 10 - 1]]


def _chinese_time(moment: time) -> list[str]:
    hour = [*number(moment.hour, "zh-CN"), "点"]
    if not moment.minute:
        return [*hour, "整"]
    nought = ["零"] if moment.minute < 10 else []
    return [*hour, *nought, *number(moment.minute, "zh-CN"), "分"]


def _english_time(moment: time) -> list[str]:
    hour = number(moment.hour % 12 or 12, "en")
    minute = number(moment.minute, "en") if moment.minute else []
    nought = ["oh"] if 0 < moment.minute < 10 else []
    return [*hour, *nought, *minute, _HALVES[moment.hour >= 12]]


_MONEY: dict[str, Callable[[Decimal], list[str]]] = {
    "zh-CN": _chinese_money,
    "en": _english_money,
}
_DATE: dict[str, Callable[[date], list[str]]] = {"zh-CN": _chinese_date, "en": _english_date}
_TIME: dict[str, Callable[[time], list[str]]] = {"zh-CN": _chinese_time, "en": _english_time}

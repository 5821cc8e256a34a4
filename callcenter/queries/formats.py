"""What a column's format makes of a value: words for people, a cell for a spreadsheet. Pure.

The one place of it: pages, previews, paper, files and templates all say the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.core.i18n import caption
from callcenter.objects.sheets import Written
from callcenter.objects.types.boolean import NO, YES
from callcenter.objects.types.money import SIGNS, amount
from callcenter.queries.answers import DAYS, MOMENTS, NUMBERS, Answer, Column, Row

_OF_TYPE: Mapping[str, str] = {"boolean": "yes_no", "money": "money"}
"""What a type that says it is shown by where no format is chosen."""

_SIZES = ("B", "KB", "MB", "GB", "TB")
_KILO, _TEN = 1024, 10
_HOUR, _MINUTE = 3600, 60
_DIGITS = 40
"""Of a number that is written out; what has more is no number that anybody reads."""

_CODES: Mapping[str, str] = {
    "bytes": '#,##0" B"', "date": "yyyy-mm-dd", "decimal": "#,##0.00", "duration": "[h]:mm:ss",
    "integer": "#,##0", "month": "yyyy-mm", "percent": "0.0%", "time": "hh:mm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever reads: in which language, and by which clock."""

    locale: str
    zone: ZoneInfo


def words(column: Column, value: Any, reader: Reader) -> str | None:
    """None where nothing is said of it: there is no format, or none that fits the value."""
    says = _WORDS.get(_form(column))
    if says is None or value is None or column.mask:
        return None
    try:
        return says(column, value, reader)
    except (ValueError, ArithmeticError):
        return None


def worded(answer: Answer, reader: Reader) -> Answer:
    """With the words of all formats, beside those that fields have."""
    formed = [column for column in answer.columns if _form(column) and not column.mask]
    if not formed:
        return answer
    sums = {column.key: words(column, answer.sums.get(column.key), reader) for column in formed}
    return replace(
        answer,
        rows=[_said(row, formed, reader) for row in answer.rows],
        sum_texts={key: text for key, text in sums.items() if text is not None},
    )


def _said(row: Row, formed: Sequence[Column], reader: Reader) -> Row:
    texts = {
        column.key: text
        for column in formed
        if (column.format or column.key not in row.texts)
        and (text := words(column, row.values.get(column.key), reader)) is not None
    }
    return replace(row, texts={**row.texts, **texts}) if texts else row


def cell(column: Column, row: Row, reader: Reader) -> Written:
    """As people read it; what a spreadsheet can reckon with, as it is."""
    value = row.values.get(column.key)
    if value is None or column.mask:
        return value
    try:
        found = _reckoned(column, value, reader)
    except (ValueError, ArithmeticError):
        found = None
    if found is not None:
        return found
    said = words(column, value, reader)
    return (said if column.format else None) or row.texts.get(column.key) or said or str(value)


def code(column: Column) -> str | None:
    """How a spreadsheet shows the cells of a column; None: as it likes."""
    form = _form(column)
    if column.mask or form != "money":
        return None if column.mask else _CODES.get(form)
    digits = f"0.{'0' * column.places}" if column.places else "0"
    return f'"{_sign(column)}"#,##{digits}'


def _reckoned(column: Column, value: Any, reader: Reader) -> Written:
    """None of what is no number, day or moment. Raises ValueError, ArithmeticError."""
    if column.format == "yes_no" or isinstance(value, bool):
        return None
    if column.type in MOMENTS:
        return _moved(_moment(value, reader.zone), column.format)
    if column.type in DAYS:
        return date.fromisoformat(str(value))
    if column.type not in NUMBERS:
        return value if isinstance(value, int) else None
    number = value if isinstance(value, int) else _number(value)
    return timedelta(seconds=float(number)) if column.format == "duration" else number


def _moved(moment: datetime, form: str) -> Written:
    if form in ("date", "month"):
        return moment.date()
    return moment.time() if form == "time" else moment


def _form(column: Column) -> str:
    return column.format or _OF_TYPE.get(column.type, "")


def _sign(column: Column) -> str:
    """A currency's; that of the first where a column is of no field with one."""
    return column.sign or next(iter(SIGNS.values()))


def _number(value: Any) -> Decimal:
    """Raises ValueError: it is none, or longer than anybody reads."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(value) from None
    # No spreadsheet has a number for what is not finite, and none opens a file with one.
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise ValueError(value)
    return number


def _rounded(value: Any, places: int) -> Decimal:
    """Halves away from nought, as bills are made out; no nought is below nought."""
    number = _number(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return number or abs(number)


def _moment(value: Any, zone: ZoneInfo) -> datetime:
    """Where the enterprise is; without a zone it was reckoned there, not where this machine is."""
    moment = datetime.fromisoformat(str(value))
    return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment


def _money(column: Column, value: Any, _reader: Reader) -> str:
    return amount(_sign(column), _rounded(value, column.places), column.places)


def _percent(_column: Column, value: Any, _reader: Reader) -> str:
    return f"{_rounded(_number(value) * 100, 1):,f}%"


def _duration(_column: Column, value: Any, _reader: Reader) -> str:
    number = int(_number(value))
    sign, whole = "-" if number < 0 else "", abs(number)
    rest = f"{whole // _MINUTE % _MINUTE:02}:{whole % _MINUTE:02}"
    return f"{sign}{whole // _HOUR}:{rest}" if whole >= _HOUR else f"{sign}{rest}"


def _bytes(_column: Column, value: Any, _reader: Reader) -> str:
    size, unit = _number(value), 0
    while abs(size) >= _KILO and unit < len(_SIZES) - 1:
        size, unit = size / _KILO, unit + 1
    return f"{_rounded(size, 1 if unit and abs(size) < _TEN else 0):f} {_SIZES[unit]}"


def _yes_no(_column: Column, value: Any, reader: Reader) -> str:
    """Raises ValueError: it says neither."""
    said = str(value).strip().casefold()
    if said not in YES | NO:
        said = "true" if _number(value) else "false"
    return caption("value.yes" if said in YES else "value.no", reader.locale)


def _day(column: Column, value: Any, reader: Reader) -> str:
    if column.type in DAYS:
        return date.fromisoformat(str(value)).isoformat()
    return _moment(value, reader.zone).date().isoformat()


def _time(_column: Column, value: Any, reader: Reader) -> str:
    return _moment(value, reader.zone).time().isoformat("minutes")


_WORDS: Mapping[str, Callable[[Column, Any, Reader], str]] = {
    "bytes": _bytes,
    "date": _day,
    "decimal": lambda _column, value, _reader: f"{_rounded(value, 2):,f}",
    "duration": _duration,
    "integer": lambda _column, value, _reader: f"{_rounded(value, 0):,f}",
    "money": _money,
    "month": lambda column, value, reader: _day(column, value, reader)[:7],
    "percent": _percent,
    "plain": lambda _column, value, _reader: f"{_number(value):f}",
    "time": _time,
    "yes_no": _yes_no,
}
FORMATS = ("", *_WORDS)

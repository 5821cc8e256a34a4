"""What a data source answers, for people: values by their kind, numbers masked as everywhere."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from callcenter.core.i18n import LOCALES
from callcenter.core.numbers import BadNumber, parse_number
from callcenter.expressions import Kind, Value
from callcenter.objects.types.base import VEIL
from callcenter.queries.answers import Align, Column, Row, written
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.expert.parts import Problem
from callcenter.queries.expert.telling import undressed
from callcenter.queries.external.values import carried
from callcenter.queries.looks import Looks, taken_along

_NUMBERS = ("integer", "number")
_DAYS = ("date", "datetime", "time")
"""Those that no calendar of ours has come as words."""

_IN_EXPRESSIONS: Mapping[str, Kind] = {
    "boolean": Kind.BOOLEAN, "date": Kind.DATE, "integer": Kind.NUMBER, "number": Kind.NUMBER,
    "text": Kind.TEXT,
}  # fmt: skip
"""What is none of them no expression can use."""


class ForeignTelling:
    """types: kind of each column; phones: those that hold telephone numbers; clear: unmasked ones."""

    def __init__(
        self,
        query: ExpertQuery,
        types: Mapping[str, str],
        phones: frozenset[str],
        area_code: str,
        *,
        clear: bool,
    ) -> None:
        self._query = query
        self._types = {**types, **dict.fromkeys(phones, "phone")}
        self._area_code = area_code
        self._clear = clear
        seen = {key: kind for key, kind in self._kinds().items() if not self._is_masked(key)}
        self._looks = Looks(query, seen)
        self._taken = taken_along(query)
        self.totals = {
            head.key: head.total
            for head in query.heads
            if head.total and seen.get(head.key) is Kind.NUMBER
        }
        """Column → what its values come to: of those that whoever asks sees as they are."""

    @property
    def columns(self) -> list[Column]:
        return [self._column(key) for key in self._shown()]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Row]:
        return [self._row(dict(zip(self._types, row, strict=True))) for row in found]

    def sums(self, found: Sequence[Any]) -> dict[str, Any]:
        """found: in the order of `totals`."""
        return {
            key: None if value is None else written(str(value))
            for key, value in zip(self.totals, found, strict=True)
        }

    def problems(self) -> Iterator[Problem]:
        """What contradicts itself in heads, colours, buttons and the chart."""
        return undressed(
            self._query, self._kinds(), self._types, (), shown=any(True for _ in self._shown())
        )

    def source_of(self, _key: str) -> str | None:
        """No row is of a record of ours."""
        return None

    def _kinds(self) -> dict[str, Kind | None]:
        """In expressions."""
        return {key: _IN_EXPRESSIONS.get(kind) for key, kind in self._types.items()}

    def _shown(self) -> Iterator[str]:
        for key in self._types:
            head = self._query.head.get(key)
            if not (head and head.hidden):
                yield key

    def _sent(self) -> Iterator[str]:
        shown = {*self._shown()}
        return (key for key in self._types if key in shown or key in self._taken)

    def _is_masked(self, key: str) -> bool:
        """For whoever asks, or by the query itself, for everybody."""
        head = self._query.head.get(key)
        return bool(head and head.mask) or (self._types[key] == "phone" and not self._clear)

    def _column(self, key: str) -> Column:
        head, masked = self._query.head.get(key), self._is_masked(key)
        kind = self._types[key]
        shown_as = "text" if masked and kind != "phone" else kind
        return Column(
            key=key,
            label=(head.label if head else None) or dict.fromkeys(LOCALES, key),
            type=shown_as,
            format=head.format if head else "",
            width=head.width if head else 0,
            mask=masked,
            align=Align.END if shown_as in _NUMBERS else Align.START,
            sortable=not masked,
        )

    def _row(self, row: Mapping[str, Any]) -> Row:
        values: dict[str, Any] = {}
        texts: dict[str, str] = {}
        for key in self._sent():
            values[key], words = self._told(key, row[key])
            if words is not None:
                texts[key] = words
        operands = {key: self._operand(key, held) for key, held in row.items()}
        buttons = self._looks.buttons(operands, (), row)
        return Row(values, texts, {}, buttons, self._looks.color(operands))

    def _told(self, key: str, held: Any) -> tuple[Any, str | None]:
        told, kind = carried(held), self._types[key]
        if told is None:
            return None, None
        if kind == "phone":
            return self._number(str(told), masked=self._is_masked(key))
        if self._is_masked(key):
            return VEIL, None
        if kind in _DAYS and isinstance(held, str):
            return None, held
        return told, None

    def _operand(self, key: str, held: Any) -> Value:
        kind = _IN_EXPRESSIONS.get(self._types[key])
        if held is None or kind is None or self._is_masked(key):
            return None
        if kind is Kind.NUMBER:
            number = Decimal(str(held))
            return number if number.is_finite() else None
        if kind is Kind.TEXT:
            return str(carried(held))
        value: Value = None if isinstance(held, str) else held
        return value

    def _number(self, text: str, *, masked: bool) -> tuple[str, str]:
        """As it is dialled, and as it is read; what is no number is shown to who sees numbers."""
        try:
            number = parse_number(text, self._area_code)
        except BadNumber:
            return (VEIL, VEIL) if masked else (text, text)
        if masked:
            return number.mask(), number.mask()
        return number.national, number.show()

"""What a data source answers, for people: values by their kind, numbers masked as everywhere."""

from collections.abc import Mapping, Sequence
from typing import Any

from callcenter.core.i18n import LOCALES
from callcenter.core.numbers import BadNumber, parse_number
from callcenter.objects.types.base import VEIL
from callcenter.queries.answers import Align, Column, Row
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.external.values import carried

_NUMBERS = ("integer", "number")
_DAYS = ("date", "datetime", "time")
"""Those that no calendar of ours has come as words."""


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

    @property
    def columns(self) -> list[Column]:
        return [self._column(key, kind) for key, kind in self._types.items()]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Row]:
        return [self._row(row) for row in found]

    def source_of(self, _key: str) -> str | None:
        """No row is of a record of ours."""
        return None

    def _column(self, key: str, kind: str) -> Column:
        head = self._query.head.get(key)
        return Column(
            key=key,
            label=(head.label if head else None) or dict.fromkeys(LOCALES, key),
            type=kind,
            format=head.format if head else "",
            width=head.width if head else 0,
            mask=kind == "phone" and not self._clear,
            align=Align.END if kind in _NUMBERS else Align.START,
        )

    def _row(self, row: Sequence[Any]) -> Row:
        values: dict[str, Any] = {}
        texts: dict[str, str] = {}
        for (key, kind), value in zip(self._types.items(), row, strict=True):
            values[key] = told = carried(value)
            if kind == "phone" and told is not None:
                values[key], texts[key] = self._number(str(told))
            elif kind in _DAYS and isinstance(value, str):
                values[key], texts[key] = None, value
        return Row(values, texts)

    def _number(self, text: str) -> tuple[str, str]:
        """As it is dialled, and as it is read; what is no number is shown to who sees numbers."""
        try:
            number = parse_number(text, self._area_code)
        except BadNumber:
            return (text, text) if self._clear else (VEIL, VEIL)
        if not self._clear:
            return number.mask(), number.mask()
        return number.national, number.show()

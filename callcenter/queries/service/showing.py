"""Rows as whoever asked may see them: masked, with the names behind ids, coloured, with buttons."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from callcenter.expressions import Kind, Value, evaluate
from callcenter.objects.access import access
from callcenter.objects.service.presenting import Presenter, locale_of, unmasked
from callcenter.objects.service.seeing import is_masked, said, shown
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field
from callcenter.objects.types.base import Showing as Names
from callcenter.queries.answers import NUMBERS, Align, Column, Origin, Row, written
from callcenter.queries.checking import sortable
from callcenter.queries.columns import Columns, Known
from callcenter.queries.document import Query
from callcenter.queries.looks import Looks, taken_along
from callcenter.queries.sources import Sources


class Showing:
    def __init__(
        self,
        session: Session,
        presenter: Presenter,
        query: Query,
        sources: Sources,
        columns: Columns,
        role: str | None,
    ) -> None:
        self._session = session
        self._presenter = presenter
        self._query = query
        self._sources = sources
        self._columns = columns
        self._role = role
        nobody = Names(locale_of(session), unmasked(session), {}, {}, {})
        self._masked = {key for key, known in columns.items() if self._is_masked(known, nobody)}
        clear = {key: known.kind for key, known in columns.items() if key not in self._masked}
        self._looks = Looks(query, clear)
        self._taken = taken_along(query)

    @property
    def columns(self) -> list[Column]:
        return [self._column(known) for known in self._shown()]

    def source_of(self, key: str) -> str | None:
        """The source with the record that a column is of."""
        return self._columns[key].shown.source

    def rows(self, rows: Sequence[Any]) -> list[Row]:
        held = [{key: self._held(known, row) for key, known in self._stored()} for row in rows]
        names = self._names(held)
        return [self._row(row, each, names) for row, each in zip(rows, held, strict=True)]

    def _shown(self) -> list[Known]:
        return [known for known in self._columns.values() if not known.shown.hidden]

    def _sent(self) -> list[tuple[str, Known]]:
        return [
            (key, known)
            for key, known in self._columns.items()
            if not known.shown.hidden or key in self._taken
        ]

    def _stored(self) -> list[tuple[str, Known]]:
        return [(key, known) for key, known in self._columns.items() if known.node is None]

    @staticmethod
    def _held(known: Known, row: Any) -> Any:
        value = row._mapping[f"c_{known.shown.key}"]  # noqa: SLF001 - its public name
        if _is_reckoned(known) or known.shown.by or known.field is None or value is None:
            return value
        # What lies in `extra` with its kind comes as it is stored.
        stored = isinstance(value, dict | list)
        return type_of(known.field).hold(value) if stored else value

    def _row(self, row: Any, held: Mapping[str, Any], names: Mapping[str, Names]) -> Row:
        operands = {
            key: None if key in self._masked else _operand(known, held[key])
            for key, known in self._stored()
        }
        for key, known in self._columns.items():
            if known.node is not None:
                operands[key] = evaluate(known.node, operands)
        values, texts = {}, {}
        for key, known in self._sent():
            if known.node is not None:
                values[key] = _json(operands[key])
                continue
            values[key], words = self._told(known, held[key], names)
            if words is not None:
                texts[key] = words
        records = self._records(row)
        return Row(
            values, texts, records,
            self._looks.buttons(operands, records, held),
            self._looks.color(operands),
        )  # fmt: skip

    def _told(self, known: Known, held: Any, names: Mapping[str, Names]) -> tuple[Any, str | None]:
        if held is None:
            return None, None
        if known.field is None or _is_reckoned(known):
            return _reckoned(known, held), None
        field, kind = known.field, type_of(known.field)
        if known.shown.mask or (known.shown.by and known.shown.key in self._masked):
            veil = kind.veil(held)
            return veil, veil
        if known.shown.by:
            return _json(held), None
        showing = names[known.shown.source]
        return shown(field, held, showing, self._role), said(field, held, showing, self._role)

    def _names(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Names]:
        """By source: what showing its values takes."""
        found: dict[str, Names] = {}
        for key, source in self._sources.items():
            known = [
                each for _, each in self._stored()
                if each.field is not None and each.shown.source == key and not _is_reckoned(each)
                and not each.shown.by
            ]  # fmt: skip
            fields = {each.field.key: each.field for each in known if each.field}
            definition = replace(source.definition, fields=tuple(fields.values()))
            values = [
                {each.field.key: row[each.shown.key]}
                for row in rows for each in known if each.field
            ]  # fmt: skip
            found[key] = self._presenter.showing(self._session, definition, values)
        return found

    def _records(self, row: Any) -> Mapping[str, Origin]:
        if self._query.grouped:
            return {}
        cells = row._mapping  # noqa: SLF001 - its public name
        return {
            key: Origin(source.definition.identifier, cells[f"r_{key}"])
            for key, source in self._sources.items()
            if cells.get(f"r_{key}") is not None
        }

    def _is_masked(self, known: Known, showing: Names) -> bool:
        if known.field is None or _is_reckoned(known):
            return False
        return known.shown.mask or is_masked(known.field, showing, self._role)

    def _column(self, known: Known) -> Column:
        shown, field = known.shown, known.field
        masked = shown.key in self._masked
        clear = field is None or access(field, self._role).is_clear
        own = field is not None and not _is_reckoned(known) and not shown.by
        return Column(
            key=shown.key,
            label=shown.label,
            type=known.type,
            format=shown.format,
            width=shown.width,
            mask=masked,
            align=Align.END if known.type in NUMBERS else Align.START,
            sortable=sortable(known) and clear and not masked,
            link=shown.source if shown.link and not self._query.grouped else None,
            object=self._sources[shown.source].definition.identifier if own else None,
            field=field.key if own and field else None,
            sign=self._sign(known),
            places=_places(field) if field and field.type == "money" else 2,
        )

    def _sign(self, known: Known) -> str:
        """Of an expression: that of what it reckons with, if it is one."""
        if known.field is not None:
            return type_of(known.field).sign(known.field) or ""
        needed = (self._columns[key] for key in known.needs if key in self._columns)
        signs = {self._sign(each) for each in needed} - {""}
        return signs.pop() if len(signs) == 1 else ""


def sums(columns: Columns, row: Sequence[Any]) -> dict[str, Any]:
    """What columns come to, of a row as `Statement.summed` gives it."""
    asked = [known for known in columns.values() if known.node is None and known.shown.total]
    return {
        known.shown.key: None if value is None else _written(value, known.field)
        for known, value in zip(asked, row, strict=True)
    }


def _is_reckoned(known: Known) -> bool:
    """Whether it is a number of its own, not a value of its field."""
    return known.shown.aggregate in ("count", "distinct", "sum", "average")


def _reckoned(known: Known, value: Any) -> Any:
    return value if isinstance(value, int) else _written(value, known.field)


def _written(value: Any, field: Field | None) -> str:
    return written(value, _places(field) if field else None)


def _places(field: Field) -> int:
    return int(field.setting("places", 2))


def _operand(known: Known, held: Any) -> Value:
    if held is None or known.kind is None:
        return None
    if known.kind is Kind.NUMBER and not isinstance(held, bool):
        return Decimal(held)
    if known.field is None or known.shown.by:
        value: Value = held
        return value
    return type_of(known.field).operand(held)


def _json(value: Value) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value

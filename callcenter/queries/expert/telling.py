"""What an expert query answers, for people: a field's values as everywhere, others by their kind."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from callcenter.core.i18n import LOCALES
from callcenter.expressions import Kind, Value
from callcenter.objects import rules
from callcenter.objects.service.presenting import Presenter, role_of
from callcenter.objects.service.seeing import said, shown
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import VEIL, Field, Showing
from callcenter.queries import looks
from callcenter.queries.answers import NUMBERS, Align, Column, Origin, Row, written
from callcenter.queries.columns import kind_of
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.expert.parts import Problem
from callcenter.queries.expert.relations import Visible
from callcenter.queries.expert.scopes import ID
from callcenter.queries.expert.statement import Checked
from callcenter.queries.looks import Looks, taken_along

KINDS: Mapping[int, str] = {
    16: "boolean", 20: "integer", 21: "integer", 23: "integer", 700: "number", 701: "number",
    1082: "date", 1083: "time", 1114: "datetime", 1184: "datetime", 1700: "number",
}  # fmt: skip
"""PostgreSQL's numbers of types → the kinds that a page shows; whatever else is text."""

_TEXTS = (18, 19, 25, 1042, 1043)
"""PostgreSQL's numbers of types that are text."""

_IN_EXPRESSIONS: Mapping[int, Kind] = {
    **dict.fromkeys(_TEXTS, Kind.TEXT),
    **{
        number: Kind(kind)
        for number, kind in KINDS.items()
        if kind in ("boolean", "number", "date")
    },
    **dict.fromkeys((20, 21, 23), Kind.NUMBER),
    1184: Kind.DATETIME,
}
"""What is none of them no expression can use, as a moment that is nowhere."""


class Telling:
    """types: PostgreSQL's numbers of them, one a column."""

    def __init__(
        self,
        session: Session,
        presenter: Presenter,
        query: ExpertQuery,
        checked: Checked,
        objects: Mapping[str, Visible],
        types: Sequence[int],
    ) -> None:
        self._session = session
        self._presenter = presenter
        self._query = query
        self._checked = checked
        self._objects = objects
        self._role = role_of(session)
        self._keys = [*checked.columns]
        self._types = dict(zip(self._keys, types, strict=True))
        self._records = {
            key: origin for key, origin in checked.columns.items() if origin and origin.column == ID
        }
        # The first record of a row is what the row itself opens.
        first = next(iter(self._records), None)
        self._sources = {key: "" if key == first else key for key in self._records}
        clear = {key for key in self._keys if not self._is_masked(key) and not self._is_veiled(key)}
        self._looks = Looks(query, {key: self._kind(key) for key in clear})
        self._taken = taken_along(query)
        self._totals = {
            head.key: head.total
            for head in query.heads
            if head.total and head.key in clear and self._kind(head.key) is Kind.NUMBER
        }

    @property
    def columns(self) -> list[Column]:
        """Ids are not shown: they say which record a row is of, and its name leads there."""
        return [self._column(key) for key in self._shown()]

    @property
    def totals(self) -> Mapping[str, str]:
        """Column → what its values come to: of those that whoever asks sees as they are."""
        return self._totals

    def sums(self, found: Sequence[Any]) -> dict[str, Any]:
        """found: in the order of `totals`."""
        return {
            key: None if value is None else written(value, self._places(key))
            for key, value in zip(self._totals, found, strict=True)
        }

    def problems(self) -> Iterator[Problem]:
        """What contradicts itself in heads, colours, buttons and the chart, by what comes out."""
        kinds = {key: self._kind(key) for key in self._keys}
        types = {key: self._type(key) for key in self._keys if key not in self._records}
        shown = any(True for _ in self._shown())
        return undressed(self._query, kinds, types, self._sources.values(), shown=shown)

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Row]:
        rows = [dict(zip(self._keys, row, strict=True)) for row in found]
        names = self._names(rows)
        return [self._row(row, names) for row in rows]

    def _shown(self) -> Iterator[str]:
        for key in self._keys:
            head = self._query.head.get(key)
            if key not in self._records and not (head and head.hidden):
                yield key

    def _sent(self) -> Iterator[str]:
        shown = {*self._shown()}
        return (
            key
            for key in self._keys
            if key in shown or (key in self._taken and key not in self._records)
        )

    def _column(self, key: str) -> Column:
        head, field = self._query.head.get(key), self._field(key)
        origin, masked = self._checked.columns[key], self._is_masked(key)
        label = head.label if head and head.label else field.label if field else {}
        shown_as = "text" if masked else self._type(key)
        veiled = self._is_veiled(key)
        if veiled and shown_as != "phone":
            shown_as = "text"
        return Column(
            key, label or dict.fromkeys(LOCALES, key), shown_as,
            head.format if head else "", head.width if head else 0, masked or veiled,
            Align.END if shown_as in NUMBERS else Align.START,
            not veiled, self._link(key),
            origin.relation if origin and field else None, field.key if field else None,
            (type_of(field).sign(field) or "") if field else "",
            int(field.setting("places", 2)) if field and shown_as == "money" else 2,
        )  # fmt: skip

    def _type(self, key: str) -> str:
        field = self._field(key)
        return _type_of(field) if field else KINDS.get(self._types[key], "text")

    def _kind(self, key: str) -> Kind | None:
        """In expressions."""
        if (field := self._field(key)) is not None:
            return None if masked_type(field) else kind_of(field)
        return None if key in self._records else _IN_EXPRESSIONS.get(self._types[key])

    def _places(self, key: str) -> int | None:
        field = self._field(key)
        return int(field.setting("places", 2)) if field else None

    def _is_veiled(self, key: str) -> bool:
        """Whether the query itself masks it, for everybody."""
        head = self._query.head.get(key)
        return head is not None and head.mask

    def _field(self, key: str) -> Field | None:
        origin = self._checked.columns[key]
        if origin is None or origin.column == ID:
            return None
        return self._objects[origin.relation].fields[origin.column]

    def _is_masked(self, key: str) -> bool:
        origin = self._checked.columns[key]
        return origin is not None and origin.column in self._objects[origin.relation].masked

    def _link(self, key: str) -> str | None:
        """The source with the record that a click opens: that of which it is the name, if nothing is said."""
        origin, head = self._checked.columns[key], self._query.head.get(key)
        if head is not None and head.link is not None:
            first = next(iter(self._sources.values()), None)
            own = self.source_of(key)
            return (first if own is None else own) if head.link else None
        if origin is None or origin.column not in self._objects[origin.relation].definition.naming:
            return None
        return self.source_of(key)

    def source_of(self, key: str) -> str | None:
        """The source with the record that a column is of: of the same table, if its id comes out."""
        origin = self._checked.columns[key]
        if origin is None:
            return None
        found = (
            self._sources[id_key]
            for id_key, each in self._records.items()
            if each.table == origin.table
        )
        return next(found, None)

    def _names(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Showing]:
        """By object: what showing its values takes."""
        found: dict[str, Showing] = {}
        for name in {origin.relation for origin in self._checked.columns.values() if origin}:
            keys = [key for key in self._keys if self._is_of(key, name)]
            fields = {field.key: field for key in keys if (field := self._field(key))}
            definition = replace(self._objects[name].definition, fields=tuple(fields.values()))
            values = [
                {field.key: row[key]} for row in rows for key in keys if (field := self._field(key))
            ]
            found[name] = self._presenter.showing(self._session, definition, values)
        return found

    def _is_of(self, key: str, name: str) -> bool:
        origin = self._checked.columns[key]
        return origin is not None and origin.relation == name and not self._is_masked(key)

    def _row(self, row: Mapping[str, Any], names: Mapping[str, Showing]) -> Row:
        values: dict[str, Any] = {}
        texts: dict[str, str] = {}
        for key in self._sent():
            values[key], words = self._told(key, row[key], names)
            if words is not None:
                texts[key] = words
        records = {
            self._sources[key]: Origin(origin.relation, row[key])
            for key, origin in self._records.items()
            if row[key] is not None
        }
        operands = {key: self._operand(key, held) for key, held in row.items()}
        return Row(
            values, texts, records,
            self._looks.buttons(operands, records, row), self._looks.color(operands),
        )  # fmt: skip

    def _operand(self, key: str, held: Any) -> Value:
        kind = self._kind(key)
        if held is None or kind is None or self._is_masked(key) or self._is_veiled(key):
            return None
        if kind is Kind.NUMBER and not isinstance(held, bool):
            number = Decimal(str(held))
            return number if number.is_finite() else None
        if (field := self._field(key)) is None:
            value: Value = held
            return value
        return type_of(field).operand(self._held(field, held))

    @staticmethod
    def _held(field: Field, held: Any) -> Any:
        return type_of(field).hold(held) if isinstance(held, dict | list) else held

    def _told(self, key: str, held: Any, names: Mapping[str, Showing]) -> tuple[Any, str | None]:
        field = self._field(key)
        if self._is_masked(key):
            return self._veil(key, held), None
        if held is None:
            return None, None
        if self._is_veiled(key):
            veil = type_of(field).veil(self._held(field, held)) if field else VEIL
            return veil, veil
        if field is None:
            return plain(held), None
        origin = self._checked.columns[key]
        assert origin is not None
        value = self._held(field, held)
        showing = names[origin.relation]
        return shown(field, value, showing, self._role), said(field, value, showing, self._role)

    def _veil(self, key: str, held: Any) -> str | None:
        """What is no text comes as nothing; then it is not told whether there was anything."""
        origin = self._checked.columns[key]
        assert origin is not None
        kind = self._objects[origin.relation].relation.columns[origin.column]
        return held if kind == "text" else VEIL


def _type_of(field: Field) -> str:
    """Of a formula the kind of its result: what people and files do with a value depends on it."""
    kind = type_of(field).kind_of(field) if field.type == "formula" else None
    return kind.value if kind else field.type


def plain(value: Any) -> Any:
    """As JSON carries it: numbers exact as text, moments in UTC."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f") if value == value else "NaN"  # noqa: PLR0124
    if isinstance(value, dt.datetime):
        moment = value.astimezone(dt.UTC) if value.tzinfo else value
        return moment.isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def undressed(
    query: ExpertQuery,
    kinds: looks.Kinds,
    types: Mapping[str, str],
    sources: Collection[str],
    *,
    shown: bool,
) -> Iterator[Problem]:
    """What contradicts itself in heads, colours, buttons and the chart.

    types: of the columns that can be shown; sources: whose records rows open; shown: whether any is.
    """
    wrong = [
        *_wrong_heads(query, kinds, types), *looks.colors(query, kinds),
        *looks.buttons(query, kinds, types, sources), *_wrong_chart(query, kinds),
    ]  # fmt: skip
    if not shown:
        wrong.append(rules.Problem("columns", "query.nothing_shown"))
    for each in wrong:
        yield Problem("", 1, 1, 1, each.key, each.parameters, each.path)


def _wrong_heads(
    query: ExpertQuery, kinds: looks.Kinds, types: Mapping[str, str]
) -> Iterator[rules.Problem]:
    for place, head in enumerate(query.heads):
        if head.key not in types:
            yield rules.Problem(f"columns.{place}.key", "query.unknown_column")
        elif head.total and kinds[head.key] is not Kind.NUMBER:
            yield rules.Problem(f"columns.{place}.total", "query.no_number")


def _wrong_chart(query: ExpertQuery, kinds: looks.Kinds) -> Iterator[rules.Problem]:
    if (chart := query.chart) is None:
        return
    if chart.category not in kinds:
        yield rules.Problem("chart.category", "query.unknown_column")
    for place, key in enumerate(chart.values):
        if kinds.get(key) is not Kind.NUMBER:
            yield rules.Problem(f"chart.values.{place}", "query.no_number")

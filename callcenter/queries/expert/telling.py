"""What an expert query answers, for people: a field's values as everywhere, others by their kind."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from callcenter.core.i18n import LOCALES
from callcenter.objects.service.presenting import Presenter, role_of
from callcenter.objects.service.seeing import said, shown
from callcenter.objects.types import type_of
from callcenter.objects.types.base import VEIL, Field, Showing
from callcenter.queries.answers import Align, Column, Origin, Row
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.expert.relations import Visible
from callcenter.queries.expert.scopes import ID
from callcenter.queries.expert.statement import Checked

KINDS: Mapping[int, str] = {
    16: "boolean", 20: "integer", 21: "integer", 23: "integer", 700: "number", 701: "number",
    1082: "date", 1083: "time", 1114: "datetime", 1184: "datetime", 1700: "number",
}  # fmt: skip
"""PostgreSQL's numbers of types → the kinds that a page shows; whatever else is text."""

_NUMBERS = ("integer", "decimal", "money", "number")


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

    @property
    def columns(self) -> list[Column]:
        """Ids are not shown: they say which record a row is of, and its name leads there."""
        return [self._column(key) for key in self._keys if key not in self._records]

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Row]:
        rows = [dict(zip(self._keys, row, strict=True)) for row in found]
        names = self._names(rows)
        return [self._row(row, names) for row in rows]

    def _column(self, key: str) -> Column:
        head, field = self._query.head.get(key), self._field(key)
        origin, kind = self._checked.columns[key], self._types[key]
        label = head.label if head and head.label else field.label if field else {}
        masked = self._is_masked(key)
        shown_as = "text" if masked else _type_of(field) if field else KINDS.get(kind, "text")
        return Column(
            key, label or dict.fromkeys(LOCALES, key), shown_as,
            head.format if head else "", head.width if head else 0, masked,
            Align.END if shown_as in _NUMBERS else Align.START,
            True, self._link(key),
            origin.relation if origin and field else None, field.key if field else None,
        )  # fmt: skip

    def _field(self, key: str) -> Field | None:
        origin = self._checked.columns[key]
        if origin is None or origin.column == ID:
            return None
        return self._objects[origin.relation].fields[origin.column]

    def _is_masked(self, key: str) -> bool:
        origin = self._checked.columns[key]
        return origin is not None and origin.column in self._objects[origin.relation].masked

    def _link(self, key: str) -> str | None:
        """The source with the record that this column is the name of."""
        origin = self._checked.columns[key]
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
        for key, held in row.items():
            if key in self._records:
                continue
            values[key], words = self._told(key, held, names)
            if words is not None:
                texts[key] = words
        records = {
            self._sources[key]: Origin(origin.relation, row[key])
            for key, origin in self._records.items()
            if row[key] is not None
        }
        return Row(values, texts, records)

    def _told(self, key: str, held: Any, names: Mapping[str, Showing]) -> tuple[Any, str | None]:
        field = self._field(key)
        if self._is_masked(key):
            return self._veil(key, held), None
        if held is None:
            return None, None
        if field is None:
            return plain(held), None
        origin = self._checked.columns[key]
        assert origin is not None
        value = type_of(field).hold(held) if isinstance(held, dict | list) else held
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

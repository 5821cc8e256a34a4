"""A query as one statement of SQLAlchemy Core, over parts that are safe already. Pure.

A part is one object's records as a select of its own: of one enterprise, not deleted, within the
reach of whoever asks (`service/running.py`). Whatever is joined, filtered or grouped around parts
cannot see more than they have.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Select,
    Subquery,
    Table,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)

from callcenter.objects import queries as tables
from callcenter.objects.schemas import Definition
from callcenter.objects.types import type_of
from callcenter.objects.types.base import Field
from callcenter.queries.columns import Columns, Known
from callcenter.queries.conditions import Value, tested
from callcenter.queries.document import ROOT, By, Query, Sought
from callcenter.queries.sources import SYSTEM, Source, Sources

COUNTED = 10_000
"""Rows that are counted one by one; of more it is said that there are more."""

Meant = Sequence[tuple[Sought, Field, Sequence[Value | None]]]
"""Conditions that have values, with those."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked of a query this time.

    columns: of those that it has, the ones that whoever asks may have. zone: in which days begin.
    """

    columns: Columns
    zone: str
    conditions: Meant = field(default_factory=tuple)
    having: Meant = field(default_factory=tuple)
    order: Sequence[By] = field(default_factory=tuple)


def part(table: Table, definition: Definition, fields: Iterable[Field]) -> Select[Any]:
    """A source's records that are not deleted, with their id, age and these fields: `f_<key>`."""
    found = [place_of(table, definition, each).label(f"f_{each.key}") for each in fields]
    query = select(table.c.id, table.c.created_at, *found)
    return query.where(table.c.deleted_at.is_(None))


def place_of(table: Table, definition: Definition, of: Field) -> ColumnElement[Any]:
    """Where its values lie, typed as its own column would be."""
    if of.key in SYSTEM and of.key not in definition.by_key:
        system: Column[Any] = table.c[of.key]
        return system
    if definition.has_column(of):
        own: Column[Any] = table.c[tables.column_of(of)]
        return own
    kind = type_of(of).column(of)
    stored = table.c.extra[of.place]
    if of.type == "formula" or kind.python_type in (dict, list):
        return stored
    return cast(stored.astext, kind)


def fields_of(sources: Sources, asking: Asking) -> Mapping[str, Sequence[Field]]:
    """What each part must have, by source."""
    found: dict[str, dict[str, Field]] = {key: {} for key in sources}
    for known in asking.columns.values():
        if known.field is not None:
            found[known.shown.source][known.field.key] = known.field
    for sought, of, _ in asking.conditions:
        found[sought.source][of.key] = of
    for source in sources.values():
        if source.join and source.near:
            found[source.join.of][source.near.key] = source.near
        if source.far:
            found[source.key][source.far.key] = source.far
    return {key: [*fields.values()] for key, fields in found.items()}


class Statement:
    """The select of one asking. parts: of every source that it may join."""

    def __init__(
        self, query: Query, sources: Sources, asking: Asking, parts: Mapping[str, Subquery]
    ) -> None:
        self._query = query
        self._sources = sources
        self._asking = asking
        self._parts = parts

    def page(self, offset: int, most: int) -> Select[Any]:
        return self.all().offset(offset).limit(most)

    def all(self) -> Select[Any]:
        """In order: a column `c_<key>` each, and `r_<source>`, the records that a row is made of."""
        shown = [self._value(each).label(f"c_{key}") for key, each in self._plain().items()]
        records = [] if self._query.grouped else [
            self._parts[key].c.id.label(f"r_{key}") for key in self._joined()
        ]  # fmt: skip
        found = select(*shown, *records).select_from(self._from(self._joined()))
        return self._restricted(found).order_by(*self._order())

    def counted(self) -> Select[Any]:
        """How many rows there are, as far as they are counted."""
        found = select(literal(1)).select_from(self._from(self._needed()))
        few = self._restricted(found).limit(COUNTED + 1).subquery()
        return select(func.count()).select_from(few)

    def uncounted(self) -> Select[Any]:
        """All rows with nothing in them, for an estimate of how many there are."""
        return self._restricted(select(literal(1)).select_from(self._from(self._needed())))

    def summed(self) -> Select[Any] | None:
        """One row with what columns come to, in their order; None where none asks for it."""
        totals = {key: each for key, each in self._plain().items() if each.shown.total}
        if not totals:
            return None
        shown = [self._value(each).label(f"c_{key}") for key, each in totals.items()]
        inner = select(*shown).select_from(self._from(self._needed({*totals})))
        rows = self._restricted(inner).subquery()
        return select(
            *(_TOTALS[each.shown.total](rows.c[f"c_{key}"]) for key, each in totals.items())
        )

    def _plain(self) -> Mapping[str, Known]:
        """Those that the database works out."""
        return {key: each for key, each in self._asking.columns.items() if each.node is None}

    def _value(self, known: Known) -> ColumnElement[Any]:
        shown = known.shown
        if known.field is None:
            return func.count()
        column: ColumnElement[Any] = self._parts[shown.source].c[f"f_{known.field.key}"]
        if shown.aggregate:
            made: ColumnElement[Any] = _AGGREGATES[shown.aggregate](column)
            return made
        return _step(column, known.field, shown.by, self._asking.zone) if shown.by else column

    def _joined(self) -> list[str]:
        return [key for key in self._sources if key in self._parts]

    def _needed(self, columns: Collection[str] = ()) -> list[str]:
        """Sources without which there would be other rows; whom a reference names changes none."""
        wanted = {sought.source for sought, *_ in self._asking.conditions}
        grouped = self._query.grouped
        wanted |= {
            each.shown.source for key, each in self._plain().items() if key in columns or grouped
        }
        wanted |= {key for key, each in self._sources.items()
                   if each.many or (each.join and each.join.must)}  # fmt: skip
        found = {ROOT}
        for key in wanted:
            source: Source | None = self._sources[key]
            while source is not None:
                found.add(source.key)
                source = self._sources[source.join.of] if source.join else None
        return [key for key in self._joined() if key in found]

    def _from(self, keys: Sequence[str]) -> FromClause:
        found: FromClause = self._parts[ROOT]
        for key in keys:
            source = self._sources[key]
            if source.join is None:
                continue
            own, of = self._parts[key], self._parts[source.join.of]
            near = of.c[f"f_{source.near.key}"] if source.near else of.c.id
            far = own.c[f"f_{source.far.key}"] if source.far else own.c.id
            found = found.join(own, near == far, isouter=not source.join.must)
        return found

    def _restricted(self, found: Select[Any]) -> Select[Any]:
        tests = [
            tested(self._parts[sought.source].c[f"f_{of.key}"], of, sought.operator, values)
            for sought, of, values in self._asking.conditions
        ]
        if tests:
            found = found.where(or_(*tests) if self._query.any else and_(*tests))
        if not self._query.grouped:
            return found
        groups = [self._value(each) for each in self._plain().values() if not each.shown.aggregate]
        if groups:
            found = found.group_by(*groups)
        for sought, of, values in self._asking.having:
            value = self._value(self._asking.columns[sought.column])
            found = found.having(tested(value, of, sought.operator, values))
        # All in one group: without a record there is none, as there would be none of several.
        return found if groups else found.having(func.count() > 0)

    def _order(self) -> list[Any]:
        plain = self._plain()
        wanted = [by for by in self._asking.order if by.column in plain]
        order = [_directed(self._value(plain[by.column]), by.descending) for by in wanted]
        if self._query.grouped:
            rest = [each for key, each in plain.items()
                    if not each.shown.aggregate and key not in {by.column for by in wanted}]  # fmt: skip
            return order + [self._value(each) for each in rest]
        # Between equals their age decides, in the same direction, as an index has it.
        descending = wanted[0].descending if wanted else True
        root = self._parts[ROOT].c
        others = [self._parts[key].c.id for key in self._joined() if self._sources[key].many]
        last = [root.created_at, root.id, *others]
        return order + [each.desc() if descending else each.asc() for each in last]


def _directed(column: ColumnElement[Any], descending: bool) -> Any:
    if not descending:
        return column.asc()
    system = column.key in ("f_created_at", "f_updated_at")
    return column.desc() if system else column.desc().nulls_last()


def _step(column: ColumnElement[Any], of: Field, by: str, zone: str) -> ColumnElement[Any]:
    # Written out: as parameters the same step would be two, and what is grouped by not what is shown.
    step: ColumnElement[Any] = literal_column(f"'{by}'")
    here: ColumnElement[Any] = literal_column("'" + zone.replace("'", "''") + "'")
    if by == "hour":
        return func.date_trunc(step, column, here, type_=DateTime(timezone=True))
    local = cast(column, DateTime()) if of.type == "date" else func.timezone(here, column)
    return cast(func.date_trunc(step, local), Date())


_AGGREGATES: Mapping[str, Any] = {
    "count": func.count,
    "distinct": lambda column: func.count(column.distinct()),
    "sum": func.sum,
    "average": func.avg,
    "least": func.min,
    "greatest": func.max,
}

_TOTALS: Mapping[str, Any] = {
    name: _AGGREGATES[name] for name in ("sum", "average", "least", "greatest")
}

"""What a data source has: kept as it was found, for statements to be read and written. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callcenter.queries.expert.parts import Relation
from callcenter.queries.external.lines import ForeignColumn

MOST_TABLES, MOST_COLUMNS = 2_000, 30_000
_OWN_SCHEMA = "public"


@dataclass(frozen=True, slots=True)
class Table:
    """called: as a statement names it. columns: by name, each with its kind."""

    called: str
    schema: str
    name: str
    columns: Mapping[str, str]

    @property
    def relation(self) -> Relation:
        return Relation(self.called, self.columns)


def found_tables(kind: str, columns: Iterable[ForeignColumn]) -> list[Table]:
    """In the order in which they come; beyond what a page can use, they are left out."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for count, each in enumerate(columns):
        place = (each.schema, each.table)
        if count >= MOST_COLUMNS or (place not in found and len(found) >= MOST_TABLES):
            break
        found.setdefault(place, {})[_folded(kind, each.name)] = each.type
    return [
        Table(_called(kind, schema, name), schema, name, columns)
        for (schema, name), columns in found.items()
    ]


def kept(tables: Iterable[Table]) -> list[Any]:
    """As JSON. What a table is called comes once: of two that differ in case the first has it."""
    seen = {each.called: each for each in reversed([*tables])}
    return [
        [each.called, each.schema, each.name, [*each.columns.items()]]
        for each in reversed([*seen.values()])
    ]


def tables_of(kept: Iterable[Any]) -> dict[str, Table]:
    """The inverse, by what they are called."""
    return {
        called: Table(called, schema, name, {key: kind for key, kind in columns})  # noqa: C416 - pairs are lists
        for called, schema, name, columns in kept
    }


def _folded(kind: str, name: str) -> str:
    """MySQL's columns are the same in capitals."""
    return name.lower() if kind == "mysql" else name


def _called(kind: str, schema: str, name: str) -> str:
    if kind == "mysql":
        return name.lower()
    return name if schema == _OWN_SCHEMA else f"{schema}.{name}"

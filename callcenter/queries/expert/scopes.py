"""Which columns a name may mean, at one place of a statement. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

ID = "id"
"""The column that says which record it is."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A column of an object that comes out as it lies there. table: which of the statement's tables."""

    relation: str
    column: str
    type: str
    table: int


@dataclass(frozen=True, slots=True)
class Made:
    """A column that is worked out. weight: of how many names and signs, down to objects' columns."""

    weight: int


Columns = Mapping[str, Origin | Made]
"""By name."""


@dataclass(slots=True)
class Source:
    """Something in FROM. used: which of its columns the statement names."""

    alias: str
    columns: Columns
    relation: str | None = None
    used: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Scope:
    """What stands in one FROM; outer: of the statement around it."""

    outer: "Scope | None" = None
    sources: dict[str, Source] = field(default_factory=dict)

    def called(self, alias: str) -> Source | None:
        found = self.sources.get(alias)
        return found or (self.outer.called(alias) if self.outer else None)

    def having(self, column: str) -> list[Source]:
        """Those with such a column: of the nearest FROM that has one at all."""
        found = [source for source in self.sources.values() if column in source.columns]
        return found or (self.outer.having(column) if self.outer else [])


@dataclass(slots=True)
class Found:
    """What a statement is made of, gathered while it is read.

    weight: names and signs, with those that PostgreSQL puts in place of a column that is worked out.
    phones: columns that come out of which the statement says that they are telephone numbers.
    """

    tables: list[Source] = field(default_factory=list)
    parameters: set[str] = field(default_factory=set)
    depth: int = 0
    weight: int = 0
    phones: set[str] = field(default_factory=set)

    def marks(self) -> Iterator[tuple[str, Source]]:
        for place, source in enumerate(self.tables):
            yield mark(place), source


def mark(place: int) -> str:
    """Stands in a statement for the rows of its table; no text has a NUL."""
    return f"\0{place}\0"

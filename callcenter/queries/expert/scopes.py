"""Which columns a name may mean, at one place of a statement. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Origin:
    """A column of an object that comes out as it lies there. table: which of the statement's tables."""

    relation: str
    column: str
    type: str
    table: int


Columns = Mapping[str, Origin | None]
"""By name; None is worked out."""


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
    """What a statement is made of, gathered while it is read."""

    tables: list[Source] = field(default_factory=list)
    parameters: set[str] = field(default_factory=set)
    depth: int = 0

    def marks(self) -> Iterator[tuple[str, Source]]:
        for place, source in enumerate(self.tables):
            yield mark(place), source


def mark(place: int) -> str:
    """Stands in a statement for the rows of its table; no text has a NUL."""
    return f"\0{place}\0"

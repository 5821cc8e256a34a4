"""A file of rows, whatever its form: what it is told by its content, never by its name."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Protocol

MOST_COLUMNS = 1_000
MOST_LINES = 1_048_577
"""As many rows as a spreadsheet has, and one that says there are more."""

Cell = str | int | float | bool | date | time | timedelta | None
"""A cell that is read: spreadsheets have types of their own, CSV has text. date: datetime too."""

Written = str | int | Decimal | date | time | timedelta | None


class BadSheet(Exception):
    """A file that cannot be read: the caption's key and its parameters."""

    def __init__(self, key: str, **parameters: object) -> None:
        super().__init__(key)
        self.key = key
        self.parameters = parameters


@dataclass(frozen=True, slots=True)
class Line:
    """number: as a spreadsheet counts rows; the heading is the first."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, place: int) -> Cell:
        return self.cells[place] if place < len(self.cells) else None


class Sheet(Protocol):
    """form: csv or xlsx."""

    form: str

    def lines(self) -> Iterator[Line]:
        """All lines that are not empty, as they stand in the file; raises BadSheet."""
        ...

    def count(self) -> int:
        """How many lines there are, or what the file says of it: to measure progress by."""
        ...


class Writer(Protocol):
    def row(self, cells: Sequence[Written]) -> None: ...


OpenWriter = AbstractContextManager[Writer]


def checked(number: int, cells: Sequence[Cell]) -> Line | None:
    """The line; None for an empty one. Raises BadSheet where a file is wider or longer than any."""
    if number >= MOST_LINES:
        raise BadSheet("validation.file_too_long", max=MOST_LINES - 1)
    end = len(cells)
    while end and (cells[end - 1] is None or cells[end - 1] == ""):
        end -= 1
    if end > MOST_COLUMNS:
        raise BadSheet("validation.file_too_wide", max=MOST_COLUMNS)
    return Line(number, tuple(cells[:end])) if end else None

"""CSV: text of unknown encoding and separator in, UTF-8 with the mark by which Excel knows it out."""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TextIO

from callcenter.objects.sheets.sheet import BadSheet, Line, Writer, Written, checked
from callcenter.objects.sheets.text import encoding_of, inert, plain, separator_of


class CsvSheet:
    form = "csv"

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as stream:
            encoding = encoding_of(stream)
        if encoding is None:
            raise BadSheet("validation.encoding")
        self._encoding = encoding
        with path.open(encoding=encoding, newline="") as text:
            self._separator = separator_of(text.readline())

    def lines(self) -> Iterator[Line]:
        number = 0
        with self._path.open(encoding=self._encoding, newline="") as text:
            try:
                for number, row in enumerate(csv.reader(text, delimiter=self._separator), 1):
                    if line := checked(number, [plain(cell.strip()) for cell in row]):
                        yield line
            except csv.Error:
                raise BadSheet("validation.csv_line", line=number + 1) from None

    def count(self) -> int:
        return sum(1 for _ in self.lines())


class _Writer:
    def __init__(self, text: TextIO) -> None:
        self._writer = csv.writer(text)

    def row(self, cells: Sequence[Written]) -> None:
        self._writer.writerow([_text(cell) for cell in cells])


@contextmanager
def write_csv(path: Path) -> Iterator[Writer]:
    with path.open("w", encoding="utf-8-sig", newline="") as text:
        yield _Writer(text)


def _text(cell: Written) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return inert(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return _lasting(cell)
    # A number is never a formula, whatever its sign.
    return cell.isoformat("minutes") if isinstance(cell, time) else str(cell)


def _lasting(time_: timedelta) -> str:
    """Hours, minutes and seconds, as spreadsheets read a time."""
    sign, whole = ("-", -time_) if time_ < timedelta() else ("", time_)
    minutes, seconds = divmod(round(whole.total_seconds()), 60)
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}"

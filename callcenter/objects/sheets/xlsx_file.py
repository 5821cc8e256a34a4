"""XLSX, a row at a time: what is read is checked before a spreadsheet's parser sees it."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from callcenter.objects.archives import BadArchive, archive, unpacking
from callcenter.objects.sheets.sheet import BadSheet, Line, Writer, Written, checked

_MIB = 1 << 20
_MOST_PARTS = 2_000
_LARGEST_SHEET = 2_048 * _MIB
"""Read as a stream."""
_LARGEST_PART = 256 * _MIB
"""Kept in memory: texts that cells share, styles."""
_METHODS = (ZIP_STORED, ZIP_DEFLATED)
"""No book has others, and with one of them a part says how much memory it takes to unpack it."""
_NO_BOOK = (IndexError, KeyError, OverflowError, ParseError, TypeError, ValueError)
"""What openpyxl lets through from inside of a book whose parts say what cannot be.

It promises nothing of it; each has its book in tests/unit/objects/test_sheets.py.
"""

_FIRST_YEAR = 1900
_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; what has more is told as text."""


class XlsxSheet:
    form = "xlsx"

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with archive(path) as opened:
                _check(opened)
        except BadArchive:
            raise BadSheet("validation.xlsx") from None

    def lines(self) -> Iterator[Line]:
        with _opened(self._path) as book:
            for sheet in _visible(book):
                found = False
                for number, row in enumerate(_rows(sheet), 1):
                    if line := checked(number, row):
                        found = True
                        yield line
                if found:
                    return

    def count(self) -> int:
        """As the book says, which may be wrong."""
        with _opened(self._path, sized=True) as book, _parsed():
            return max((int(sheet.max_row or 0) for sheet in _visible(book)), default=0)


@contextmanager
def _parsed() -> Iterator[None]:
    """Around the parser's work alone: a fault of ours is not the book's."""
    try:
        # Of a book without a workbook it says that it is a fault of the system, with no number.
        with unpacking():
            yield
    except (*_NO_BOOK, BadArchive):
        raise BadSheet("validation.xlsx") from None


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    rows = sheet.iter_rows(values_only=True)
    while True:
        with _parsed():
            row = next(rows, None)
        if row is None:
            return
        yield row


@contextmanager
def _opened(path: Path, *, sized: bool = False) -> Iterator[Any]:
    import openpyxl  # a fifth of a second, which most processes need not spend

    # Given a name, it would go by that.
    with path.open("rb") as stream:
        with _parsed(), warnings.catch_warnings():
            # It warns of what it leaves out: styles, validations, extensions.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            for sheet in () if sized else book.worksheets:
                # How large a sheet says it is decides what would be read.
                sheet.reset_dimensions()
        yield book


def _visible(book: Any) -> list[Any]:
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    return shown or list(book.worksheets)


def _check(opened: ZipFile) -> None:
    parts = opened.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise BadSheet("validation.xlsx_locked")
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise BadSheet("validation.xlsx")
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > 2 * _LARGEST_SHEET:
        raise BadSheet("validation.file_expands")
    if any(part.compress_type not in _METHODS for part in parts):
        raise BadSheet("validation.xlsx")
    for part in parts:
        # What a part says of its size is where reading it ends.
        if part.file_size > (_LARGEST_SHEET if _is_sheet(part) else _LARGEST_PART):
            raise BadSheet("validation.file_expands")
        if part.filename.endswith((".xml", ".rels")):
            with opened.open(part) as content:
                if b"<!DOCTYPE" in content.read(2_000).upper():
                    raise BadSheet("validation.xlsx")


def _is_sheet(part: ZipInfo) -> bool:
    return part.filename.startswith("xl/worksheets/")


class _Writer:
    def __init__(self, sheet: Any, formats: Sequence[str | None]) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE

        self._sheet = sheet
        self._illegal = ILLEGAL_CHARACTERS_RE
        self._codes = frozenset(ERROR_CODES)
        self._new_cell = WriteOnlyCell
        # A cell is written at once, so one a column serves for all rows.
        self._formatted = {
            place: _with_format(WriteOnlyCell(sheet), code)
            for place, code in enumerate(formats)
            if code
        }

    def row(self, cells: Sequence[Written]) -> None:
        self._sheet.append([self._cell(place, cell) for place, cell in enumerate(cells)])

    def _cell(self, place: int, cell: Written) -> Any:
        if isinstance(cell, str):
            return self._string(cell)
        if isinstance(cell, int | Decimal) and not -_EXACT < cell < _EXACT:
            return str(cell)
        if isinstance(cell, date) and cell.year < _FIRST_YEAR:
            return cell.isoformat()
        if cell is not None and place in self._formatted:
            formatted = self._formatted[place]
            formatted.value = cell
            return formatted
        return cell

    def _string(self, text: str) -> Any:
        text = self._illegal.sub("", text)
        if not text.startswith("=") and text not in self._codes:
            return text
        # A text, and no formula or error, whatever it looks like.
        cell = self._new_cell(self._sheet)
        cell.value = text
        cell.data_type = "s"
        return cell


@contextmanager
def write_xlsx(path: Path, formats: Sequence[str | None] = ()) -> Iterator[Writer]:
    """formats: of the numbers, days and times of each column."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    try:
        yield _Writer(sheet, formats)
        book.save(path)
    except BaseException:
        # Until it is saved, the sheet lies in a file that only the end of the process removes.
        if not sheet.closed:
            sheet.close()
        sheet._writer.cleanup()  # noqa: SLF001 - it has no other way
        raise


def _with_format(cell: Any, code: str) -> Any:
    cell.number_format = code
    return cell

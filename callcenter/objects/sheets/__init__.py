"""Files of rows as people exchange them: CSV and XLSX, read and written a row at a time."""

from collections.abc import Sequence
from pathlib import Path

from callcenter.objects.sheets.csv_file import CsvSheet, write_csv
from callcenter.objects.sheets.sheet import BadSheet, Cell, Line, OpenWriter, Sheet, Writer, Written
from callcenter.objects.sheets.xlsx_file import XlsxSheet, write_xlsx

__all__ = [
    "BadSheet",
    "Cell",
    "Line",
    "Sheet",
    "Writer",
    "Written",
    "open_sheet",
    "write_sheet",
]

_ZIP = b"PK\x03\x04"
_OLD = b"\xd0\xcf\x11\xe0"
"""A workbook of Excel 97-2003, or a newer one behind a password."""


def open_sheet(path: Path) -> Sheet:
    """Raises BadSheet."""
    with path.open("rb") as stream:
        head = stream.read(4)
    if head == _OLD:
        raise BadSheet("validation.xlsx_locked")
    if head == _ZIP:
        return XlsxSheet(path)
    return CsvSheet(path)


def write_sheet(path: Path, form: str, formats: Sequence[str | None] = ()) -> OpenWriter:
    """formats: how a spreadsheet shows the numbers, days and times of each column."""
    return write_xlsx(path, formats) if form == "xlsx" else write_csv(path)

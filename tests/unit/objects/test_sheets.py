"""Files of rows: told by their content, read as they stand, and never a way to run or to fill anything."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.objects.archives import BadArchive
from callcenter.objects.sheets import BadSheet, open_sheet, write_sheet, xlsx_file
from callcenter.objects.sheets.text import inert, plain


def at(*parts: int) -> datetime:
    """A moment in no zone, as spreadsheets have them."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


HEADING, ROW = ["姓名", "电话"], ["王秀兰", "13800006207"]
TEXT = "姓名,电话\r\n王秀兰,13800006207\r\n"

Save = Callable[[bytes], Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Under a name that says nothing."""

    def save(content: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(content)
        return path

    return save


def cells(path: Path) -> list[list[Any]]:
    return [[*line.cells] for line in open_sheet(path).lines()]


def raw(path: Path) -> Any:
    with path.open("rb") as stream:
        return openpyxl.load_workbook(stream).active


def book(path: Path, *rows: list[Any], **titles: list[list[Any]]) -> Path:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for title, others in titles.items():
        sheet = made.create_sheet(title)
        for row in others:
            sheet.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_is_read_in_every_usual_encoding(save: Save, encoding: str) -> None:
    assert cells(save(TEXT.encode(encoding))) == [HEADING, ROW]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_heading_tells_what_stands_between_columns(save: Save, mark: str) -> None:
    content = f'姓名{mark}"备注{mark} 二"\n"甲\n乙",丙'.replace(",丙", f"{mark}丙")
    assert cells(save(content.encode())) == [["姓名", f"备注{mark} 二"], ["甲\n乙", "丙"]]


def test_lines_are_counted_as_a_spreadsheet_does(save: Save) -> None:
    lines = [*open_sheet(save(b"a,b\n\n,\n1,\n")).lines()]
    assert [(line.number, line.cells) for line in lines] == [(1, ("a", "b")), (4, ("1",))]
    assert open_sheet(save(b"a\n1\n2\n")).count() == 3


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0", b"\xff\xfe\x00\xd8", b"\x81\xff\xff"]
)
def test_what_is_no_text_is_refused(save: Save, content: bytes) -> None:
    with pytest.raises(BadSheet) as refused:
        open_sheet(save(content))
    assert refused.value.key == "validation.encoding"


def test_a_quote_that_never_ends_is_refused_before_it_fills_the_memory(save: Save) -> None:
    with pytest.raises(BadSheet) as refused:
        cells(save(b'a,b\n"' + b"x" * 200_000))
    assert refused.value.key == "validation.csv_line"


def test_a_spreadsheet_is_read_with_its_own_types(tmp_path: Path) -> None:
    path = book(tmp_path / "x", ["d", "n", "t"], [at(2026, 11, 24), 3.5, "x"], [None], [1])
    lines = [*open_sheet(path).lines()]
    assert lines[1].cells == (at(2026, 11, 24), 3.5, "x")
    assert [line.number for line in lines] == [1, 2, 4]


def test_the_first_sheet_that_has_something_is_read(tmp_path: Path) -> None:
    assert cells(book(tmp_path / "x", Second=[["a"], ["b"]])) == [["a"], ["b"]]


def test_a_formula_is_read_as_what_it_came_to(tmp_path: Path) -> None:
    # Never opened by a spreadsheet: it came to nothing yet.
    assert cells(book(tmp_path / "x", ["a", "b"], ["=1+1", 2])) == [["a", "b"], [None, 2]]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"PK\x03\x04 and no more", "validation.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "validation.xlsx_locked"),
    ],
)
def test_a_spreadsheet_that_cannot_be_read_is_refused(save: Save, content: bytes, key: str) -> None:
    with pytest.raises(BadSheet) as refused:
        open_sheet(save(content))
    assert refused.value.key == key


def test_a_zip_that_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "x", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(BadSheet) as refused:
        open_sheet(tmp_path / "x")
    assert refused.value.key == "validation.xlsx"


def _with(path: Path, part: str, content: bytes) -> Path:
    """The book with one part replaced."""
    with ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with ZipFile(path, "w", ZIP_DEFLATED) as new:
        for name, text in {**parts, part: content}.items():
            new.writestr(name, text)
    return path


def test_a_book_that_unpacks_to_far_more_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _with(book(tmp_path / "x", ["a"], ["b"]), "xl/sharedStrings.xml", b"x" * 200_000)
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(xlsx_file, "_LARGEST_PART", 100_000)
    with pytest.raises(BadSheet) as refused:
        open_sheet(path)
    assert refused.value.key == "validation.file_expands"


def test_a_book_with_entities_is_refused(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'
    path = _with(book(tmp_path / "x", ["a"], ["b"]), "xl/worksheets/sheet1.xml", bomb)
    with pytest.raises(BadSheet) as refused:
        open_sheet(path)
    assert refused.value.key == "validation.xlsx"


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA])
def test_a_part_that_is_packed_as_in_no_book_is_not_unpacked(tmp_path: Path, method: int) -> None:
    path = book(tmp_path / "x", ["a"], ["b"])
    with ZipFile(path, "a", method) as added:
        added.writestr("xl/more.bin", b"x" * 200)
    with pytest.raises(BadSheet) as refused:
        open_sheet(path)
    assert refused.value.key == "validation.xlsx"


def test_a_broken_sheet_is_told_as_such_when_it_is_met(tmp_path: Path) -> None:
    path = _with(book(tmp_path / "x", ["a"], ["b"]), "xl/worksheets/sheet1.xml", b"<worksheet><row")
    with pytest.raises(BadSheet) as refused:
        cells(path)
    assert refused.value.key == "validation.xlsx"


def damaged(path: Path, part: str, pattern: bytes, into: bytes) -> Path:
    """A book, in one of whose parts something stands otherwise."""
    with ZipFile(book(path, ["a", 1.25], ["b", 2])) as old:
        content = old.read(part)
    changed = re.sub(pattern, into, content, flags=re.DOTALL)
    assert changed != content
    return _with(path, part, changed)


SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
DAMAGES = [
    ("xl/_rels/workbook.xml.rels", rb"<Relationship .*/>", b"", KeyError),
    (STYLES, rb"<xf .*?</cellStyleXfs>", b"</cellStyleXfs>", IndexError),
    (STYLES, rb'fontId="0"', b'fontId="99999999999999999999"', OverflowError),
    (SHEET, rb"</row>.*", b"", ParseError),
    ("xl/workbook.xml", rb'sheetId="1"', b'sheetId="x"', TypeError),
    (SHEET, rb"<v>1.25</v>", b"<v>dear</v>", ValueError),
    ("[Content_Types].xml", rb"<Override [^>]*workbook.xml[^>]*>", b"", OSError),
]


@pytest.mark.parametrize(("part", "pattern", "into", "error"), DAMAGES)
def test_a_book_whose_parts_say_what_cannot_be_is_refused(
    tmp_path: Path, part: str, pattern: bytes, into: bytes, error: type[Exception]
) -> None:
    path = damaged(tmp_path / "x", part, pattern, into)
    with pytest.raises(BadSheet) as refused:
        cells(path)
    assert refused.value.key == "validation.xlsx"
    met = refused.value.__context__
    assert type(met.__cause__ if isinstance(met, BadArchive) else met) is error


def test_every_error_that_is_taken_for_the_books_has_its_book() -> None:
    assert {damage[3] for damage in DAMAGES} == {*xlsx_file._NO_BOOK, OSError}


def test_a_fault_of_ours_is_not_the_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(xlsx_file, "checked", fail)
    with pytest.raises(KeyError, match="ours"):
        cells(book(tmp_path / "x", ["a"]))


# A place counts from the start and round again: a book holds when it was made, and so is not always as long.
CHANGES = st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 255)), min_size=1, max_size=5)


@given(CHANGES)
def test_whatever_becomes_of_a_book_it_is_read_or_refused(changes: list[tuple[int, int]]) -> None:
    with TemporaryDirectory() as folder:
        path = book(Path(folder) / "x", ["a", 1.25], ["b", at(2026, 11, 24)])
        content = bytearray(path.read_bytes())
        for place, byte in changes:
            content[4 + place % (len(content) - 4)] = byte
        path.write_bytes(content)
        with suppress(BadSheet):
            cells(path)


def test_a_line_far_below_the_last_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    far = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="900000000"><c r="A900000000"><v>1</v></c></row></sheetData></worksheet>'
    )
    path = _with(book(tmp_path / "x", ["a"]), "xl/worksheets/sheet1.xml", far)
    with pytest.raises(BadSheet) as refused:
        cells(path)
    assert refused.value.key == "validation.file_too_long"


def test_a_line_of_too_many_columns_is_refused(save: Save) -> None:
    with pytest.raises(BadSheet) as refused:
        cells(save(b"a\n" + b"x," * 1_001))
    assert refused.value.key == "validation.file_too_wide"


FORMULAS = ["=1+1", "+8613800006207", "-2+3", "@SUM(A1)", "\tx", "\rx", "＝1+1", "'=x", "''+1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_text_in_csv_and_comes_back_as_it_was(
    tmp_path: Path, text: str
) -> None:
    with write_sheet(tmp_path / "x", "csv") as sheet:
        sheet.row(["h", text])
    written = (tmp_path / "x").read_text("utf-8-sig")
    assert written.startswith(("h,'", "h,\"'"))
    assert plain(inert(text)) == text


@pytest.mark.parametrize("text", [*FORMULAS, "#N/A", "#REF!"])
def test_what_looks_like_a_formula_is_text_in_a_spreadsheet(tmp_path: Path, text: str) -> None:
    with write_sheet(tmp_path / "x", "xlsx") as sheet:
        sheet.row([text])
    cell = raw(tmp_path / "x")["A1"]
    assert (cell.data_type, cell.value) == ("s", text)


@given(st.text(max_size=20))
def test_no_text_begins_a_formula_once_it_is_written(text: str) -> None:
    assert not inert(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert plain(inert(text)) == text


def test_values_are_written_with_their_types(tmp_path: Path) -> None:
    row = [date(2026, 11, 24), at(2026, 11, 24, 9, 5), time(9, 30), Decimal("-88.50"), 7]
    for form, formats in (("xlsx", [None, None, None, "0.00"]), ("csv", ())):
        with write_sheet(tmp_path / form, form, formats) as sheet:
            sheet.row(row)
            sheet.row([None, None, None, Decimal("1.25"), 10**17])
    first, second = raw(tmp_path / "xlsx").iter_rows()
    assert [cell.data_type for cell in first] == ["d", "d", "d", "n", "n"]
    assert first[3].number_format == second[3].number_format == "0.00"
    assert (second[3].value, second[4].value) == (1.25, "100000000000000000")
    assert (tmp_path / "csv").read_text("utf-8-sig").splitlines() == [
        "2026-11-24,2026-11-24 09:05:00,09:30,-88.50,7",
        ",,,1.25,100000000000000000",
    ]


def test_a_writer_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def fail() -> None:
        with write_sheet(tmp_path / "x", "xlsx") as sheet:
            sheet.row(["a"])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [*tmp_path.iterdir()] == []

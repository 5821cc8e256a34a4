"""Which files are taken, by what they hold."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.objects.service.file_kinds import clean_name, kind_of


def zipped(*names: str) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.4", "a", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "a", "image/png"),
        (b"\xff\xd8\xff\xe0", "a", "image/jpeg"),
        (b"GIF89a", "a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "a", "audio/wav"),
        (b"ID3\x04", "a", "audio/mpeg"),
        (b"\xff\xfb\x90", "a", "audio/mpeg"),
        (b"OggS\x00", "a", "audio/ogg"),
        (b"\x00\x00\x00\x18ftypmp42", "a", "video/mp4"),
        (zipped("a.txt"), "a", "application/zip"),
        (zipped("xl/workbook.xml"), "a", f"{OFFICE}.spreadsheetml.sheet"),
        (zipped("word/document.xml"), "a", f"{OFFICE}.wordprocessingml.document"),
        (zipped("ppt/presentation.xml"), "a", f"{OFFICE}.presentationml.presentation"),
        ("中文".encode(), "a", "text/plain"),
        ("中文".encode("gb18030"), "a.CSV", "text/csv"),
        ("中文".encode("utf-16"), "a", "text/plain"),
        (b"a < b and c > d", "a", "text/plain"),
        (("字" * 40_000).encode()[:-1], "a", "text/plain"),
    ],
)
def test_a_file_is_what_it_holds(tmp_path: Path, content: bytes, name: str, kind: str) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert kind_of(file, name) == kind


@pytest.mark.parametrize(
    ("kind", "given_name", "name"),
    [
        ("image/jpeg", "IMG.JPEG", "IMG.JPEG"),
        ("image/jpeg", "IMG.png", "IMG.png.jpg"),
        (f"{OFFICE}.spreadsheetml.sheet", "报表.xlsx", "报表.xlsx"),
        (f"{OFFICE}.wordprocessingml.document", "信", "信.docx"),
        (f"{OFFICE}.presentationml.presentation", "讲.pptx", "讲.pptx"),
        ("text/csv", ".csv", "csv.csv"),
        ("application/pdf", "/a/b/", "file.pdf"),
    ],
)
def test_a_name_keeps_what_people_called_it(kind: str, given_name: str, name: str) -> None:
    assert clean_name(given_name, kind) == name


@given(st.text(max_size=300))
def test_no_name_breaks_out_of_its_place(text: str) -> None:
    name = clean_name(text, "text/plain")
    assert 5 <= len(name) <= 120
    assert not set(name) & set('<>:"|?*\\/\r\n\0')
    assert not name.startswith((".", " "))
    assert name.rpartition(".")[2].lower() in ("txt", "log", "md")

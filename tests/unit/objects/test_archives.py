"""Archives that are none: each way in which a file can be wrong is told as one refusal."""

import errno
import os
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from io import BytesIO
from lzma import LZMAError
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.objects.archives import WRONG, BadArchive, archive

_NAME = "xl/workbook.xml"
_DIRECTORY, _END = b"PK\x01\x02", b"PK\x05\x06"


def zipped(method: int = ZIP_STORED, length: int = 500) -> bytearray:
    stream = BytesIO()
    with ZipFile(stream, "w", method) as made:
        made.writestr(_NAME, "x" * length)
    return bytearray(stream.getvalue())


def of_a_later_version() -> bytes:
    content = zipped()
    struct.pack_into("<H", content, content.index(_DIRECTORY) + 6, 99)
    return bytes(content)


def by_an_unknown_method() -> bytes:
    content = zipped()
    struct.pack_into("<H", content, content.index(_DIRECTORY) + 10, 99)
    return bytes(content)


def with_a_name_that_is_no_text() -> bytes:
    content = zipped()
    at = content.index(_DIRECTORY)
    struct.pack_into("<H", content, at + 8, 0x800)
    content[at + 46] = 0xFF
    return bytes(content)


def that_does_not_unpack(method: int) -> bytes:
    content = zipped(method)
    # Where the stream begins, and behind the four bytes with which one of LZMA is introduced.
    content[30 + len(_NAME)] = content[34 + len(_NAME)] = 0xFF
    return bytes(content)


def whose_part_reaches_beyond_it() -> bytes:
    content = zipped()
    struct.pack_into("<II", content, content.index(_DIRECTORY) + 20, 100_000, 100_000)
    return bytes(content)


def that_lies_before_the_file() -> bytes:
    content = zipped()
    at = content.index(_END) + 16
    (offset,) = struct.unpack_from("<I", content, at)
    struct.pack_into("<I", content, at, offset + 1_000)
    return bytes(content)


# Since security updates of 2024 Python looks for parts that overlap before it reads them.
_FINDS_OVERLAPS = hasattr(ZipInfo, "_end_offset")

BROKEN: list[tuple[Callable[[], bytes], type[BaseException]]] = [
    (lambda: b"PK\x03\x04 and no more", BadZipFile),
    (of_a_later_version, NotImplementedError),
    (by_an_unknown_method, NotImplementedError),
    (with_a_name_that_is_no_text, UnicodeDecodeError),
    (partial(that_does_not_unpack, ZIP_DEFLATED), zlib.error),
    (partial(that_does_not_unpack, ZIP_LZMA), LZMAError),
    (partial(that_does_not_unpack, ZIP_BZIP2), OSError),
    (whose_part_reaches_beyond_it, BadZipFile if _FINDS_OVERLAPS else EOFError),
    (that_lies_before_the_file, OSError),
]


@pytest.mark.parametrize(("content", "error"), BROKEN)
def test_what_is_no_archive_is_refused(
    tmp_path: Path, content: Callable[[], bytes], error: type[BaseException]
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content())
    with pytest.raises(BadArchive) as refused, archive(file) as opened:
        opened.read(opened.infolist()[0])
    assert type(refused.value.__cause__) is error


def test_what_is_cut_short_while_it_is_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(zipped(length=1 << 20))

    def read() -> None:
        with archive(file) as opened:
            os.truncate(file, 1 << 10)
            opened.read(_NAME)

    with pytest.raises(BadArchive) as refused:
        read()
    assert type(refused.value.__cause__) is EOFError


def test_every_error_that_is_taken_for_the_archives_has_its_file() -> None:
    assert {EOFError, *(error for _, error in BROKEN)} == {*WRONG, OSError}


@given(st.data(), st.sampled_from((ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2)))
def test_whatever_is_wrong_it_is_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, method: int
) -> None:
    content = zipped(method)
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=4)):
        content[place] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.mktemp("archive") / "file"
    file.write_bytes(
        content[: data.draw(st.integers(1, len(content)))] if data.draw(st.booleans()) else content
    )
    with suppress(BadArchive), archive(file) as opened:
        for part in opened.infolist():
            if not part.flag_bits & 1:
                opened.read(part)


def test_a_fault_of_the_disk_is_not_the_archives(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(zipped())
    with pytest.raises(OSError, match="Input/output") as failed, archive(file):
        raise OSError(errno.EIO, "Input/output error")
    assert failed.value.errno == errno.EIO

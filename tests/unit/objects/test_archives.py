"""Archives that are none: each way in which a file can be wrong is told as one refusal."""

import errno
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import pytest

from callcenter.objects.archives import WRONG, BadArchive, archive

_NAME = "xl/workbook.xml"
_DIRECTORY, _END = b"PK\x01\x02", b"PK\x05\x06"


def zipped(method: int = ZIP_STORED) -> bytearray:
    stream = BytesIO()
    with ZipFile(stream, "w", method) as made:
        made.writestr(_NAME, "x" * 500)
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


def that_does_not_unpack() -> bytes:
    content = zipped(ZIP_DEFLATED)
    content[30 + len(_NAME)] = 0xFF
    return bytes(content)


def that_ends_too_early() -> bytes:
    content = zipped()
    struct.pack_into("<II", content, content.index(_DIRECTORY) + 20, 100_000, 100_000)
    return bytes(content)


def that_lies_before_the_file() -> bytes:
    content = zipped()
    at = content.index(_END) + 16
    (offset,) = struct.unpack_from("<I", content, at)
    struct.pack_into("<I", content, at, offset + 1_000)
    return bytes(content)


BROKEN: list[tuple[Callable[[], bytes], type[BaseException]]] = [
    (lambda: b"PK\x03\x04 and no more", BadZipFile),
    (of_a_later_version, NotImplementedError),
    (by_an_unknown_method, NotImplementedError),
    (with_a_name_that_is_no_text, UnicodeDecodeError),
    (that_does_not_unpack, zlib.error),
    (that_ends_too_early, EOFError),
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


def test_every_error_that_is_taken_for_the_archives_has_its_file() -> None:
    assert {error for _, error in BROKEN} == {*WRONG, OSError}


def test_a_fault_of_the_disk_is_not_the_archives(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(zipped())
    with pytest.raises(OSError, match="Input/output") as failed, archive(file):
        raise OSError(errno.EIO, "Input/output error")
    assert failed.value.errno == errno.EIO

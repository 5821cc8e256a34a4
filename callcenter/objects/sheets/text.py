"""Text as spreadsheets save it: encodings, separators, and what they take for a formula. Pure."""

import codecs
import csv
import re
from typing import BinaryIO

_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_CHUNK = 1 << 20
_SEPARATORS = (",", ";", "\t")

# Also in their full-width forms, which spreadsheets in East Asia take for the same.
_ACTIVE = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def encoding_of(stream: BinaryIO) -> str | None:
    """UTF-8, UTF-16 or GB18030 (and so GBK): the first in which all of it is text."""
    head = stream.read(3)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "gb18030"]:
        stream.seek(0)
        if _is_text(stream, encoding):
            return encoding
    return None


def _is_text(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := stream.read(_CHUNK):
            # No text has it, and every file that is none does.
            if "\0" in decoder.decode(chunk):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def separator_of(heading: str) -> str:
    """What divides the heading into most columns."""
    return max(_SEPARATORS, key=lambda each: len(next(csv.reader([heading], delimiter=each), [])))


def inert(cell: str) -> str:
    """What a spreadsheet would take for a formula is told as text, by an apostrophe before it."""
    return f"'{cell}" if _ACTIVE.match(cell) else cell


def plain(cell: str) -> str:
    """The inverse of `inert`."""
    return cell[1:] if cell.startswith("'") and _ACTIVE.match(cell[1:]) else cell

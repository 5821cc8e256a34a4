"""Zip archives that people send in: whatever is wrong with one is told as one refusal."""

import errno
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile


class BadArchive(Exception):
    """What the file holds is no archive, or a broken one."""


WRONG = (BadZipFile, EOFError, NotImplementedError, UnicodeDecodeError, zlib.error)
"""Broken structure; an end too early; a method or a version that nobody knows, which zipfile tells as
what is not implemented; a name that is no text; a stream that does not unpack. For each of them
tests/unit/objects/test_archives.py has a file.
"""


@contextmanager
def archive(file: Path) -> Iterator[ZipFile]:
    """Raises BadArchive, also for what is read in the block; the disk's own faults pass through."""
    try:
        with ZipFile(file) as opened:
            yield opened
    except WRONG as error:
        raise BadArchive from error
    except OSError as error:
        # A part that claims to lie before the file's beginning.
        if error.errno != errno.EINVAL:
            raise
        raise BadArchive from error

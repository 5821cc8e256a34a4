"""Zip archives that people send in: whatever is wrong with one is told as one refusal."""

import errno
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from lzma import LZMAError
from pathlib import Path
from zipfile import BadZipFile, ZipFile


class BadArchive(Exception):
    """What the file holds is no archive, or a broken one."""


WRONG = (BadZipFile, EOFError, NotImplementedError, UnicodeDecodeError, LZMAError, zlib.error)
"""Broken structure; an end too early; a method or a version that nobody knows, which zipfile tells as
what is not implemented; a name that is no text; a stream that does not unpack. For each of them
tests/unit/objects/test_archives.py has a file.
"""

_NO_FAULT_OF_THE_DISK = (None, errno.EINVAL)
"""How bzip2 tells of a stream that does not unpack; a part that claims to lie before the file's
beginning.
"""


@contextmanager
def archive(file: Path) -> Iterator[ZipFile]:
    """Raises BadArchive, also for what is read in the block; the disk's own faults pass through.

    Whether a part is encrypted is asked of the part: one may list what it must not open.
    """
    with unpacking(), ZipFile(file) as opened:
        yield opened


@contextmanager
def unpacking() -> Iterator[None]:
    """Raises BadArchive for what an archive does to whoever reads it."""
    try:
        yield
    except WRONG as error:
        raise BadArchive from error
    except OSError as error:
        if error.errno not in _NO_FAULT_OF_THE_DISK:
            raise
        raise BadArchive from error

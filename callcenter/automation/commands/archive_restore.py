"""Brings back the records of an archive's file, each under the id that it had.

A batch is a transaction; what is in use already is left as it is, so a run that is broken off goes on.
"""

import json
import zlib

from callcenter.automation.commands.archive import FOLDER
from callcenter.automation.commands.base import Command, Doing, Parameter, Refused, Values
from callcenter.core.permissions import Permission
from callcenter.objects.service.unarchiving import BroughtBack

BATCH = 50
LARGEST = 64 << 20
"""Bytes of lines: beyond what `archive` ever writes, so that no file fills the memory."""

_GZIP = zlib.MAX_WBITS | 16


class ArchiveRestore(Command):
    key = "archive_restore"
    needs = Permission.RECORDS_IMPORT
    parameters = (Parameter("file", "archive_file"),)

    def run(self, values: Values, doing: Doing) -> None:
        name, came = values["file"], BroughtBack()
        if not name.startswith(f"{FOLDER}/"):
            raise Refused("command.no_archive", {"name": name})
        with doing.begin() as session:
            first, *lines = _lines(name, doing.tools.files.read(session, name))
            doing.tools.unarchiving.check(session, _object(name, first))
        for place in range(0, len(lines), BATCH):
            with doing.begin() as session:
                doing.tools.unarchiving.bring_back(session, lines[place : place + BATCH], came)
        doing.say(
            "command.archive_restored", back=came.back, known=came.known, refused=came.refused
        )


def _lines(name: str, content: bytes) -> list[bytes]:
    """One at least. Raises Refused."""
    packer = zlib.decompressobj(_GZIP)
    try:
        unpacked = packer.decompress(content, LARGEST)
    except zlib.error:
        raise Refused("command.no_archive", {"name": name}) from None
    if not packer.eof:
        # Cut off somewhere: a part is not taken for the whole.
        raise Refused("command.no_archive", {"name": name})
    return unpacked.splitlines() or [b""]


def _object(name: str, first: bytes) -> str:
    """Whose records follow, as the first line says. Raises Refused."""
    try:
        return str(json.loads(first)["object"])
    except (ValueError, TypeError, KeyError):
        raise Refused("command.no_archive", {"name": name}) from None


COMMAND = ArchiveRestore()

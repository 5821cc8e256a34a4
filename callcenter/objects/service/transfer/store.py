"""Where the files of imports and exports lie: apart by enterprise, for nobody else's eyes, for a
day; what was delivered, for a week.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from callcenter.objects.sheets import BadSheet

KEPT = timedelta(days=1)
DELIVERED, DELIVERED_KEPT = "delivered", timedelta(days=7)
"""What the clock has made for somebody, who may look at it after the week-end."""

_CHUNK = 1 << 20
_MIB = 1 << 20


class TransferStore:
    """largest: bytes of a file that comes in."""

    def __init__(self, folder: Path, largest: int) -> None:
        self._folder = folder
        self.largest = largest

    def path(self, enterprise_id: UUID, transfer_id: UUID, what: str) -> Path:
        """what: `upload`, `faults`, `bad.xlsx`, `export.csv` …"""
        return self._folder / self.name(enterprise_id, transfer_id, what)

    @staticmethod
    def name(enterprise_id: UUID, transfer_id: UUID, what: str) -> str:
        """As nginx knows it."""
        return f"{enterprise_id}/{transfer_id}.{what}"

    def check_size(self, size: int | None) -> None:
        """Raises BadSheet."""
        if size is not None and size > self.largest:
            raise BadSheet("validation.file_too_large", max=self.largest // _MIB)

    def save(self, stream: BinaryIO, path: Path) -> None:
        """Keep what comes in; raises BadSheet, and then nothing is kept."""
        size = 0
        with self.written(path) as draft, draft.open("wb") as file:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                self.check_size(size)
                file.write(chunk)
            if not size:
                raise BadSheet("validation.no_rows")

    @contextmanager
    def written(self, path: Path) -> Iterator[Path]:
        """A place for a file that gets its name when it is whole, and goes when it is not."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.part")
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            yield draft
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def forget(self, enterprise_id: UUID, transfer_id: UUID) -> None:
        for file in (self._folder / str(enterprise_id)).glob(f"{transfer_id}.*"):
            file.unlink(missing_ok=True)

    def tidy(self, enterprise_id: UUID, now: datetime) -> None:
        """Remove what has lain for longer than it is kept."""
        for file in (self._folder / str(enterprise_id)).glob("*"):
            kept = DELIVERED_KEPT if f".{DELIVERED}." in file.name else KEPT
            if file.stat().st_mtime < (now - kept).timestamp():
                file.unlink(missing_ok=True)

"""The local journal: every telephony fact is on this machine's disk before anything else knows it.

A segment begins with a checkpoint, the memory of all that is still open, so only the newest is read
at start; older ones are kept until the ledger has them.
"""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from callcenter.calls.events import Fact
from callcenter.telephony.segments import Segments

SEGMENT_BYTES = 16 * 1024 * 1024
FLUSH_SECONDS = 0.05


class Journal:
    """checkpoint gives the memory to begin a new segment with."""

    def __init__(self, folder: Path, checkpoint: Callable[[], dict[str, Any]]) -> None:
        self.segments = Segments(folder)
        self._checkpoint = checkpoint
        self._buffer: list[str] = []
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._file: Any = None
        self._size = 0
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def backlog(self) -> int:
        """Facts that are not on disk yet."""
        return len(self._buffer)

    def emit(self, fact: Fact) -> None:
        self._buffer.append(fact.dump())
        self._wake.set()

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            # A short wait gathers what happens together into one fsync.
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Whoever waits may be called off; what is on its way to the disk gets there all the same."""
        writing = asyncio.create_task(self._write_all())
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait({writing})
            raise

    async def _write_all(self) -> None:
        async with self._writing:
            await self._flush()

    async def _flush(self) -> None:
        self._wake.clear()
        lines, self._buffer = self._buffer, []
        if not lines:
            return
        full = self._size > SEGMENT_BYTES
        # Taken at the moment at which the lines are: counted in it, no fact may follow it again.
        checkpoint = self._checkpoint_line() if full else ""
        await asyncio.to_thread(self._write, lines)
        if full:
            await asyncio.to_thread(self._open_segment, checkpoint)

    def begin_segment(self) -> None:
        """Once, before the first fact is emitted."""
        self._open_segment(self._checkpoint_line())

    def _checkpoint_line(self) -> str:
        return json.dumps({"checkpoint": self._checkpoint()}, separators=(",", ":"))

    def _open_segment(self, checkpoint: str) -> None:
        if self._file is not None:
            self._file.close()
        number = max(self.segments.numbers(), default=0) + 1
        self._file = self.segments.path(number).open("ab", buffering=0)
        self._size = 0
        self._write([checkpoint])

    def _write(self, lines: list[str]) -> None:
        data = "".join(line + "\n" for line in lines).encode()
        self._file.write(data)
        os.fsync(self._file.fileno())
        self._size += len(data)

    def close(self) -> None:
        if self._buffer and self._file is not None:
            self._write(self._buffer)
            self._buffer = []
        if self._file is not None:
            self._file.close()

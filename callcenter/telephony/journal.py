"""The local journal: every telephony fact is on this machine's disk before anything else knows it.

Segments of one JSON line a fact. Each begins with a checkpoint, the memory of all that is still
open, so only the newest is read at start; older ones are kept until the ledger has them. A last
line that was torn by a crash is ignored.
"""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from callcenter.calls.events import Fact

log = structlog.get_logger()

SEGMENT_BYTES = 16 * 1024 * 1024
FLUSH_SECONDS = 0.05
_CHECKPOINT = '{"checkpoint":'


@dataclass(frozen=True, slots=True, order=True)
class Position:
    segment: int
    offset: int


class Journal:
    """checkpoint gives the memory to begin a new segment with."""

    def __init__(self, folder: Path, checkpoint: Callable[[], dict[str, Any]]) -> None:
        self._folder = folder
        self._checkpoint = checkpoint
        self._buffer: list[str] = []
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()
        self._readers: list[asyncio.Event] = []
        self._file: Any = None
        self._segment = 0
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
        for reader in self._readers:
            reader.set()

    def subscribe(self) -> asyncio.Event:
        """An event that is set whenever facts reached the disk; the reader clears it."""
        event = asyncio.Event()
        event.set()
        self._readers.append(event)
        return event

    def begin_segment(self) -> None:
        """Once, before the first fact is emitted."""
        self._open_segment(self._checkpoint_line())

    def _checkpoint_line(self) -> str:
        return json.dumps({"checkpoint": self._checkpoint()}, separators=(",", ":"))

    def _open_segment(self, checkpoint: str) -> None:
        if self._file is not None:
            self._file.close()
        self._segment = max(self.segments(), default=0) + 1
        self._file = self._path(self._segment).open("ab", buffering=0)
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

    def segments(self) -> list[int]:
        return sorted(int(path.stem) for path in self._folder.glob("*.jsonl"))

    def restore(self) -> tuple[dict[str, Any] | None, list[Fact]]:
        """The last checkpoint and the facts after it."""
        for number in reversed(self.segments()):
            lines = list(self._lines(Position(number, 0)))
            if lines and lines[0][0].startswith(_CHECKPOINT):
                facts = [Fact.load(line) for line, _ in lines[1:]]
                return json.loads(lines[0][0])["checkpoint"], facts
        return None, []

    def read(self, position: Position, limit: int) -> tuple[list[str], Position]:
        """Up to `limit` facts from `position` on, as they were written, and where to go on."""
        facts: list[str] = []
        while len(facts) < limit:
            for line, after in self._lines(position):
                position = after
                if not line.startswith(_CHECKPOINT):
                    facts.append(line)
                if len(facts) >= limit:
                    return facts, position
            later = [number for number in self.segments() if number > position.segment]
            if not later:
                break
            position = Position(later[0], 0)
        return facts, position

    def forget_before(self, position: Position) -> None:
        """The ledger has everything up to here; the newest segment stays for the next start."""
        newest = max(self.segments(), default=0)
        for number in self.segments():
            if number < min(position.segment, newest):
                self._path(number).unlink()

    def _lines(self, position: Position) -> Iterator[tuple[str, Position]]:
        path = self._path(position.segment)
        if not path.exists():
            return
        with path.open("rb") as file:
            file.seek(position.offset)
            offset = position.offset
            for raw in file:
                if not raw.endswith(b"\n"):
                    return  # torn, or not yet wholly written
                offset += len(raw)
                yield raw.decode().rstrip("\n"), Position(position.segment, offset)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:08d}.jsonl"

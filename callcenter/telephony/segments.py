"""The journal's files, for those who read them: each at their own pace, in a process of their own.

Segments of one JSON line a fact, each beginning with a checkpoint of all that was open. A last line
that was torn by a crash is passed over.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callcenter.calls.events import Fact

CHECKPOINT = '{"checkpoint":'
EVERYTHING = 2**63


@dataclass(frozen=True, slots=True, order=True)
class Position:
    segment: int
    offset: int


class Segments:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def numbers(self) -> list[int]:
        # Beside them lies what was set aside (`telephony.delivery`).
        return sorted(int(path.stem) for path in self._folder.glob("[0-9]*.jsonl"))

    def path(self, number: int) -> Path:
        return self._folder / f"{number:08d}.jsonl"

    def restore(self) -> tuple[dict[str, Any] | None, list[Fact]]:
        """The last checkpoint and the facts after it."""
        for number in reversed(self.numbers()):
            if self._is_begun(number):
                first, *lines = (line for line, _ in self._lines(Position(number, 0)))
                return json.loads(first)["checkpoint"], [Fact.load(line) for line in lines]
        return None, []

    def read(self, position: Position, limit: int = EVERYTHING) -> tuple[list[str], Position]:
        """Up to `limit` facts from `position` on, as they were written, and where to go on."""
        facts: list[str] = []
        while len(facts) < limit:
            # Asked first: a segment is whole when the next one was there before it was read.
            later = [number for number in self.numbers() if number > position.segment]
            for line, after in self._lines(position):
                position = after
                if not line.startswith(CHECKPOINT):
                    facts.append(line)
                if len(facts) >= limit:
                    return facts, position
            if not later:
                break
            position = Position(later[0], 0)
        return facts, position

    def bytes_after(self, position: Position) -> int:
        later = (number for number in self.numbers() if number >= position.segment)
        return sum(self.path(number).stat().st_size for number in later) - position.offset

    def forget_before(self, position: Position) -> None:
        """All have everything up to here; the newest checkpoint stays for telephony's next start.

        The newest segment may have been made this moment, and have none yet.
        """
        numbers = self.numbers()
        newest = next(filter(self._is_begun, reversed(numbers)), 0)
        for number in numbers:
            if number < min(position.segment, newest):
                self.path(number).unlink()

    def _is_begun(self, number: int) -> bool:
        first, _ = next(self._lines(Position(number, 0)), ("", None))
        return first.startswith(CHECKPOINT)

    def _lines(self, position: Position) -> Iterator[tuple[str, Position]]:
        path = self.path(position.segment)
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

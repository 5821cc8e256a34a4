"""Facts that a receiver could not take: kept beside the journal, shown, and put back.

One JSON object a line, {at, to, reason, fact}; `fact` as the journal had it. A process that is killed
in the middle may keep one twice: put back, it counts once.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import DataError, IntegrityError

from callcenter.core.clock import Clock
from callcenter.core.metrics import Counter, Gauge

log = structlog.get_logger()

OF_THE_FACT = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, DataError, IntegrityError,
)  # fmt: skip
"""Errors that come from what a fact says: delivered again at once it would fail again."""

SET_ASIDE = Counter(
    "callcenter_facts_set_aside_total", "Facts that a receiver could not take, and are kept", ["to"]
)
LYING_ASIDE = Gauge(
    "callcenter_facts_aside",
    "Facts that are set aside and were not put back yet",
    ["to"],
    multiprocess_mode="mostrecent",
)
_ENDING = ".set-aside.jsonl"


@dataclass(frozen=True, slots=True)
class PutBack:
    """How many were taken now, and how many stay aside."""

    folded: int
    left: int


class SetAside:
    """Of one receiver. All of it happens in the receiver's own thread, so nothing needs a lock."""

    def __init__(self, folder: Path, name: str, clock: Clock) -> None:
        self._file = folder / f"{name}{_ENDING}"
        self._name = name
        self._clock = clock
        self._count = 0
        self._end_torn_line()
        self._tell(len(self._kept()))

    def keep(self, line: str, error: Exception) -> None:
        SET_ASIDE.labels(self._name).inc()
        log.error("delivery.set_aside", to=self._name, file=str(self._file),
                  fact=name_of(line), exc_info=error)  # fmt: skip
        kept = {
            "at": self._clock.now().isoformat(), "to": self._name, "reason": _reason(error),
            "fact": line,
        }  # fmt: skip
        with self._file.open("a") as file:
            file.write(json.dumps(kept) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._tell(self._count + 1)

    def put_back(self, deliver: Callable[[str], None]) -> PutBack:
        """Hand each over once more, in the order in which they were set aside.

        What still cannot be taken stays, with its new reason. Whatever else `deliver` raises (a
        database that is away) leaves all as it was; what it took by then it takes again unharmed.
        """
        kept, left = self._kept(), []
        for one in kept:
            try:
                deliver(one["fact"])
            except OF_THE_FACT as error:
                left.append({**one, "reason": _reason(error)})
        if kept:
            self._replace(left)
            log.info("delivery.put_back", to=self._name, folded=len(kept) - len(left),
                     left=len(left))  # fmt: skip
        return PutBack(len(kept) - len(left), len(left))

    def _kept(self) -> Sequence[dict[str, Any]]:
        """Each once."""
        return [*{one["fact"]: one for one in lines(self._file)}.values()]

    def _end_torn_line(self) -> None:
        """Else the next fact would be written onto it, and be lost with it."""
        if self._file.exists() and not self._file.read_bytes().endswith(b"\n"):
            with self._file.open("a") as file:
                file.write("\n")

    def _replace(self, left: Sequence[dict[str, Any]]) -> None:
        draft = self._file.with_suffix(".tmp")
        text = "".join(json.dumps(one) + "\n" for one in left)
        draft.write_text(text)
        draft.replace(self._file)
        if not left:
            self._file.unlink()
        self._tell(len(left))

    def _tell(self, count: int) -> None:
        self._count = count
        LYING_ASIDE.labels(self._name).set(count)


def aside(folder: Path) -> Iterator[dict[str, Any]]:
    """Everything that is set aside, of all receivers."""
    for file in sorted(folder.glob(f"*{_ENDING}")):
        yield from lines(file)


def lines(file: Path) -> Iterator[dict[str, Any]]:
    """A last line that was torn by a crash is passed over: its fact is still to be delivered."""
    if not file.exists():
        return
    # Not `splitlines`: it also parts a fact at line ends that stand in its texts, as U+2028.
    for line in file.read_text("utf-8", "replace").split("\n"):
        if not line:
            continue
        try:
            yield json.loads(line)
        except ValueError:
            continue


def name_of(line: str) -> str:
    """Enough to find it by, and nothing of what it says of people."""
    try:
        raw = json.loads(line)
        return f"{raw['type']} {raw['id']}"
    except (ValueError, LookupError, TypeError):
        return "unreadable"


def _reason(error: Exception) -> str:
    return repr(error)[:500]

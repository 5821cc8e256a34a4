"""How a publication that takes its time goes on: what it tells of itself, and where it has come to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

Tell = Callable[[int, int], None]
"""Done, of how much. May raise what ends the work."""


@dataclass
class Pace:
    """One that nobody watches, unless somebody says how.

    rest      raises Unfinished when its turn is over: others have theirs, and it goes on later
    started   when it began to rewrite: what was changed since then is rewritten at the end
    last      the last record that was rewritten
    """

    tell: Tell = lambda _done, _total: None
    rest: Callable[[], None] = lambda: None
    total: int = 0
    done: int = 0
    started: datetime | None = None
    last: UUID | None = None

    @classmethod
    def resumed(cls, kept: Mapping[str, Any], tell: Tell, rest: Callable[[], None]) -> "Pace":
        """kept: as `state` said it."""
        started, last = kept.get("started"), kept.get("last")
        return cls(
            tell, rest, kept.get("total", 0), kept.get("done", 0),
            datetime.fromisoformat(started) if started else None, UUID(last) if last else None,
        )  # fmt: skip

    @property
    def state(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "done": self.done,
            "started": self.started.isoformat() if self.started else None,
            "last": str(self.last) if self.last else None,
        }

    def went(self, records: int) -> None:
        self.done = min(self.done + records, self.total)
        self.tell(self.done, self.total)

    def rewrote(self, last: UUID, records: int) -> None:
        """Raises Unfinished when its turn is over."""
        self.last = last
        self.went(records)
        self.rest()

"""The months of a monthly object, each a table of its own: UTC months, whatever the enterprise's zone.

Pure. A month's table is called after its object and the month: `ticket_y2026m11`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

AHEAD = 3
"""Months that stand ready before they begin."""

_LONGEST_NAME = 63
_REST = "_rest"


@dataclass(frozen=True, order=True, slots=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, at: datetime) -> "Month":
        at = at.astimezone(UTC)
        return cls(at.year, at.month)

    @classmethod
    def named(cls, name: str) -> "Month | None":
        """By the end of its table's name; None for any other table."""
        year, _, month = name.rpartition("_y")[2].partition("m")
        if len(year) != 4 or len(month) != 2 or not (year + month).isdigit():
            return None
        return cls(int(year), int(month))

    def plus(self, months: int) -> "Month":
        count = self.year * 12 + self.month - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def begin(self) -> datetime:
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    def table(self, identifier: str) -> str:
        return f"{identifier}_y{self.year:04d}m{self.month:02d}"


def wanted(now: datetime) -> Iterator[Month]:
    """This month and those that stand ready."""
    first = Month.of(now)
    return (first.plus(count) for count in range(AHEAD + 1))


def is_over(month: Month, now: datetime, keep: int) -> bool:
    """Whether it has been kept long enough: so many whole months after its own. 0: for ever."""
    return bool(keep) and month.plus(keep) < Month.of(now)


def rest(identifier: str) -> str:
    """The table of what belongs to no month that stands: nothing is ever lost."""
    return f"{identifier}{_REST}"


def is_part(name: str) -> bool:
    """Whether a monthly object's tables are called so: no object may be."""
    return name.endswith(_REST) or Month.named(name) is not None


def of_part(index: str, part: str) -> str:
    """The name of an index on one of its tables; no two share it."""
    digest = sha256(f"{index} {part}".encode()).hexdigest()[:12]
    return f"{index[: _LONGEST_NAME - 13]}_{digest}"

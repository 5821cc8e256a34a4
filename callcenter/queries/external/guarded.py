"""What a line to any database does about its guard."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from callcenter.queries.external.errors import SourceSilent, SourceTooLarge, StatementTooSlow
from callcenter.queries.external.guard import Cut, Guard
from callcenter.queries.external.lines import Login


class GuardedLine:
    def __init__(self, login: Login, guard: Guard) -> None:
        self._login = login
        self._guard = guard
        self._speaks = False

    def _batches(self, take: Callable[[], Sequence[Any]]) -> Iterator[Any]:
        """All that `take` gives, row by row. Raises SourceTooLarge, and whatever `take` does."""
        while found := self._held(take()):
            self._speaks = True
            yield from found

    def _held(self, found: Sequence[Any]) -> Sequence[Any]:
        if not self._guard.took():
            raise SourceTooLarge(self._login.name, megabytes=self._guard.megabytes)
        return found

    def _cut(self) -> Exception | None:
        """Why the guard has cut it; one that has begun to answer is too slow, and not silent."""
        name = self._login.name
        match self._guard.cut:
            case Cut.LATE if self._speaks:
                return StatementTooSlow()
            case Cut.LATE:
                return SourceSilent(name, seconds=round(self._guard.seconds))
            case Cut.LARGE:
                return SourceTooLarge(name, megabytes=self._guard.megabytes)
        return None

"""Statements that share one time: none of them gets it all anew."""

from typing import Any

import pytest

from callcenter.core.clock import ManualClock
from callcenter.queries.external.errors import StatementTooSlow
from callcenter.queries.external.lines import Found
from callcenter.queries.external.running import _Timed
from callcenter.queries.timing import Left
from tests.support.office import NOW


class Slow:
    """Takes so many seconds for each statement."""

    def __init__(self, clock: ManualClock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self.given: list[int] = []

    def ask(self, _statement: str, _bound: Any, milliseconds: int) -> Found:
        self.given.append(milliseconds)
        self._clock.advance(self._seconds)
        return Found([], iter([[1], [2]]))

    def stream(self, statement: str, bound: Any, milliseconds: int, _batch: int) -> Found:
        return self.ask(statement, bound, milliseconds)


def test_each_further_statement_gets_what_the_others_have_left() -> None:
    clock = ManualClock(NOW)
    there = Slow(clock, 6)
    line: Any = _Timed(there, Left(clock, 15_000))  # type: ignore[arg-type] # as much as is used
    for _ in range(3):
        line.ask("SELECT 1", {})
    assert there.given == [15_000, 9_000, 3_000]
    with pytest.raises(StatementTooSlow):
        line.ask("SELECT 1", {})
    assert len(there.given) == 3


def test_one_that_may_take_less_takes_no_more_and_rows_end_with_the_time() -> None:
    clock = ManualClock(NOW)
    there = Slow(clock, 4)
    line: Any = _Timed(there, Left(clock, 5_000))  # type: ignore[arg-type] # as much as is used
    line.ask("SELECT 1", {}, 500)
    found = line.stream("SELECT 1", {}, 1)
    assert there.given == [500, 1_000]
    with pytest.raises(StatementTooSlow):
        line.next_of(found, 1)

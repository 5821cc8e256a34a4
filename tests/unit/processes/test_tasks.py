"""The parent of the runners: it feeds them, tells how runs ended, and ends those that heed nothing."""

import signal
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from callcenter.automation.hand import AHEAD, Claimed, Outcome
from callcenter.automation.models import RunState
from callcenter.automation.tasks import BrokenOff, StoppedByHand, TimeIsUp, Turn
from callcenter.core.clock import SystemClock
from callcenter.core.ids import new_id
from callcenter.processes import listening, tasks
from callcenter.processes.runners import Life, Message, Over, Ready, Said
from callcenter.processes.tasks import GRACE, RUNNERS, SHORTEST_LIFE, Parent

DONE = Outcome(RunState.DONE)


def a_run() -> Claimed:
    return Claimed(new_id(), new_id(), new_id(), 1, "purge", {}, new_id(), 0, 60)


class _Claims:
    """Says what is waiting, and is told the rest."""

    def __init__(self) -> None:
        self.waiting: list[Claimed] = []
        self.turns: list[Turn] = []
        self.wanted_to_end: list[Any] = []
        self.faults: list[Exception] = []
        self.refuses: Callable[[Turn], bool] = lambda _turn: False
        self.left_to_us: list[list[Any]] = []

    def put_back_but(self, in_hand: Sequence[Any]) -> None:
        self.left_to_us.append([*in_hand])

    def bury(self, _key: str) -> int:
        return 0

    def bury_lost(self) -> int:
        return 0

    def stopped(self) -> Sequence[Any]:
        return self.wanted_to_end

    def turn(self, turn: Turn) -> list[Claimed]:
        if self.faults:
            raise self.faults.pop()
        if self.refuses(turn):
            raise ValueError("words")
        self.turns.append(turn)
        self.waiting += turn.back
        if turn.room is None:
            return []
        taken = [one for one in self.waiting if turn.room.take(one.enterprise_id)]
        self.waiting = [one for one in self.waiting if one not in taken]
        return taken

    @property
    def ended(self) -> list[tuple[Any, RunState, str]]:
        return [
            (each.claimed.run_id, each.outcome.state, each.output)
            for turn in self.turns
            for each in turn.ended
        ]


class _Hired:
    """A runner in the test's hand."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.pid = self.made
        self.line = object()
        self.messages: list[Message] = [Ready()]
        self.given: list[Claimed] = []
        self.is_dead = self.is_broken_off = self.is_killed = False

    def has_died(self) -> bool:
        return self.is_dead

    def give(self, claimed: Claimed) -> None:
        self.given.append(claimed)

    def heard(self) -> Iterator[Message]:
        while self.messages:
            yield self.messages.pop(0)

    def break_off(self) -> None:
        self.is_broken_off = True

    def kill(self) -> None:
        self.is_dead = self.is_killed = True

    def close(self) -> None:
        self.line = object()


class _House:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.claims = _Claims()
        self.hired: list[_Hired] = []
        clock = SimpleNamespace(monotonic=lambda: self.now)
        for module in (tasks, listening):
            monkeypatch.setattr(module, "time", clock)
        monkeypatch.setattr(_Hired, "made", 0)
        claims: Any = self.claims
        self.parent = Parent(claims, self._hire, SystemClock())
        self.look()
        self.look()

    def _hire(self) -> Any:
        self.hired.append(_Hired())
        return self.hired[-1]

    def look(self, seconds: float = 0.6) -> None:
        self.now += seconds
        self.parent.look()

    def busy(self) -> list[_Hired]:
        return [one for one in self.hired if one.given]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> _House:
    return _House(monkeypatch)


def test_runs_are_claimed_given_to_whoever_is_free_and_told_with_what_they_said(
    house: _House,
) -> None:
    runs = house.claims.waiting = [a_run() for _ in range(RUNNERS + 1)]
    house.look()
    assert [one.given for one in house.hired] == [[run] for run in runs[:RUNNERS]]
    first = house.hired[0]
    first.messages = [Said(runs[0].run_id, "half"), Said(runs[0].run_id, "\nwhole")]
    house.look()
    assert house.claims.turns[-1].said == [(runs[0], "half\nwhole")]
    first.messages = [Over(runs[0].run_id, DONE)]
    house.look(0.01)
    assert house.claims.ended == [(runs[0].run_id, RunState.DONE, "half\nwhole")]
    assert first.given[-1] == runs[RUNNERS]


def test_what_somebody_said_of_a_run_that_is_not_his_is_not_heard(house: _House) -> None:
    house.claims.waiting = [a_run()]
    house.look()
    (runner,) = house.busy()
    runner.messages = [Over(new_id(), DONE), Said(new_id(), "x")]
    house.look()
    assert house.claims.ended == []


def test_what_cannot_be_told_now_is_told_later(house: _House) -> None:
    run = a_run()
    house.claims.waiting = [run]
    house.look()
    house.busy()[0].messages = [Over(run.run_id, DONE)]
    house.claims.faults = [OperationalError("COMMIT", {}, OSError("gone"))]
    with pytest.raises(OperationalError, match="gone"):
        house.look()
    house.look()
    assert house.claims.ended == [(run.run_id, RunState.DONE, "")]
    # Whatever that turn may have claimed without our hearing of it waits again.
    assert house.claims.left_to_us == [[run.run_id]]


def test_words_that_cannot_be_written_keep_no_other_run_from_being_told(house: _House) -> None:
    runs = house.claims.waiting = [a_run() for _ in range(3)]
    house.look()
    for hired, said in zip(house.busy(), ("one", "bad", "three"), strict=True):
        run = hired.given[0]
        hired.messages = [Said(run.run_id, said), Over(run.run_id, DONE)]
    house.claims.refuses = lambda turn: any(each.output == "bad" for each in turn.ended)
    house.look()
    told = [
        (run.run_id, RunState.DONE, said)
        for run, said in zip(runs, ("one", "", "three"), strict=True)
    ]
    assert house.claims.ended == told
    house.claims.waiting = [late := a_run()]
    house.look()
    assert any(late in one.given for one in house.hired)


def test_a_run_that_cannot_be_told_at_all_keeps_no_other_from_it(house: _House) -> None:
    runs = house.claims.waiting = [a_run() for _ in range(2)]
    house.look()
    for hired in house.busy():
        hired.messages = [Over(hired.given[0].run_id, DONE)]
    house.claims.refuses = lambda turn: any(each.claimed == runs[0] for each in turn.ended)
    house.look()
    assert house.claims.ended == [(runs[1].run_id, RunState.DONE, "")]
    # It has run: nobody is given it again, and its time gives it up.
    house.look()
    assert house.claims.left_to_us[-1] == [runs[0].run_id]


def test_asked_to_end_while_it_claims_it_knows_what_it_has_claimed(
    house: _House, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_run()
    house.claims.waiting = [run]
    turn = house.claims.turn

    def claim(asked: Turn) -> list[Claimed]:
        claimed = turn(asked)
        if claimed:
            signal.raise_signal(signal.SIGTERM)
        return claimed

    monkeypatch.setattr(house.claims, "turn", claim)
    before = signal.signal(signal.SIGTERM, tasks._end)
    try:
        with pytest.raises(SystemExit):
            house.look()
    finally:
        signal.signal(signal.SIGTERM, before)
    house.parent.end()
    assert house.claims.turns[-1].back == [run]


def test_a_runner_that_dies_has_failed_with_its_run_and_another_takes_its_place(
    house: _House,
) -> None:
    run = a_run()
    house.claims.waiting = [run]
    house.look(2 * SHORTEST_LIFE)
    (runner,) = house.busy()
    runner.messages, runner.is_dead = [Said(run.run_id, "half")], True
    house.look()
    assert house.claims.ended == [(run.run_id, RunState.FAILED, "half")]
    assert len(house.hired) == RUNNERS + 1


def test_one_that_heeds_no_alarm_is_killed_and_one_that_does_is_not(house: _House) -> None:
    run = a_run()
    house.claims.waiting = [run]
    house.look()
    (runner,) = house.busy()
    house.look(run.seconds + GRACE - 0.1)
    assert not runner.is_killed
    house.look(0.2)
    assert runner.is_killed
    assert house.claims.ended == [(run.run_id, RunState.TIMED_OUT, "")]


def test_one_that_is_stopped_is_broken_off_and_killed_if_it_does_not_heed_that(
    house: _House,
) -> None:
    run = a_run()
    house.claims.waiting = [run]
    house.look()
    (runner,) = house.busy()
    house.claims.wanted_to_end = [run.run_id]
    house.look()
    assert (runner.is_broken_off, runner.is_killed) == (True, False)
    house.look(GRACE + 0.1)
    assert runner.is_killed
    assert house.claims.ended == [(run.run_id, RunState.STOPPED, "")]


def test_one_that_is_stopped_before_it_began_never_begins(house: _House) -> None:
    runs = house.claims.waiting = [a_run() for _ in range(RUNNERS + 1)]
    house.look()
    house.claims.wanted_to_end = [runs[RUNNERS].run_id]
    house.look()
    assert house.claims.ended == [(runs[RUNNERS].run_id, RunState.STOPPED, "")]
    house.hired[0].messages = [Over(runs[0].run_id, DONE)]
    house.look()
    assert house.hired[0].given == [runs[0]]


def test_while_all_are_at_work_for_longer_what_has_not_begun_is_put_back(house: _House) -> None:
    runs = house.claims.waiting = [a_run() for _ in range(AHEAD)]
    house.look()
    house.look(1)
    assert [*house.claims.turns[-1].back] == runs[RUNNERS:]
    assert house.claims.turns[-1].room is None


def test_at_the_end_what_has_not_begun_waits_again_and_what_was_under_way_has_failed(
    house: _House,
) -> None:
    runs = house.claims.waiting = [a_run() for _ in range(RUNNERS + 1)]
    house.look()
    house.parent.end()
    assert [*house.claims.turns[-1].back] == runs[RUNNERS:]
    assert house.claims.ended == [(run.run_id, RunState.FAILED, "") for run in runs[:RUNNERS]]
    assert all(one.is_killed for one in house.hired)


def test_asked_to_end_while_it_hires_it_knows_whom_it_has_hired(
    house: _House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.now += SHORTEST_LIFE
    house.hired[0].is_dead = True

    def hire() -> Any:
        signal.raise_signal(signal.SIGTERM)
        return house._hire()

    monkeypatch.setattr(house.parent, "_hire", hire)
    before = signal.signal(signal.SIGTERM, tasks._end)
    try:
        with pytest.raises(SystemExit):
            house.look()
    finally:
        signal.signal(signal.SIGTERM, before)
    house.parent.end()
    assert house.hired[-1].is_killed


def test_runners_that_cannot_live_are_begun_anew_after_a_breath_that_nobody_waits_for(
    house: _House,
) -> None:
    # Those of before have lived long enough.
    house.now += SHORTEST_LIFE
    for round_of_four in (1, 2):
        for one in house.hired:
            one.is_dead = True
        house.look(0.1)
        assert len(house.hired) == 2 * RUNNERS, round_of_four
    house.look(SHORTEST_LIFE)
    assert len(house.hired) == 3 * RUNNERS


class _Line:
    def __init__(self) -> None:
        self.sent: list[Message] = []

    def send(self, message: Message) -> None:
        self.sent.append(message)


@pytest.mark.parametrize(
    ("fault", "state"),
    [(TimeIsUp(), RunState.TIMED_OUT), (StoppedByHand(), RunState.STOPPED)],
)
def test_a_runner_says_that_a_run_was_broken_off_and_ends_with_it(
    fault: BrokenOff, state: RunState
) -> None:
    line: Any = _Line()

    class _Runner:
        def carry_out(self, _claimed: Claimed, _tell: Any) -> Outcome:
            raise fault

    runner: Any = _Runner()
    run = a_run()
    with pytest.raises(SystemExit):
        Life(runner, line).carry_out(run)
    (said,) = line.sent
    assert (said.run_id, said.outcome.state) == (run.run_id, state)


def test_a_signal_that_comes_too_late_breaks_off_nothing() -> None:
    life = Life(SimpleNamespace(), SimpleNamespace())  # type: ignore[arg-type] # neither is used
    life._broken_off(StoppedByHand, 10, None)

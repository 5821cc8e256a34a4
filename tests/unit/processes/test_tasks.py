"""Runners: one ends with a run whose end it could not write down; one that cannot live holds up nobody."""

from types import SimpleNamespace
from typing import Any

import pytest

from callcenter.automation.tasks import Claimed, TimeIsUp
from callcenter.core.ids import new_id
from callcenter.processes import tasks
from callcenter.processes.tasks import RUNNERS, SHORTEST_LIFE, Parent, _carry_out

CLAIMED = Claimed(new_id(), new_id(), new_id(), 1, "purge", {}, new_id(), 0, 60)


class _Runner:
    def __init__(self, fault: BaseException) -> None:
        self._fault = fault

    def carry_out(self, _claimed: Claimed) -> None:
        raise self._fault


@pytest.mark.parametrize(("fault", "code"), [(TimeIsUp(), 0), (OSError("lost"), 1)])
def test_after_a_run_that_is_in_nobodys_hand_the_process_ends(
    fault: BaseException, code: int
) -> None:
    runner: Any = _Runner(fault)
    with pytest.raises(SystemExit) as ended:
        _carry_out(runner, CLAIMED)
    assert ended.value.code == code


class _Stillborn:
    """A copy that is over before anybody looks."""

    made = 0

    def __init__(self, *_: Any, **__: Any) -> None:
        type(self).made += 1
        self.pid = self.made

    def poll(self) -> int:
        return 1


def test_runners_that_cannot_live_are_begun_anew_after_a_breath_that_nobody_waits_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(_Stillborn, "made", 0)
    monkeypatch.setattr(tasks, "Copy", _Stillborn)
    monkeypatch.setattr(tasks, "time", SimpleNamespace(monotonic=lambda: clock.now))
    buried: list[str] = []
    settings: Any = SimpleNamespace(telephony=SimpleNamespace(node="n"))
    database: Any = SimpleNamespace(dispose=lambda: None)
    watch: Any = SimpleNamespace(bury=lambda runner, _why: buried.append(runner))
    parent = Parent(settings, database, watch)
    parent.keep()
    parent.keep()
    assert (len(buried), _Stillborn.made) == (RUNNERS, RUNNERS)
    clock.now += SHORTEST_LIFE
    parent.keep()
    assert _Stillborn.made == 2 * RUNNERS

"""A runner's process: it ends with a run whose end it could not write down."""

from typing import Any

import pytest

from callcenter.automation.tasks import Claimed, TimeIsUp
from callcenter.core.ids import new_id
from callcenter.processes.tasks import _carry_out

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

"""Data services, the web or who writes the books is gone, or hangs: calls are served meanwhile."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.faults.harm import frozen, gone
from tests.faults.shift import AFTER_IT, AS_THEY_WERE, SPARE, TALKER, Shift
from tests.faults.truth import Truth
from tests.support.stack import RunningProcess

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("harm", [gone, frozen])
@pytest.mark.parametrize("service", ["postgres", "redis", "web", "facts"])
async def test_calls_are_served_without_it_and_everything_agrees_after_it(
    at_work: Shift,
    truth: Truth,
    service: str,
    harm: Callable[[RunningProcess], AbstractContextManager[None]],
    outage_seconds: float,
) -> None:
    shift = at_work
    stages = await shift.everybody_busy()
    await shift.ready(SPARE)
    with harm(shift.stack.process(service)):
        newcomer = await shift.goes_on_meanwhile(stages)
        await asyncio.sleep(outage_seconds)
    await asyncio.to_thread(truth.recovered)
    await asyncio.to_thread(truth.agrees)
    assert (stages.lost(), newcomer.ended.is_set()) == (["connected"], False)
    assert shift.state(TALKER) in AFTER_IT
    assert shift.on_the_phone()[1:] == AS_THEY_WERE[1:]
    assert shift.state(SPARE) == "talking"
    await shift.everybody_is_served()
    await shift.hang_up_all()
    await asyncio.to_thread(truth.agrees)

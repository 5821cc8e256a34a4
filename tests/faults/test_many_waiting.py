"""Telephony dies or stalls while fifty callers are in a flow and in a queue: all re-enter in order."""

import asyncio
import time

import pytest

from tests.e2e.people import FLOW_HOTLINE, Api
from tests.faults.shift import SPARE, WITHIN, Shift
from tests.faults.test_telephony import Fault, killed, stopped
from tests.faults.truth import Truth

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]

IN_FLOW, QUEUED = 20, 30
BACK_WITHIN = 2.0
"""Seconds after telephony is ready again."""


async def flow_calls(api: Api, flow: str) -> int:
    return len((await api.get(f"/ivr-services/{flow}/calls"))["items"])


async def everybody_waits(shift: Shift, api: Api, flow: str) -> float:
    """Seconds until all of them are where they were, counted from now."""
    began, where = time.monotonic(), (0, 0)
    while where != (QUEUED, IN_FLOW):
        where = shift.queued(), await flow_calls(api, flow)
        assert time.monotonic() - began < WITHIN, f"in the queue and in the flow: {where}"
        await asyncio.sleep(0.05)
    return time.monotonic() - began


@pytest.mark.parametrize("fault", [killed, stopped])
async def test_fifty_callers_are_back_in_their_places(
    at_work: Shift, truth: Truth, fault: Fault, outage_seconds: float
) -> None:
    shift, stack = at_work, at_work.stack
    admin = await shift.administrator()
    flows = (await admin.get("/ivr-services"))["items"]
    flow = next(one["id"] for one in flows if FLOW_HOTLINE in one["numbers"])
    callers = [await shift.caller() for _ in range(QUEUED)]
    callers += [await shift.caller(FLOW_HOTLINE) for _ in range(IN_FLOW)]
    await everybody_waits(shift, admin, flow)
    since, before = shift.longest_since(), stack.process("telephony").pid
    known = len(truth.passes())
    async with fault(stack, outage_seconds):
        pass
    anew = stack.process("telephony").pid != before
    await asyncio.to_thread(truth.recovered, known=known if anew else None)
    took = await everybody_waits(shift, admin, flow)
    assert took <= BACK_WITHIN
    assert shift.longest_since() == since
    assert not any(call.ended.is_set() for call in callers)
    await shift.ready(SPARE)
    await shift.answers(SPARE)
    # Who came first is served first, whatever happened meanwhile.
    assert shift.call_with(SPARE) == truth.queued_at(since)
    await admin.close()

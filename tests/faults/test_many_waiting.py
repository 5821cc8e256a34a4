"""Telephony dies or stalls while fifty callers are in a flow and in a queue: all re-enter in order.

Or it stays away so long that Asterisk serves them alone: nobody is lost.
"""

import asyncio
import time
from collections.abc import Sequence

import pytest

from tests.e2e.people import FLOW_HOTLINE, Api
from tests.faults.harm import began_anew, gone, listens
from tests.faults.shift import SPARE, WITHIN, Shift, eventually
from tests.faults.test_telephony import Fault, killed, stopped
from tests.faults.truth import Place, Truth
from tests.support.stack import Stack
from tests.support.waiting import ask_until, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]

IN_FLOW, QUEUED = 20, 30
BACK_WITHIN = 2.0
"""Seconds after telephony takes calls again: it listens, or goes on where it stood."""


async def the_flow(api: Api) -> str:
    flows = (await api.get("/ivr-services"))["items"]
    return next(one["id"] for one in flows if FLOW_HOTLINE in one["numbers"])


async def flow_calls(api: Api, flow: str) -> int:
    return len((await api.get(f"/ivr-services/{flow}/calls"))["items"])


async def everybody_waits(
    shift: Shift, api: Api, flow: str, queued: int = QUEUED, in_flow: int = IN_FLOW
) -> float:
    """Seconds until the telephony that runs now tells of so many, counted from now."""
    began, where = time.monotonic(), (0, 0)
    while where != (queued, in_flow) or not shift.telephony_is_ready():
        assert time.monotonic() - began < WITHIN, f"in the queue and in the flow: {where}"
        await asyncio.sleep(0.05)
        where = shift.queued(), await flow_calls(api, flow)
    return time.monotonic() - began


def takes_calls(stack: Stack) -> None:
    """Telephony is there again."""
    wait_until(lambda: listens(stack.settings.asterisk.agi_port), WITHIN, "telephony listens")


async def in_the_ledger(truth: Truth, count: int) -> list[Place]:
    """The places of so many callers, written down a moment after they were given."""

    async def of_all() -> list[Place]:
        found = await asyncio.to_thread(truth.places)
        return found if len(found) == count else []

    return await ask_until(of_all, WITHIN, f"{count} places in the ledger")


async def leave_in_order(shift: Shift, places: Sequence[Place]) -> None:
    """One by one, the first first: the wait that telephony tells is always the next one's."""

    async def first_since(since: str) -> None:
        def told() -> str:
            return shift.longest_since()

        await eventually(lambda: told() == since, f"the first came {since or 'never'}", told)

    for place in places:
        await first_since(place.since)
        await shift.by_number[place.number].hang_up()
    await first_since("")


@pytest.mark.parametrize("fault", [killed, stopped])
async def test_fifty_callers_are_back_in_their_places(
    at_work: Shift, truth: Truth, fault: Fault, outage_seconds: float
) -> None:
    shift, stack = at_work, at_work.stack
    admin = await shift.administrator()
    flow = await the_flow(admin)
    callers = [await shift.caller() for _ in range(QUEUED)]
    callers += [await shift.caller(FLOW_HOTLINE) for _ in range(IN_FLOW)]
    await everybody_waits(shift, admin, flow)
    first, *others = await in_the_ledger(truth, QUEUED)
    async with fault(stack, outage_seconds):
        pass
    await asyncio.to_thread(takes_calls, stack)
    assert await everybody_waits(shift, admin, flow) <= BACK_WITHIN
    assert not any(call.ended.is_set() for call in callers)
    assert await asyncio.to_thread(truth.places) == [first, *others]
    await shift.ready(SPARE)
    await shift.answers(SPARE)
    # Who came first is served first, whatever happened meanwhile.
    assert shift.call_with(SPARE) == first.call_id
    await leave_in_order(shift, others)
    await admin.close()


async def test_who_waits_longer_than_five_seconds_is_served_by_asterisk_and_nobody_is_lost(
    at_work: Shift, truth: Truth
) -> None:
    shift, stack = at_work, at_work.stack
    admin = await shift.administrator()
    flow = await the_flow(admin)
    await shift.ready(SPARE)
    talks = await shift.caller()
    await shift.answers(SPARE)
    callers = [await shift.caller() for _ in range(4)]
    callers += [await shift.caller(FLOW_HOTLINE) for _ in range(3)]
    await everybody_waits(shift, admin, flow, 4, 3)
    places = await in_the_ledger(truth, 4)
    telephony = stack.process("telephony")
    before = telephony.pid
    with gone(telephony):
        await talks.hang_up()
        await (await shift.rings(SPARE)).answer()
    await asyncio.to_thread(began_anew, telephony, before)
    await asyncio.to_thread(takes_calls, stack)
    await everybody_waits(shift, admin, flow, 3, 3)
    assert not any(call.ended.is_set() for call in callers)
    assert shift.state(SPARE) == "talking"
    left = await in_the_ledger(truth, 3)
    assert set(left) < set(places)
    await leave_in_order(shift, left)
    await admin.close()

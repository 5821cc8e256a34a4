"""Telephony dies or stalls with a caller in every stage: all of them are served, none twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from tests.faults.harm import began_anew, frozen, gone, keeper_held
from tests.faults.shift import AS_THEY_WERE, ASKER, TALKER, Shift
from tests.faults.truth import Truth
from tests.support.stack import Stack

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]

Fault = Callable[[Stack, float], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def killed(stack: Stack, _seconds: float) -> AsyncIterator[None]:
    """Dead at once; its keeper starts it again by itself."""
    before = stack.process("telephony").pid
    stack.process("telephony").kill9()
    yield
    await asyncio.to_thread(began_anew, stack.process("telephony"), before)


@asynccontextmanager
async def stopped(stack: Stack, seconds: float) -> AsyncIterator[None]:
    """It stands still and goes on where it was; after three seconds its keeper would end it."""
    with frozen(stack.process("telephony")):
        yield
        await asyncio.sleep(seconds)


@asynccontextmanager
async def refusing(stack: Stack, seconds: float) -> AsyncIterator[None]:
    """Nobody listens on its ports."""
    before = stack.process("telephony").pid
    with gone(stack.process("telephony")):
        yield
        await asyncio.sleep(seconds)
    await asyncio.to_thread(began_anew, stack.process("telephony"), before)


@asynccontextmanager
async def silent(stack: Stack, seconds: float) -> AsyncIterator[None]:
    """Connections are accepted and nothing is said, until the keeper sees to it."""
    before = stack.process("telephony").pid
    with keeper_held(stack.process("telephony")):
        stack.process("telephony").stop()
        yield
        await asyncio.sleep(seconds)
    await asyncio.to_thread(began_anew, stack.process("telephony"), before)


@pytest.mark.parametrize("fault", [killed, stopped, refusing, silent])
async def test_every_caller_is_served_whatever_stage_it_struck_in(
    at_work: Shift, truth: Truth, fault: Fault, outage_seconds: float
) -> None:
    shift, stack = at_work, at_work.stack
    stages = await shift.everybody_busy()
    known, before = len(truth.passes()), stack.process("telephony").pid
    async with fault(stack, outage_seconds):
        newcomer = await shift.caller()
    anew = stack.process("telephony").pid != before
    await asyncio.to_thread(truth.recovered, known=known if anew else None)
    await asyncio.to_thread(truth.agrees)
    assert (stages.lost(), newcomer.ended.is_set()) == ([], False)
    assert shift.on_the_phone() == AS_THEY_WERE
    assert (shift.follows(TALKER), shift.follows(ASKER)) == ("not_ready", "not_ready")
    await shift.everybody_is_served()
    assert stages.lost() == []
    await shift.hang_up_all()
    await asyncio.to_thread(truth.agrees)

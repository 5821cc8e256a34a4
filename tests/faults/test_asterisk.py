"""Asterisk dies: its calls are over, and neither agents nor ledger nor callers are left behind."""

import asyncio

import pytest

from tests.faults.harm import began_anew
from tests.faults.shift import AFTER_IT, ASKED, ASKER, RUNG, TALKER, Shift
from tests.faults.truth import Truth

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]


async def test_after_a_sudden_death_agents_are_free_and_the_next_caller_is_served(
    at_work: Shift, truth: Truth
) -> None:
    shift, asterisk = at_work, at_work.stack.process("asterisk")
    await shift.everybody_busy()
    await shift.rings(RUNG)
    known, before = len(truth.passes()), asterisk.pid
    asterisk.kill9()
    await asyncio.to_thread(began_anew, asterisk, before)
    await asyncio.to_thread(truth.recovered, known=known)
    await asyncio.to_thread(truth.agrees)
    assert shift.state(RUNG) in {"ready", "not_ready"}
    assert {shift.state(TALKER), shift.state(ASKER)} <= AFTER_IT
    assert shift.state(ASKED) != "talking"
    await shift.lines_are_dead()
    await shift.ready(RUNG)
    await shift.caller()
    await shift.answers(RUNG)
    await shift.hang_up_all()
    await asyncio.to_thread(truth.agrees)

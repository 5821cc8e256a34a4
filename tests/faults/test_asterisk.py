"""Asterisk dies: its calls are over, and neither agents nor ledger nor callers are left behind."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from callcenter.people.service.roster import endpoint_name
from tests.e2e.people import ENTERPRISE
from tests.faults.harm import asterisk, began_anew
from tests.faults.shift import AFTER_IT, ASKED, ASKER, DESKS, RUNG, TALKER, Shift
from tests.faults.truth import Truth
from tests.support.stack import Stack
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]


async def test_after_a_sudden_death_agents_are_free_and_the_next_caller_is_served(
    at_work: Shift, truth: Truth
) -> None:
    shift, program = at_work, at_work.stack.process("asterisk")
    await shift.everybody_busy()
    await shift.rings(RUNG)
    kept = {endpoint_name(ENTERPRISE, code) for code in DESKS}
    await asyncio.to_thread(
        wait_until, lambda: kept <= phones_on_disk(shift.stack), 5, "the phones are on disk"
    )
    known, before = len(truth.passes()), program.pid
    program.kill9()
    await asyncio.to_thread(began_anew, program, before)
    await asyncio.to_thread(truth.recovered, known=known)
    await asyncio.to_thread(truth.agrees)
    assert shift.state(RUNG) in {"ready", "not_ready"}
    assert {shift.state(TALKER), shift.state(ASKER)} <= AFTER_IT
    assert shift.state(ASKED) != "talking"
    await shift.lines_are_dead()
    await shift.ready(RUNG)
    phone, stack = f"PJSIP/{endpoint_name(ENTERPRISE, RUNG)}", shift.stack
    await asyncio.to_thread(
        wait_until,
        lambda: phone in would_be_rung(stack),
        5,
        "the fallback queue knows who is ready",
    )
    await shift.caller()
    await shift.answers(RUNG)
    await shift.hang_up_all()
    await asyncio.to_thread(truth.agrees)


def phones_on_disk(stack: Stack) -> set[str]:
    """Registrations that outlive Asterisk, which writes them down once a second."""
    file = stack.settings.paths.home / "asterisk" / "lib" / "astdb.sqlite3"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT key FROM astdb WHERE key LIKE '/registrar/contact/%'")
        return {key.rpartition("/")[2].partition(";")[0] for (key,) in rows}


def would_be_rung(stack: Stack) -> set[str]:
    """Whom Asterisk's own queues would ring, were the control plane away."""
    members = [
        line.split() for line in asterisk(stack, "queue show").splitlines() if "PJSIP/" in line
    ]
    return {member[0] for member in members if not any("paused" in word for word in member)}

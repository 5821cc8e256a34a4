"""The manager's connection is cut, or says nothing, while Asterisk and all calls go on."""

import asyncio

import pytest

from tests.faults.harm import ami_mute, cut_ami
from tests.faults.shift import (
    AFTER_IT,
    AS_THEY_WERE,
    ASKER,
    RUNG,
    SPARE,
    TALKER,
    Shift,
)
from tests.faults.truth import Truth

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]


async def test_a_cut_connection_is_made_anew_and_nothing_is_missed(
    at_work: Shift, truth: Truth
) -> None:
    shift = at_work
    stages = await shift.everybody_busy()
    known = len(truth.passes())
    cut_ami(shift.stack)
    newcomer = await shift.caller()
    await asyncio.to_thread(truth.recovered, known=known)
    await asyncio.to_thread(truth.agrees)
    assert (stages.lost(), newcomer.ended.is_set()) == ([], False)
    assert shift.on_the_phone() == AS_THEY_WERE
    await shift.everybody_is_served()
    await shift.hang_up_all()
    await asyncio.to_thread(truth.agrees)


async def test_what_a_mute_connection_did_not_tell_is_found_out(
    at_work: Shift, truth: Truth, outage_seconds: float
) -> None:
    shift = at_work
    stages = await shift.everybody_busy()
    known = len(truth.passes())
    with ami_mute(shift.stack):
        # Untold: an agent answers, a talk ends, a caller comes.
        await (await shift.rings(RUNG)).answer()
        await stages.connected.hang_up()
        await shift.caller()
        await asyncio.sleep(outage_seconds)
        await asyncio.to_thread(truth.recovered, known=known)
        await asyncio.to_thread(truth.agrees)
    assert stages.lost() == ["connected"]
    assert shift.state(RUNG) == "talking"
    assert shift.state(TALKER) in AFTER_IT
    assert shift.on_the_phone()[1:] == AS_THEY_WERE[1:]
    await shift.asks(ASKER, "consult/cancel")
    await shift.has_state(ASKER, "talking")
    await shift.ready(SPARE)
    await shift.answers(SPARE)
    await shift.hang_up_all()
    await asyncio.to_thread(truth.agrees)

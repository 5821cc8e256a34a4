"""A call is given to a colleague through the screen, with its pop."""

import pytest

from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Speak
from tests.e2e.conftest import Person
from tests.e2e.people import HOTLINE

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_blind_transfer_pops_at_the_colleague_and_ends_with_the_caller(
    network: PublicNetwork, person: Person
) -> None:
    first, second = await person("8001"), await person("8002")
    await first.be_ready()
    call = await network.call(HOTLINE, "13912345679", "", [Speak("您好，请转王浩。")] * 5)
    await first.wait_pop()
    await first.answer()
    await second.be_ready()
    await first.click("transfer")
    await first.click("target-8002")
    await second.wait_pop()
    await second.answer()
    await first.has_state("wrap_up")
    assert not call.ended.is_set()
    await second.hang_up()
    await second.has_state("wrap_up")
    await call.ended.wait()

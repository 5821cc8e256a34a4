"""A caller chooses a language and an agent by keys (RFC 4733) and is popped at the right screen."""

import pytest
from playwright.async_api import expect

from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Keys, Speak, Wait
from tests.e2e.conftest import Person
from tests.e2e.people import FLOW_HOTLINE

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
CALLER = "13912345678"


async def test_keys_lead_through_the_flow_to_an_agent(
    network: PublicNetwork, person: Person
) -> None:
    agent = await person("8001")
    await agent.be_ready()
    call = await network.call(
        FLOW_HOTLINE,
        CALLER,
        "",
        [Wait(1), Keys("1"), Wait(2), Keys("2"), Speak("您好，我要报修。")],
    )
    await expect(agent.by("answer")).to_be_visible(timeout=25_000)
    await agent.wait_pop()
    await agent.answer()
    await expect(agent.by("bar-number")).to_contain_text("139")
    await call.hang_up()
    await agent.has_state("wrap_up")

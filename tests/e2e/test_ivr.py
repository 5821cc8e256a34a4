"""A caller chooses a language and an agent by keys (RFC 4733) and is popped at the right screen."""

import pytest
from playwright.async_api import expect

from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Keys, Wait
from tests.e2e.conftest import Client, Person
from tests.e2e.figures import assert_figures_agree
from tests.e2e.main_job import talk
from tests.e2e.people import FLOW_HOTLINE
from tests.e2e.sides import Sides
from tests.support.books import Books
from tests.support.sound import Moments

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
CALLER = "13912345678"


async def test_keys_lead_through_the_flow_to_an_agent(
    network: PublicNetwork, person: Person, client: Client, books: Books
) -> None:
    agent = await person("8001")
    await agent.be_ready()
    script = [Wait(1), Keys("1"), Wait(2), Keys("2")]
    caller = await network.call(FLOW_HOTLINE, CALLER, "", script)
    await expect(agent.by("answer")).to_be_visible(timeout=25_000)
    await agent.wait_pop()
    await agent.answer()
    await expect(agent.by("bar-number")).to_contain_text("139")
    moments = Moments()
    await talk(moments, caller, agent)
    await caller.hang_up()
    await agent.has_state("wrap_up")

    call = books.assert_agree(books.newest(access_number=FLOW_HOTLINE).id)
    routed = [fact.data["target"] for fact in books.facts(call.id) if fact.type == "call.routed"]
    assert routed == ["ivr_service"]
    sides = await Sides.of(moments, await client("8201"), books, call.id)
    sides.assert_only_customer("customer_speaks")
    sides.assert_only_agent("agent_speaks")
    await agent.click("wrapup-done")
    await agent.has_state("ready")
    await assert_figures_agree(await client("admin"), books)

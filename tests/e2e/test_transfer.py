"""A call is given to a colleague through the screen, with its pop."""

import asyncio

import pytest

from deploy.lab.publicnet import PublicNetwork
from tests.e2e.conftest import Client, Person
from tests.e2e.figures import assert_figures_agree
from tests.e2e.main_job import LONG_ENOUGH, UNSURE, talk
from tests.e2e.people import HOTLINE
from tests.e2e.sides import Sides
from tests.support.books import Books
from tests.support.sound import Moments

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_blind_transfer_pops_at_the_colleague_and_is_one_call_in_every_book(
    network: PublicNetwork, person: Person, client: Client, books: Books
) -> None:
    first, second = await person("8001"), await person("8002")
    await first.be_ready()
    caller = await network.call(HOTLINE, "13912345679")
    await first.wait_pop()
    await first.answer()
    await second.be_ready()
    moments = Moments(UNSURE)
    await talk(moments, caller, first)
    await first.click("transfer")
    await first.click("target-8002")
    await second.wait_pop()
    await second.answer()
    await first.has_state("wrap_up")
    assert not caller.ended.is_set()
    await moments.during("colleague_speaks", asyncio.sleep(LONG_ENOUGH))
    await second.hang_up()
    await second.has_state("wrap_up")
    await caller.ended.wait()

    call = books.assert_agree(books.newest(access_number=HOTLINE).id)
    assert (call.ended_by, call.offers) == ("agent", 2)
    sides = await Sides.of(moments, await client("8201"), books, call.id)
    sides.assert_only_customer("customer_speaks")
    sides.assert_only_agent("agent_speaks")
    sides.assert_only_agent("colleague_speaks")
    for agent in (first, second):
        await agent.click("wrapup-done")
        await agent.has_state("ready")
    await assert_figures_agree(await client("admin"), books)

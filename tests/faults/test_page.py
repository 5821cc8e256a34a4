"""The agent's page is loaded anew in the middle of a talk, or its tab sleeps: the customer stays."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from deploy.lab.browser import BrowserAgent, chromium
from deploy.lab.call import LabCall
from deploy.lab.script import Speak
from deploy.lab.speech import speech
from tests.e2e.people import ENTERPRISE, HOTLINE
from tests.faults.shift import Shift, voice_arrives
from tests.faults.truth import Truth
from tests.support.stack import Stack

pytestmark = [pytest.mark.faults, pytest.mark.asyncio(loop_scope="session")]

SAYS = "您好，这里是售后服务中心，请问有什么可以帮您？"


@pytest_asyncio.fixture(loop_scope="session")
async def agent(stack: Stack, tmp_path: Path) -> AsyncIterator[BrowserAgent]:
    """8005 at a browser, ready; nobody else takes calls."""
    said = await asyncio.to_thread(speech, tmp_path, SAYS)
    async with chromium(said) as browser:
        one = await BrowserAgent.open(browser, stack.url)
        # The page warns of the talk; the agent means it.
        one.page.on("dialog", lambda dialog: dialog.accept())
        await one.sign_in(ENTERPRISE, "8005", stack.password)
        await one.be_ready()
        yield one
        await one.click("quick-not-ready")
        await one.has_state("not_ready")


async def talk(shift: Shift, agent: BrowserAgent) -> LabCall:
    caller = await shift.caller(HOTLINE, *[Speak("您好")] * 60)
    await agent.wait_pop()
    await agent.answer()
    return caller


async def wrap_up(agent: BrowserAgent) -> None:
    await agent.has_state("wrap_up")
    await agent.click("wrapup-done")
    await agent.has_state("ready")


async def test_a_page_that_is_loaded_anew_takes_its_talk_back(
    shift: Shift, agent: BrowserAgent, truth: Truth
) -> None:
    caller = await talk(shift, agent)
    await agent.page.reload()
    await agent.has_state("talking")
    # Only a phone that has the call can hold it.
    await expect(agent.by("hold")).to_be_enabled()
    await voice_arrives(caller)
    await asyncio.to_thread(truth.agrees)
    assert not caller.ended.is_set()
    await agent.hang_up()
    await asyncio.wait_for(caller.ended.wait(), 10)
    await wrap_up(agent)
    await asyncio.to_thread(truth.agrees)


async def test_a_tab_that_slept_shows_what_happened_meanwhile(
    shift: Shift, agent: BrowserAgent, truth: Truth, outage_seconds: float
) -> None:
    caller = await talk(shift, agent)
    tab = await agent.page.context.new_cdp_session(agent.page)
    await tab.send("Page.setWebLifecycleState", {"state": "frozen"})
    await voice_arrives(caller)
    await asyncio.sleep(outage_seconds)
    await asyncio.to_thread(truth.agrees)
    assert not caller.ended.is_set()
    await caller.hang_up()
    await asyncio.wait_for(caller.ended.wait(), 10)
    await asyncio.to_thread(truth.agrees)
    await tab.send("Page.setWebLifecycleState", {"state": "active"})
    await wrap_up(agent)
    await asyncio.to_thread(truth.agrees)

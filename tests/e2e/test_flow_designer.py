"""An administrator draws a flow, tries it in words, publishes it, and a real call goes that way."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Keys, Wait
from tests.e2e.conftest import Client, Person
from tests.e2e.people import bind_number
from tests.e2e.test_newcomer import Hands
from tests.support.books import Books

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

NUMBER, SHOWN = "02160000079", "021-6000 0079"
CALLER = "13700003333"
FLOW, SERVICE = "营业厅", "售后服务"
HOURS = "我们每天九点到十八点营业。"
DOCUMENT = b"""<?xml version="1.0"?>
<vxml version="2.1" xmlns="http://www.w3.org/2001/vxml" xml:lang="zh-CN">
  <form id="hours"><block><audio src="hours.wav"/></block></form>
</vxml>"""


async def a_flow_to_begin_with(hands: Hands) -> None:
    await hands.click("nav-flows")
    await hands.click("flow-new")
    await hands.type("flow-new-name", FLOW)
    await hands.save()
    await hands.click("flow-starter")
    await expect(hands.at.by("flow-problems")).to_be_visible()


async def the_agents_take_its_calls(hands: Hands) -> None:
    await hands.at.by("flow-panel").get_by_role("button", name="转接").click()
    await hands.choose("transfer_1-target", SERVICE)
    await expect(hands.at.by("flow-problems")).to_have_count(0)


async def a_third_key_tells_the_hours(hands: Hands) -> None:
    """Each new node is led to by the first free exit of the one that is chosen."""
    await hands.click("node-menu_1")
    await hands.click("menu_1-key-3")
    await expect(hands.at.by("flow-problems")).to_be_visible()
    await hands.click("kind-play")
    await hands.type("play_3-prompts-0-zh-CN", HOURS)
    await hands.click("kind-hang_up")
    await expect(hands.at.by("node-hang_up_2")).to_be_visible()
    await expect(hands.at.by("flow-problems")).to_have_count(0)


async def what_was_taken_away_comes_back(hands: Hands) -> None:
    await hands.click("node-play_3")
    await hands.at.page.keyboard.press("Delete")
    await expect(hands.at.by("node-play_3")).to_have_count(0)
    await hands.at.page.keyboard.press("Control+z")
    await expect(hands.at.by("node-play_3")).to_be_visible()
    await expect(hands.at.by("draft-state")).to_have_attribute("data-state", "saved")


async def it_is_tried(hands: Hands) -> None:
    await hands.click("flow-try")
    await hands.click("try-begin")
    await hands.click("try-key-3")
    await expect(hands.at.by("try-said").last).to_have_text(HOURS)
    await expect(hands.at.by("try-ended")).to_be_visible()
    await expect(hands.at.page.locator(".node.active[data-test=node-hang_up_2]")).to_be_visible()
    await hands.click("flow-try")


async def it_is_called_before_anybody_else_can(hands: Hands) -> None:
    """By the page's own phone, over SIP and WebRTC: keys are heard, and the canvas follows."""
    page = hands.at.page
    await hands.click("flow-try")
    await hands.click("try-once-more")
    await hands.click("try-call")
    await expect(hands.at.by("call-state")).to_have_text("通话中", timeout=20_000)
    await expect(page.locator(".node.active[data-test=node-menu_1]")).to_be_visible(timeout=20_000)
    await hands.click("try-key-3")
    await expect(hands.at.by("try-said").last).to_have_text(HOURS, timeout=20_000)
    await expect(hands.at.by("try-ended")).to_be_visible(timeout=20_000)
    await expect(hands.at.by("call-state")).to_have_text("已结束")
    await expect(page.locator(".node.active[data-test=node-hang_up_2]")).to_be_visible()
    await hands.click("flow-try")


async def a_prompt_is_recorded(hands: Hands) -> None:
    """By the microphone of the page; it is heard before it is kept."""
    page = hands.at.page
    await hands.click("nav-flows")
    await hands.click("flow-prompts")
    await hands.click("prompt-new")
    await page.locator(".el-message-box__input input").fill("欢迎词")
    await page.locator(".el-message-box .el-button--primary").click()
    await hands.click("record-page-zh-CN")
    await expect(page.locator(".recorder .meter i.on").first).to_be_visible(timeout=20_000)
    # The meter runs a moment before the recorder has written anything.
    spoken = page.locator(".recorder [role=status]")
    await expect(spoken).to_contain_text(re.compile("0:0[1-9]"), timeout=20_000)
    await hands.click("record-stop-zh-CN")
    await expect(hands.at.by("record-audio-zh-CN")).to_have_attribute("src", re.compile("^blob:"))
    await hands.click("record-keep-zh-CN")
    await expect(hands.at.by("prompt-audio-zh-CN")).to_be_visible(timeout=20_000)


def content_of(file: Path) -> bytes:
    return file.read_bytes()


async def a_document_is_kept(hands: Hands) -> None:
    """It is told about, and comes back as it was."""
    page = hands.at.page
    await hands.click("nav-flows")
    await hands.click("flow-documents")
    sent = {"name": "hours.vxml", "mimeType": "text/xml", "buffer": DOCUMENT}
    await hands.at.by("document-input").set_input_files(sent)
    await page.locator("tr", has_text="hours").click()
    await expect(hands.at.by("document-sounds")).to_contain_text("缺失")
    async with page.expect_download() as download:
        await hands.click("document-download")
    assert content_of(await (await download.value).path()) == DOCUMENT
    await page.keyboard.press("Escape")


async def it_is_published(hands: Hands) -> None:
    await hands.click("flow-publish")
    await hands.click("flow-publish-go")
    await expect(hands.at.by("flow-version-chip")).to_contain_text("1", timeout=20_000)
    await expect(hands.at.by("flow-draft-chip")).to_have_count(0)


async def the_number_leads_there(hands: Hands) -> None:
    await hands.click("nav-numbers")
    row = hands.at.page.locator("tr", has_text=SHOWN)
    await row.locator("[data-test=number-strategy]").click()
    await hands.click("strategy-ivr_service")
    await hands.choose("strategy-target", FLOW)
    await hands.save()
    await expect(row).to_contain_text(FLOW)


def number_at(hands: Hands, line: str) -> Locator:
    """How often callers went along the line on the canvas: it is written beside it."""
    return hands.at.page.locator(f".vue-flow__edge[data-id='{line}'] .vue-flow__edge-text")


async def test_a_call_goes_the_way_that_was_drawn_and_is_counted_there(
    person: Person, client: Client, network: PublicNetwork, books: Books
) -> None:
    await bind_number(await client("admin", ""), NUMBER)
    admin = Hands(await person("admin"))
    await a_flow_to_begin_with(admin)
    await the_agents_take_its_calls(admin)
    await a_third_key_tells_the_hours(admin)
    await what_was_taken_away_comes_back(admin)
    await it_is_tried(admin)
    calls = len(books.calls())
    await it_is_called_before_anybody_else_can(admin)
    assert len(books.calls()) == calls
    await it_is_published(admin)
    await the_number_leads_there(admin)
    await admin.click("nav-flows")
    await admin.at.page.locator("tr", has_text=SHOWN).click()
    await admin.click("flow-live")

    caller = await network.call(NUMBER, CALLER, "", [Wait(6), Keys("3")])
    await admin.click("live-call")
    await asyncio.wait_for(caller.ended.wait(), 40)
    assert books.newest(access_number=NUMBER).agent_id is None
    await expect(admin.at.by("live-panel")).to_contain_text("已离开流程")
    await admin.click("flow-live")
    await admin.click("span-today")
    counted = admin.at.by("node-play_3").locator("[data-test=visits]")
    await expect(counted).to_have_text("1", timeout=30_000)
    await expect(number_at(admin, "menu_1/3")).to_have_text("1")
    await expect(number_at(admin, "menu_1/1")).to_have_count(0)
    await expect(admin.at.by("node-transfer_1").locator("[data-test=visits]")).to_have_text("0")
    await a_document_is_kept(admin)
    await a_prompt_is_recorded(admin)

"""An administrator says when it is open and who goes first, tries it, and real calls go that way."""

import asyncio

import pytest
from playwright.async_api import expect

from deploy.lab.publicnet import PublicNetwork
from tests.e2e.conftest import Client, Person
from tests.e2e.people import Api, bind_number
from tests.e2e.test_newcomer import Hands
from tests.support.books import Books
from tests.support.callers import recording
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

NUMBER, SHOWN = "02160000078", "021-6000 0078"
OUT_OF_HOURS, CALLS_AT_NIGHT = "02160000077", "13700003300"
VIP, STRANGER = "13700001111", "13700002222"
SERVICE, LIST = "售后服务", "贵宾名单"
SAYS = "您好，我家的热水器漏水了，请尽快给我回电话，谢谢。"
LOUD = 0.01
"""The mean of what is heard, where the loudest is 1; a line without anybody has a hundredth of it."""

LISTEN = """async (player) => {
  const file = await fetch(player.currentSrc)
  const sound = await new AudioContext().decodeAudioData(await file.arrayBuffer())
  const heard = sound.getChannelData(0)
  return heard.reduce((sum, one) => sum + Math.abs(one), 0) / heard.length
}"""


async def a_schedule_that_is_never_open(hands: Hands) -> None:
    await hands.click("nav-schedules")
    await hands.click("schedule-new")
    await hands.type("schedule-name", "夜班")
    for day in ("mon", "tue", "wed", "thu", "fri"):
        await hands.click(f"day-{day}-open")
    await hands.click("follow-holidays")
    await hands.click("schedule-save")
    await expect(hands.at.by("schedule-unsaved")).to_have_count(0)


async def a_list_of_important_callers(hands: Hands) -> None:
    await hands.click("nav-routing")
    await hands.click("caller-lists")
    await hands.click("list-new")
    await hands.type("list-name", LIST)
    await hands.save()
    await hands.at.page.locator("tr", has_text=LIST).click()
    await hands.click("callers-add")
    await hands.type("callers-text", f"{VIP}\nnobody")
    await hands.click("callers-save")
    await expect(hands.at.by("callers-taken")).to_contain_text("1")
    await hands.click("callers-close")


async def the_rules(hands: Hands) -> None:
    """Important callers go to the agents; while it is closed, which it always is, others are told."""
    await hands.click("nav-routing")
    await hands.click("routing-new")
    await hands.type("routing-name", "夜间路由")
    await hands.click("rule-add")
    await hands.type("rule-0-name", "重要客户")
    await hands.choose("rule-0-test-0-kind", "名单")
    await hands.choose("rule-0-test-0-id", LIST)
    await hands.choose("rule-0-target-id", SERVICE)
    await hands.click("rule-add")
    await hands.type("rule-1-name", "下班")
    await hands.choose("rule-1-test-0-id", "夜班")
    await hands.click("rule-1-test-0-not")
    await hands.choose("rule-1-target-kind", "播报")
    await hands.type("rule-1-say-zh", "现在是休息时间。")
    await hands.type("rule-1-say-en", "We are closed.")
    await hands.choose("otherwise-target-kind", "直接挂断")


async def they_are_tried(hands: Hands) -> None:
    for number, place, word in ((VIP, 0, SERVICE), (STRANGER, 1, "休息时间")):
        await hands.type("try-caller", number)
        await hands.click("try-run")
        await expect(hands.at.by("try-target")).to_contain_text(word)
        await expect(hands.at.by(f"try-step-{place}")).to_be_visible()


async def the_number_leads_there(hands: Hands) -> None:
    await hands.click("nav-numbers")
    row = hands.at.page.locator("tr", has_text=SHOWN)
    await row.locator("[data-test=number-strategy]").click()
    await hands.click("strategy-routing_service")
    await hands.choose("strategy-target", "夜间路由")
    await hands.save()
    await expect(row).to_contain_text("夜间路由")


async def test_calls_go_where_the_rules_that_were_tried_say(
    person: Person, client: Client, cast: Person, network: PublicNetwork, books: Books
) -> None:
    await bind_number(await client("admin", ""), NUMBER)
    admin = Hands(await person("admin"))
    await a_schedule_that_is_never_open(admin)
    await a_list_of_important_callers(admin)
    await the_rules(admin)
    await they_are_tried(admin)
    await admin.click("routing-save")
    await expect(admin.at.page.locator(".chip.warn", has_text="未保存")).to_have_count(0)
    await the_number_leads_there(admin)

    agent = await cast("8003")
    await agent.be_ready()
    stranger = await network.call(NUMBER, STRANGER)
    await asyncio.wait_for(stranger.ended.wait(), 30)
    assert books.newest(direction="inbound").agent_id is None
    caller = await network.call(NUMBER, VIP)
    await agent.wait_pop()
    await agent.press("F2")
    await asyncio.wait_for(caller.answered.wait(), 20)
    await agent.has_state("talking")
    await caller.hang_up()
    await agent.has_state("wrap_up")


async def led_to_voicemail(admin: Api) -> None:
    """Callers of the number are greeted shortly, and leave a message for the service."""
    services = (await admin.get("/directory/services"))["items"]
    service = next(one["id"] for one in services if one["name"] == SERVICE)
    greeting = {"zh-CN": "请留言。", "en": "Please leave a message."}
    kept = await admin.http.put(
        f"/voicemail/boxes/{service}", json={"greeting": greeting}, headers={"If-Match": '"0"'}
    )
    assert kept.status_code == 200, kept.text
    document = {"rules": [], "otherwise": {"kind": "voicemail", "id": service}}
    route = await admin.post("/routing-services", {"name": "下班留言", "document": document})
    number = (await admin.get("/access-numbers", q=OUT_OF_HOURS))["items"][0]
    leads = {"kind": "routing_service", "target_id": route["id"]}
    led = await admin.http.put(f"/access-numbers/{number['id']}/strategy", json=leads)
    assert led.status_code == 200, led.text


async def test_a_message_is_heard_in_the_browser_and_its_caller_called_back(
    person: Person, client: Client, network: PublicNetwork, books: Books, stack: Stack
) -> None:
    await bind_number(await client("admin", ""), OUT_OF_HOURS)
    await led_to_voicemail(await client("admin"))
    agent = await person("8001")
    await agent.be_ready()
    await agent.click("nav-voicemail")
    async with recording(stack.settings.paths.recordings):
        caller = await network.call(OUT_OF_HOURS, CALLS_AT_NIGHT)
    await caller.speak(SAYS)
    await caller.press("#")
    await asyncio.wait_for(caller.ended.wait(), 30)
    # The bell brings it: the page is not loaded anew.
    await agent.page.locator("tr", has_text=CALLS_AT_NIGHT[-4:]).first.click()
    await agent.click("voice-play")
    audio = agent.by("voice-audio")
    await expect(agent.by("voice-position")).not_to_have_text("00:00")
    assert 2 < await audio.evaluate("player => player.duration") < 12
    assert await audio.evaluate(LISTEN) > LOUD

    await agent.click("message-call")
    await asyncio.to_thread(books.newest, direction="outbound", state="connected")
    await expect(agent.by("bar-number")).to_contain_text(CALLS_AT_NIGHT[-4:])
    await agent.hang_up()
    await agent.has_state("ready")
    await expect(agent.by("message-finish")).to_be_visible()
    await agent.click("message-finish")
    await expect(agent.by("message-reopen")).to_be_visible()

"""An administrator says when it is open and who goes first, tries it, and real calls go that way."""

import asyncio

import pytest
from playwright.async_api import expect

from deploy.lab.publicnet import PublicNetwork
from tests.e2e.conftest import Client, Person
from tests.e2e.people import bind_number
from tests.e2e.test_newcomer import Hands
from tests.support.books import Books

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

NUMBER, SHOWN = "02160000078", "021-6000 0078"
VIP, STRANGER = "13700001111", "13700002222"
SERVICE, LIST = "售后服务", "贵宾名单"


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

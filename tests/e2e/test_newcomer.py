"""The first day of an enterprise, as docs/guides/first-day.md tells it, and the first call on it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from deploy.lab.browser import BrowserAgent
from deploy.lab.publicnet import PublicNetwork
from tests.e2e.conftest import OUTPUT, Client, Person
from tests.e2e.people import Api
from tests.e2e.test_ready_sets import PASSWORD, first_password
from tests.support.stack import Stack
from tests.support.waiting import ask_until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

CODE, NUMBER, CALLER = "280029", "02160000029", "13912345678"
MOST_ACTIONS = 60


@dataclass
class Hands:
    """Somebody at a screen: every click and every entry is an action, but for signing in."""

    at: BrowserAgent
    done: list[str] = field(default_factory=list)

    async def click(self, name: str) -> None:
        self.done.append(name)
        await self.at.by(name).locator("visible=true").first.click()

    async def type(self, name: str, text: str) -> None:
        self.done.append(name)
        await self.at.type(name, text)

    async def choose(self, name: str, *words: str) -> None:
        """The list is opened, and entries taken; of several that have the word, the first."""
        entries = self.at.page.locator(".el-select-dropdown__item:visible")
        # The list before takes a moment to go.
        await expect(entries).to_have_count(0)
        await self.click(name)
        for word in words:
            self.done.append(word)
            await entries.filter(has_text=word).first.click()

    async def save(self) -> None:
        await self.click("drawer-save")
        await expect(self.at.by("drawer-save").locator("visible=true")).to_have_count(0)

    async def publish(self) -> None:
        await expect(self.at.by("draft-state")).to_have_attribute("data-state", "saved")
        await self.click("design-publish")
        await self.click("publish-go")
        await expect(self.at.by("draft-chip")).to_have_count(0)


@asynccontextmanager
async def newcomer(
    browser: Browser, stack: Stack, code: str, password: str
) -> AsyncIterator[BrowserAgent]:
    """Signs in with a first password, and changes it as is asked."""
    one = await BrowserAgent.open(browser, stack.url, "zh-CN", still=True)
    await one.sign_in(CODE, code, password)
    for place, text in (("current", password), ("new", PASSWORD), ("again", PASSWORD)):
        await one.type(f"password-{place}", text)
    await one.click("password-submit")
    await expect(one.by("password-new")).to_have_count(0)
    try:
        yield one
    except BaseException:
        await one.picture(OUTPUT / "e2e" / f"newcomer-{code}.png")
        raise
    await one.page.context.close()


async def the_operator(hands: Hands) -> dict[str, str]:
    """The first passwords, by employee code."""
    await hands.click("enterprise-new")
    await hands.type("enterprise-code", CODE)
    await hands.type("enterprise-name", "江城家电维修")
    await hands.choose("enterprise-set", "售后")
    await hands.click("drawer-save")
    passwords = {code: await first_password(hands.at, code) for code in ("conf", "admin")}
    await hands.click("one-time-close")
    await hands.click("number-new")
    await hands.type("number-number", NUMBER)
    await hands.save()
    row = hands.at.page.locator("tr", has_text=re.compile(r"021\D?6000\D?0029"))
    hands.done.append("number-bind")
    await row.locator("[data-test=number-bind]").click()
    await hands.type("bind-enterprise", CODE)
    hands.done.append("the enterprise")
    await hands.at.page.locator(".el-select-dropdown__item:visible", has_text=CODE).click()
    await hands.click("bind-go")
    await expect(row).to_contain_text("江城家电维修")
    return passwords


async def the_configuration(hands: Hands) -> None:
    await hands.click("object-appliance")
    await hands.click("field-add")
    await hands.click("adding-ready")
    await hands.click("ready-photos")
    await hands.publish()
    await hands.click("nav-objects")
    await hands.click("object-work_order")
    await hands.click("tab-list")
    await hands.click("list-add")
    await hands.type("list-name-3-zh-CN", "急件")
    await hands.type("list-name-3-en", "Urgent")
    await hands.click("list-filter-add-3")
    await hands.choose("list-filter-3-0", "紧急程度")
    await hands.choose("list-value-3-0", "急", "特急")
    await hands.publish()


async def the_administration(hands: Hands) -> str:
    """The agent's first password."""
    await hands.click("nav-extensions")
    await hands.click("extension-new")
    await hands.type("extension-number", "6001")
    await hands.save()
    await hands.click("nav-seats")
    await hands.click("seat-new")
    await hands.type("seat-code", "6001")
    await hands.type("seat-name", "孙悦")
    await hands.choose("seat-extension", "6001")
    await hands.click("drawer-save")
    password = await first_password(hands.at, "6001")
    await hands.click("one-time-close")
    await hands.click("nav-services")
    await hands.click("service-new")
    await hands.type("service-name", "维修热线")
    await hands.choose("service-users", "孙悦")
    await hands.save()
    await hands.click("nav-numbers")
    await hands.click("number-strategy")
    await hands.choose("strategy-target", "维修热线")
    await hands.save()
    return password


async def the_first_call(agent: BrowserAgent, network: PublicNetwork) -> None:
    """An unknown caller becomes a customer, and the repair a work order with its part."""
    await agent.be_ready()
    caller = await network.call(NUMBER, CALLER)
    await agent.wait_pop()
    await agent.press("F2")
    await asyncio.wait_for(caller.answered.wait(), 20)
    await agent.has_state("talking")
    await agent.type("new-customer-name", "钱多多")
    await agent.click("new-customer")
    await expect(agent.by("pop-customer-name").locator("visible=true")).to_have_text("钱多多")
    await agent.fill_choice("service", "维修")
    await agent.fill_choice("fault", "空调", "漏水")
    await agent.fill_choice("urgency", "急")
    await agent.fill("description", "挂机滴水")
    await agent.click("line-add")
    await agent.by("line-0-part").locator("input").fill("DRN")
    await agent.page.locator(".el-select-dropdown__item:visible", has_text="排水管").click()
    # What a part costs comes along with it.
    await expect(agent.by("line-0-price").locator("input")).to_have_value("15.00")
    await agent.by("line-0-quantity").locator("input").fill("2")
    await caller.hang_up()
    await agent.has_state("wrap_up")
    await agent.click("workorder-save")
    await expect(agent.by("workorder-key").first).to_have_text(re.compile(r"\d"))
    await agent.click("workorder-save-done")


async def the_recorded_call(api: Api) -> dict[str, Any]:
    """The only one there is, once its recording has been worked on."""

    async def recorded() -> dict[str, Any]:
        (call,) = (await api.get("/calls"))["items"]
        return dict(call) if call["has_recording"] else {}

    return await ask_until(recorded, 30, "the recording of the call")


async def test_an_enterprise_is_set_up_on_its_first_day_and_takes_a_call(
    person: Person, client: Client, browser: Browser, stack: Stack, network: PublicNetwork
) -> None:
    operator = Hands(await person("admin", ""))
    passwords = await the_operator(operator)
    async with newcomer(browser, stack, "conf", passwords["conf"]) as one:
        conf = Hands(one)
        await the_configuration(conf)
    async with newcomer(browser, stack, "admin", passwords["admin"]) as one:
        admin = Hands(one)
        agents_password = await the_administration(admin)
    actions = [*operator.done, *conf.done, *admin.done]
    assert len(actions) <= MOST_ACTIONS, actions

    api = await client("admin", CODE, PASSWORD)
    part = {"code": "DRN-1", "name": "排水管", "price": "15"}
    await api.post("/objects/part/records", {"values": part})
    async with newcomer(browser, stack, "6001", agents_password) as agent:
        await the_first_call(agent, network)

    (order,) = (await api.get("/objects/work_order/records", **{"f.urgency": "urgent"}))["items"]
    assert order["display"]["customer"] == "钱多多"
    whole = await api.get(f"/objects/work_order/records/{order['id']}")
    (used,) = whole["values"]["parts_used"]
    assert (used["display"]["part"], used["values"]["amount"]) == ("排水管", "30.00")
    call = await the_recorded_call(api)
    assert (call["agent"]["name"], call["result"]) == ("孙悦", "answered")

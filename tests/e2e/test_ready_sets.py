"""The operator makes an enterprise with a ready set, and its configuration administrator has it."""

import re

import pytest
from playwright.async_api import Browser, expect

from deploy.lab.browser import BrowserAgent
from tests.e2e.conftest import Person
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

CODE, PASSWORD = "280028", "violet-harbour-93"


async def first_password(one: BrowserAgent, code: str) -> str:
    """From the slip that is shown once."""
    slip = one.page.locator(".line").filter(has=one.page.get_by_text(code, exact=True))
    return (await slip.locator("[data-test=one-time-password]").inner_text()).strip()


async def test_an_enterprise_starts_from_the_set_that_was_chosen(
    person: Person, browser: Browser, stack: Stack
) -> None:
    operator = await person("admin", "", "en")
    await operator.open_page("/operator/numbers")
    await operator.click("enterprise-new")
    await operator.type("enterprise-code", CODE)
    await operator.type("enterprise-name", "江城家电服务")
    await operator.by("enterprise-set").click()
    await operator.page.locator(".el-select-dropdown__item:visible", has_text="售后").click()
    await operator.by("drawer-save").locator("visible=true").click()
    password = await first_password(operator, "conf")

    conf = await BrowserAgent.open(browser, stack.url, "zh-CN", still=True)
    await conf.sign_in(CODE, "conf", password)
    for place, text in (("current", password), ("new", PASSWORD), ("again", PASSWORD)):
        await conf.type(f"password-{place}", text)
    await conf.click("password-submit")
    await conf.page.wait_for_url(re.compile("/config"))
    for identifier in ("customer", "appliance", "part", "work_order", "order_part"):
        await expect(conf.by(f"object-{identifier}")).to_be_visible()
    await conf.page.context.close()


async def test_a_file_is_tried_before_it_is_taken(person: Person, stack: Stack) -> None:
    conf = await person("conf")
    await conf.open_page("/config/transfer")
    await conf.by("transfer-file").set_input_files(
        files=[{"name": "x.json", "mimeType": "application/json", "buffer": b'{"format": 1}'}]
    )
    await expect(conf.by("trial-problems")).to_contain_text("name")
    await conf.click("transfer-back")
    await conf.click("set-hotline")
    await expect(conf.by("trial-objects-unit")).to_have_attribute("data-state", "new")
    await expect(conf.by("trial-objects-customer")).to_have_attribute("data-state", "changed")
    assert stack.url in conf.page.url

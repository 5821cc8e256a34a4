"""The configuration administrator writes a template, and a trigger fills a record with it."""

import re

import pytest
from playwright.async_api import expect

from deploy.lab.browser import BrowserAgent
from tests.e2e.conftest import Client, Person
from tests.e2e.people import Api
from tests.e2e.test_designer import new_field, new_object, publish
from tests.e2e.test_triggers import choose
from tests.support.waiting import ask_until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

LEASES = "/objects/lease/records"


async def new_template(conf: BrowserAgent, name: str, about: str) -> None:
    await conf.open_page("/config/templates")
    await conf.click("template-new")
    await conf.type("template-zh", name)
    await conf.type("template-en", "Lease summary")
    await choose(conf, "template-object", about)
    await conf.click("drawer-save")
    await expect(conf.by("template-text")).to_be_visible()


async def completed(conf: BrowserAgent) -> None:
    """A field after its point and a filter after its stroke, by keyboard alone; then taken back."""
    text = conf.by("template-text")
    await text.press("End")
    await text.type("{{ record.na")
    await expect(conf.by("editor-choices")).to_contain_text("name")
    await text.press("Enter")
    await text.type(" | pin")
    await expect(conf.by("editor-choices")).to_contain_text("pinyin")
    await expect(conf.by("editor-more")).to_contain_text("wang xiu lan")
    await text.press("Tab")
    await text.type(" }}")
    await expect(text).to_have_value("地址：{{ record.name }}{{ record.name | pinyin }}")
    await expect(conf.by("template-result")).to_contain_text("nan jing xi lu")
    await conf.click("side-reference")
    await conf.type("reference-find", "cinChn2Py")
    await conf.click("reference-initials")
    await expect(conf.page.get_by_text("→ wxl")).to_be_visible()


async def fault_at_its_line(conf: BrowserAgent) -> None:
    text = conf.by("template-text")
    await text.press("End")
    await text.press("Enter")
    await text.type("{{ record.nobody }}")
    await expect(conf.by("template-problem")).to_contain_text("第 2 行")
    await expect(conf.by("template-fault")).to_contain_text("nobody")
    await expect(conf.page.locator("pre .bad").first).to_have_text("{{")


async def summary_of(admin: Api, lease: str) -> str:
    """Once the worker has written it."""

    async def summary() -> str:
        return (await admin.get(f"{LEASES}/{lease}"))["values"]["summary"] or ""

    return await ask_until(summary, what="the summary")


async def test_a_template_is_written_on_a_real_record_and_a_trigger_uses_it(
    person: Person, client: Client
) -> None:
    conf = await person("conf")
    await new_object(conf, "lease", "租约", "Lease")
    await new_field(conf, "long_text", "摘要", "Summary")
    await publish(conf)
    admin = await client("admin")
    await admin.post(LEASES, {"values": {"name": "南京西路 1 号"}})

    await new_template(conf, "租约通知", "租约")
    await conf.type("template-text", "地址：")
    await conf.click("insert-name")
    await expect(conf.by("template-text")).to_have_value("地址：{{ record.name }}")
    await expect(conf.by("template-result")).to_have_text("地址：南京西路 1 号")
    await completed(conf)
    await fault_at_its_line(conf)
    await conf.by("template-text").fill("地址：{{ record.name }}。")
    await expect(conf.by("template-result")).to_have_text("地址：南京西路 1 号。")
    await conf.click("look-sms")
    await expect(conf.by("template-result")).to_have_text("地址：南京西路 1 号。")
    # Its signature is counted with it, where another story has left a channel.
    await expect(conf.by("sms-size")).to_contain_text(re.compile(r"字数(12|18)段数1"))
    await conf.click("look-mail")
    letter = conf.page.frame_locator('[data-test="template-mail"]')
    await expect(letter.locator("body")).to_have_text("地址：南京西路 1 号。")
    await conf.press("Control+S")
    await expect(conf.by("template-unsaved")).to_have_count(0)

    await conf.open_page("/config/objects/lease")
    await conf.click("tab-triggers")
    await conf.click("trigger-add")
    await conf.by("trigger-after").click()
    await conf.by("trigger-on-create").click()
    await choose(conf, "action-do-0", "套用模板")
    await choose(conf, "action-0-template", "租约通知")
    await choose(conf, "action-0-field", "摘要")
    await conf.click("trigger-close")
    await publish(conf)

    made = await admin.post(LEASES, {"values": {"name": "淮海中路 2 号"}})
    assert await summary_of(admin, made["id"]) == "地址：淮海中路 2 号。"
    await conf.click("triggers-log")
    await expect(conf.by("run-state").first).to_contain_text("完成")
    await conf.open_page("/config/templates/lease_summary")
    await expect(conf.page.get_by_text("用于触发器：租约")).to_be_visible()

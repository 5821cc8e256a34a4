"""A record is commented, deleted, found in the bin, restored, and its history tells all of it."""

import pytest
from playwright.async_api import expect

from deploy.lab.browser import BrowserAgent
from tests.e2e.conftest import Client, Person

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def test_a_record_is_commented_deleted_and_restored(person: Person, client: Client) -> None:
    api = await client("admin")
    values = {"name": "回收测试", "phone": "13511112222"}
    record = await api.post("/objects/customer/records", {"values": values})
    admin = await person("admin")
    page = f"/records/customer/{record['id']}"
    await admin.open_page(page)
    await admin.by("comment-text").fill("请周五前回电")
    await admin.click("comment-send")
    await expect(admin.by("comments")).to_contain_text("请周五前回电")

    await admin.click("record-delete")
    await admin.page.locator(".el-message-box__input input").fill(record["key"])
    await admin.page.locator(".el-message-box__btns .el-button--primary").click()
    await admin.page.wait_for_url("**/records/customer")
    await admin.click("bin")
    row = admin.page.locator("tr", has_text="回收测试")
    await row.locator("[data-test=restore]").click()
    await expect(row).to_have_count(0)

    await admin.open_page(page)
    await expect(admin.by("comments")).to_contain_text("请周五前回电")
    await admin.click("tab-history")
    lines = admin.by("history").locator("li")
    await expect(lines).to_have_count(4)
    await expect(lines.nth(0)).to_contain_text("恢复了记录")
    await expect(lines.nth(1)).to_contain_text("删除了记录")
    await expect(lines.nth(2)).to_contain_text("请周五前回电")


async def test_whoever_enters_a_customer_again_is_told(person: Person, client: Client) -> None:
    api = await client("admin")
    values = {"name": "重复测试", "phone": "13511113333"}
    known = await api.post("/objects/customer/records", {"values": values})
    agent = await person("8001")
    await agent.open_page("/records/customer/new")
    await agent.by("field-phone").locator("input").fill("135 1111 3333")
    await expect(agent.by("duplicates")).to_contain_text(known["key"])


async def test_what_was_typed_into_a_record_is_not_lost_on_the_way_to_another(
    person: Person, client: Client
) -> None:
    api = await client("admin")
    for title, phone in (("先开的客户", "13511114444"), ("后开的客户", "13511115555")):
        values = {"name": title, "phone": phone}
        await api.post("/objects/customer/records", {"values": values})
    admin = await person("admin")
    name = admin.by("field-name").locator("input")
    await admin.open_page("/records/customer")
    await _open(admin, "先开的客户")
    await admin.page.get_by_role("button", name="返回").click()
    await _open(admin, "后开的客户")
    await name.fill("改了一半")

    for answer, stands in (("取消", "改了一半"), ("放弃改动", "先开的客户")):
        await admin.page.evaluate("history.go(-2)")
        await admin.page.get_by_role("button", name=answer).click()
        await expect(admin.page.locator(".el-message-box")).to_be_hidden()
        await expect(name).to_have_value(stands)


async def _open(admin: BrowserAgent, title: str) -> None:
    await admin.page.locator("tr", has_text=title).locator("a").first.click()
    await expect(admin.by("field-name").locator("input")).to_have_value(title)

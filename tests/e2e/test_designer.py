"""The configuration administrator shapes an object without code, and people work with it at once."""

import re

import pytest
from playwright.async_api import expect

from deploy.lab.browser import BrowserAgent
from tests.e2e.conftest import Client, Person

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def new_object(conf: BrowserAgent, identifier: str, zh: str, en: str) -> None:
    await conf.open_page("/config")
    await conf.click("object-new")
    await conf.type("object-zh", zh)
    await conf.type("object-en", en)
    await conf.type("object-identifier", identifier)
    await conf.click("drawer-save")
    await expect(conf.by("draft-chip")).to_be_visible()


async def new_field(conf: BrowserAgent, kind: str, zh: str, en: str) -> None:
    await conf.click("field-add")
    await conf.click(f"type-{kind}")
    await conf.type("field-zh", zh)
    await conf.type("field-en", en)


async def publish(conf: BrowserAgent) -> None:
    await expect(conf.by("draft-state")).to_have_attribute("data-state", "saved")
    await conf.click("design-publish")
    await conf.click("publish-go")
    await expect(conf.by("draft-chip")).to_have_count(0)


async def test_an_object_is_shaped_published_and_used(person: Person, client: Client) -> None:
    conf = await person("conf")
    await new_object(conf, "spare_part", "备件", "Spare part")
    await new_field(conf, "money", "单价", "Price")
    await new_field(conf, "text", "供应商", "Supplier")
    await publish(conf)

    admin = await client("admin")
    values = {"name": "水泵叶轮", "price": "88.5", "supplier": "格兰富"}
    made = await admin.post("/objects/spare_part/records", {"values": values})
    assert made["display"]["price"] == "¥88.50"

    reader = await person("8001")
    await reader.click("nav-records")
    await reader.click("records-spare_part")
    await expect(reader.page.get_by_text("水泵叶轮")).to_be_visible()

    await conf.open_page("/config/objects/spare_part")
    await conf.click("design-field-supplier")
    await conf.click("flag-searched")
    await publish(conf)
    found = await admin.get("/objects/spare_part/records", q="gelanfu")
    assert [item["title"] for item in found["items"]] == ["水泵叶轮"]

    await conf.by("access-agent").click()
    await conf.page.locator(".el-select-dropdown__item:visible", has_text="隐藏").first.click()
    await publish(conf)
    agent = await client("8001")
    seen = await agent.get("/objects/spare_part")
    assert "supplier" not in {field["key"] for field in seen["fields"]}
    assert (await agent.get("/objects/spare_part/records", q="gelanfu"))["total"] == 0


async def test_a_type_that_loses_values_asks_first_and_can_be_rolled_back(
    person: Person, client: Client
) -> None:
    conf = await person("conf")
    await new_object(conf, "reading", "读数", "Reading")
    await new_field(conf, "text", "数值", "Value")
    await publish(conf)
    admin = await client("admin")
    made = [
        await admin.post("/objects/reading/records", {"values": {"name": name, "value": value}})
        for name, value in (("一号", "12"), ("二号", "偏高"))
    ]

    await conf.click("design-field-value")
    await conf.by("field-type").click()
    await conf.page.locator(".el-select-dropdown__item:visible", has_text="整数").first.click()
    await expect(conf.by("draft-state")).to_have_attribute("data-state", "saved")
    await conf.click("design-publish")
    await expect(conf.by("loss")).to_contain_text("偏高")
    await conf.click("accept-losses")
    await conf.click("publish-go")
    await expect(conf.by("draft-chip")).to_have_count(0)
    read = [await admin.get(f"/objects/reading/records/{one['id']}") for one in made]
    assert [one["values"]["value"] for one in read] == [12, None]

    await conf.click("tab-versions")
    await conf.click("version-1")
    await conf.click("version-restore")
    await conf.page.locator(".el-message-box .el-button--primary").click()
    await expect(conf.by("draft-chip")).to_be_visible()
    await publish(conf)
    read = [await admin.get(f"/objects/reading/records/{one['id']}") for one in made]
    assert [one["values"]["value"] for one in read] == ["12", "偏高"]

    await conf.click("tab-basic")
    await conf.click("purge-value_2")
    await conf.page.locator(".el-message-box input").fill("value")
    await conf.page.locator(".el-message-box .el-button--primary").click()
    await expect(conf.by("hidden-none")).to_be_visible(timeout=20_000)


async def test_a_form_follows_its_conditions_and_works_out_its_formula(person: Person) -> None:
    conf = await person("conf")
    await new_object(conf, "repair", "报价", "Quotation")
    await new_field(conf, "money", "单价", "Price")
    await new_field(conf, "integer", "数量", "Quantity")
    await new_field(conf, "boolean", "急件", "Urgent")
    await new_field(conf, "text", "原因", "Reason")
    await conf.click("when-visible-add")
    await conf.by("when-visible-field-0").click()
    await conf.page.locator(".el-select-dropdown__item:visible", has_text="急件").first.click()
    await expect(conf.by("when-visible-value-0")).to_be_visible()
    await new_field(conf, "formula", "总价", "Total")
    await conf.type("set-expression", "price * quantty")
    await expect(conf.by("field-panel")).to_contain_text("quantty")
    await conf.type("set-expression", "price * quantity")
    await publish(conf)

    writer = await person("8101")
    await writer.open_page("/records/repair/new")
    fill = {"price": "12.5", "quantity": "3", "name": "水泵更换"}
    for key, value in fill.items():
        await writer.fill(key, value)
    await expect(writer.by("field-total")).to_contain_text("37.50")
    await expect(writer.by("field-reason")).to_have_count(0)
    await writer.by("field-urgent").locator(".el-switch").click()
    reason = writer.by("field-reason").locator("input")
    await reason.fill("停水")
    await writer.click("record-save")
    await expect(writer.page).to_have_url(re.compile(r"/records/repair/[0-9a-f-]{36}$"))
    await expect(writer.by("field-total")).to_contain_text("37.50")
    await expect(reason).to_have_value("停水")

"""A work order with parts, a photograph, a region and rich text: shaped, filled in, and read back."""

import re
from base64 import b64decode

import pytest
from playwright.async_api import FilePayload, expect

from deploy.lab.browser import BrowserAgent
from tests.e2e.conftest import Client, Person
from tests.e2e.test_designer import new_field, new_object, publish

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

PHOTO: FilePayload = {
    "name": "阀门.png",
    "mimeType": "image/png",
    "buffer": b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
}


async def choose(conf: BrowserAgent, name: str, *words: str) -> None:
    await conf.by(name).click()
    for word in words:
        await conf.page.locator(".el-select-dropdown__item:visible", has_text=word).first.click()


async def the_objects(conf: BrowserAgent) -> None:
    await new_object(conf, "service_visit", "上门单", "Visit")
    await publish(conf)
    await new_object(conf, "visit_part", "配件", "Part")
    await new_field(conf, "reference", "上门单", "Visit")
    await choose(conf, "set-reference", "上门单")
    await new_field(conf, "money", "金额", "Amount")
    await publish(conf)
    await conf.open_page("/config/objects/service_visit")
    await new_field(conf, "details", "配件", "Parts")
    await choose(conf, "set-details", "visit_part")
    await choose(conf, "set-sum", "金额")
    for kind, zh, en in (
        ("image", "照片", "Photo"), ("region", "地区", "Region"), ("rich_text", "说明", "Report"),
        ("created_by", "录入人", "Entered by"),
    ):  # fmt: skip
        await new_field(conf, kind, zh, en)
    await publish(conf)


async def test_an_agent_fills_in_lines_a_photo_a_region_and_rich_text(
    person: Person, client: Client
) -> None:
    await the_objects(await person("conf"))
    writer = await person("8101")
    await writer.open_page("/records/service_visit/new")
    await writer.fill("name", "水龙头漏水")
    for place, (name, amount) in enumerate((("阀芯", "35.5"), ("密封圈", "4"))):
        await writer.click("line-add")
        for key, text in (("name", name), ("amount", amount)):
            await writer.by(f"line-{place}-{key}").locator("input").fill(text)
    await expect(writer.by("lines-total")).to_have_text("¥39.5")
    await writer.by("files-photo").locator("input").set_input_files(PHOTO)
    await expect(writer.by("files-photo").locator("img")).to_be_visible()
    place = writer.by("field-region").locator("input")
    await place.click()
    await place.press_sequentially("xihu")
    await writer.page.locator(".el-cascader__suggestion-item", has_text="杭州市").click()
    await writer.by("rich-report").get_by_role("textbox").click()
    await writer.click("rich-bold")
    await writer.page.keyboard.type("已更换")
    await writer.click("record-save")
    await expect(writer.page).to_have_url(re.compile(r"/records/service_visit/[0-9a-f-]{36}$"))

    await writer.page.reload()
    await expect(writer.by("line-1-name").locator("input")).to_have_value("密封圈")
    await expect(writer.by("lines-total")).to_have_text("¥39.50")
    photo = writer.by("files-photo").locator("img")
    await expect(photo).to_be_visible()
    assert await photo.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    await expect(writer.by("rich-report").locator("strong")).to_have_text("已更换")
    # Whoever may not delete parts cannot do it here either.
    await expect(writer.by("line-remove")).to_have_count(0)
    await writer.by("line-0-amount").locator("input").fill("40")
    await writer.click("record-save")
    await expect(writer.by("lines-total")).to_have_text("¥44.00")

    admin = await client("admin")
    (visit,) = (await admin.get("/objects/service_visit/records"))["items"]
    assert visit["display"]["region"] == "浙江省 / 杭州市 / 西湖区"
    assert visit["display"]["report"] == "已更换"
    assert visit["display"]["entered_by"] == visit["created_by"]["name"]
    parts = (await admin.get("/objects/visit_part/records"))["items"]
    assert {(part["title"], part["values"]["amount"], part["values"]["visit"]) for part in parts} == {
        ("阀芯", "40.00", visit["id"]), ("密封圈", "4.00", visit["id"]),
    }  # fmt: skip

"""Lists as people work with them: one's own view, a ready list with parameters, several records at once."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Client, Person
from tests.e2e.people import Api

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

LIST = {
    "key": "mine", "name": {"zh-CN": "我的场地", "en": "My sites"}, "columns": ["name", "owner"],
    "sort": "name", "filters": {"f.owner": "$me"}, "roles": ["agent"], "standard": True,
    "acts": [{"act": "open"}],
}  # fmt: skip


async def shaped(conf: Api) -> None:
    """Sites, which belong to people; the agents' list begins with their own."""
    name = {"zh-CN": "场地", "en": "Site"}
    design = await conf.post(
        "/design/objects", {"identifier": "site", "kind": "base", "name": name}
    )
    document = design["document"]
    owner = {"zh-CN": "负责人", "en": "Owner"}
    field = {"key": "owner", "type": "user", "label": owner, "in_list": True}
    document["groups"][0]["fields"].append(field)
    document |= {"links": {"assignee": "owner"}, "lists": [LIST]}
    everybody = dict.fromkeys(("agent", "leader"), "all")
    document["permissions"] = dict.fromkeys(("create", "read", "edit"), everybody)
    path, match = "/design/objects/site", f'"{design["version"]}"'
    saved = await conf.http.put(
        f"{path}/draft", json={"document": document}, headers={"If-Match": match}
    )
    assert saved.json()["problems"] == []
    wish = {"note": "", "accept_losses": False}
    match = f'"{saved.json()["version"]}"'
    done = await conf.http.post(f"{path}/publish", json=wish, headers={"If-Match": match})
    assert done.status_code == 200, done.text


async def test_a_leader_gives_three_records_to_an_agent_who_keeps_a_view_of_them(
    person: Person, client: Client
) -> None:
    await shaped(await client("conf"))
    api = await client("8101")
    for title in ("东区", "西区", "北区", "南区"):
        await api.post("/objects/site/records", {"values": {"name": title}})
    # Other stories leave messages for the same seat.
    now = datetime.now(UTC).isoformat()
    await (await client("8001")).post("/notices/read", {"until": now})
    agent = await person("8001")
    leader = await person("8101")

    await leader.open_page("/records/site")
    boxes = leader.page.locator(".el-table__body .el-checkbox")
    await boxes.nth(0).click()
    await boxes.nth(2).click(modifiers=["Shift"])
    await leader.click("bulk-assign")
    owner = leader.by("bulk-field-owner").locator("input")
    await owner.fill("8001")
    await leader.page.locator(".el-select-dropdown__item:visible").first.click()
    await leader.click("bulk-send")
    await expect(leader.by("bulk-told")).to_contain_text("3 / 3")

    await expect(agent.by("bell-count")).to_have_text("1")
    await agent.click("bell")
    await expect(agent.by("notice").first).to_contain_text("3 条记录")
    await agent.by("notice").first.click()
    await agent.page.wait_for_url("**/records/site**")
    await expect(agent.by("bell-count")).to_have_count(0)
    rows = agent.page.locator(".el-table__body tr")
    await expect(rows).to_have_count(3)

    await agent.type("table-search", "区")
    await expect(agent.by("view-changed")).to_be_visible()
    await agent.click("view-save-new")
    await agent.type("view-name", "我的区")
    await agent.click("drawer-save")
    await expect(agent.by("view-changed")).to_have_count(0)
    await agent.page.reload()
    await expect(agent.by("view-我的区")).to_have_attribute("aria-current", "true")
    await expect(rows).to_have_count(3)
    await leader.page.reload()
    await expect(leader.by("view-plain")).to_be_visible()
    await expect(leader.by("view-我的区")).to_have_count(0)

"""A query as people work with it: put together beside its rows, shared, and used with what is filled in."""

from typing import Any

import pytest
from playwright.async_api import Locator, expect

from callcenter.core.ids import new_id
from tests.e2e.conftest import Client, Person
from tests.e2e.people import Api
from tests.support.waiting import ask_until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
SEAT, LIST = "8005", "customers_to_visit"
LEVELS = ("普通客户", "银卡会员", "金卡会员")


async def test_a_designer_counts_orders_by_level_and_a_leader_reads_the_list(
    person: Person,
) -> None:
    conf = await person("conf")
    await conf.open_page("/config/queries")
    await conf.click("query-new")
    await conf.by("query-zh").fill("按等级统计")
    await conf.by("query-en").fill("By level")
    await conf.click("query-object")
    chosen = conf.page.locator(".el-select-dropdown__item:visible").filter(has_text="工单")
    await chosen.first.click()
    await conf.click("drawer-save")
    await conf.page.wait_for_url("**/config/queries/by_level")
    preview = conf.by("preview").locator("tbody tr")
    await expect(preview).to_have_count(50)

    await conf.click("join-root")
    await conf.click("way-customer")
    await conf.click("field-customer.level")
    await conf.click("tab-columns")
    dropped = conf.page.locator("[data-test^=drop-]:not([data-test=drop-customer_level])")
    while await dropped.count():
        await dropped.first.click()
    await conf.click("grouped")
    await conf.click("add-count")
    await _are_one_for_each_level(preview)
    await conf.click("add-expression")
    await conf.by("expression-value").fill("rows *")
    await expect(conf.by("problem-count")).to_be_visible()
    await conf.by("expression-value").fill("rows * 2")
    await expect(conf.by("problem-count")).to_have_count(0)
    await conf.click("tab-use")
    await conf.click("role-leader")
    await conf.click("query-save")
    await expect(conf.by("query-unsaved")).to_have_count(0)

    leader = await person("8101")
    await leader.open_page("/queries")
    await leader.click("list-by_level")
    rows = leader.page.locator(".el-table__body tr")
    await _are_one_for_each_level(rows)


async def test_an_agent_works_off_a_list_which_is_called_as_a_task_and_brought_to_a_leader(
    person: Person, client: Client
) -> None:
    agent = await person(SEAT)
    await agent.open_page("/console")
    await agent.click("work-all-lists")
    await agent.click(f"list-{LIST}")
    rows = agent.page.locator(".el-table__body tr")
    await expect(rows.first.locator("[data-test=query-do-call]")).to_be_visible()
    await agent.click("query-pin")
    await expect(agent.by("query-pin")).to_have_attribute("aria-pressed", "true")

    api, boss = await client(SEAT), await client("admin")
    body = {
        "name": f"名单回访 {new_id()}", "contacts": [{"number": "13800700010", "name": "先到者"}],
        "agents": [api.me["user"]["id"]], "window_from": "00:00", "window_to": "00:00",
    }  # fmt: skip
    task = await boss.post("/calling-tasks", body)
    admin = await person("admin")
    await admin.open_page("/admin/tasks")
    await admin.click(f"task-fill-{task['name']}")
    await admin.click("fill-query")
    chosen = admin.page.locator(".el-select-dropdown__item:visible").filter(has_text="回访客户")
    await chosen.click()
    await admin.click("fill-save")
    await expect(admin.by("fill-counts")).to_contain_text("新加入")
    await boss.post(f"/calling-tasks/{task['id']}/start")
    await agent.open_page("/console")
    await expect(agent.by(f"work-list-{LIST}")).to_be_visible()
    row = agent.by("calling-task").filter(has_text=task["name"])
    counted = await api.get("/console/work")
    (mine,) = [one for one in counted["calling_tasks"] if one["id"] == task["id"]]
    assert mine["total"] > 1
    await row.locator("[data-test=take-next]").click()
    await expect(agent.by("attempt").locator("visible=true")).to_be_visible()
    await boss.post(f"/calling-tasks/{task['id']}/pause")

    leader = await person("8101")
    await leader.open_page(f"/queries/{LIST}")
    await leader.click("query-deliver")
    await leader.by("deliver-name").fill(task["name"])
    await expect(leader.by("deliver-reading")).to_contain_text("周一 08:00")
    await leader.click("drawer-save")
    await leader.click("query-deliver")
    mine_by_clock = leader.by("deliveries").locator(".row", has_text=task["name"])
    await mine_by_clock.locator("[data-test=delivery-run]").click()
    told = await client("8101")
    notice = await ask_until(lambda: _file_of(told), 30, "the notice of the file")
    assert notice is not None
    await leader.open_page(f"/queries/{LIST}?file={notice['record_id']}")
    link = await leader.by("delivered-file").get_attribute("href")
    assert link is not None
    file = await told.http.get(link.removeprefix("/api/v1"))
    assert (file.status_code, file.content[:2]) == (200, b"PK")


async def _are_one_for_each_level(rows: Locator) -> None:
    """Orders of callers whom nobody knows, which others make meanwhile, are one more."""
    for level in LEVELS:
        await expect(rows.filter(has_text=level)).to_have_count(1)


async def _file_of(api: Api) -> dict[str, Any] | None:
    items = (await api.get("/notices"))["items"]
    return next((one for one in items if one["kind"] == "query_file"), None)

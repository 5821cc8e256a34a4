"""A query as people work with it: put together beside its rows, shared, called from, and brought as a file."""

from typing import Any

import pytest
from playwright.async_api import Locator, expect

from callcenter.core.ids import new_id
from deploy.lab.browser import BrowserAgent
from tests.e2e.conftest import Client, Person
from tests.e2e.people import Api
from tests.support.waiting import ask_until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
SEAT, LIST, NAME = "8005", "orders_to_call", "待回访工单"
LEVELS = ("普通客户", "银卡会员", "金卡会员")
FIRST = "先到者"
"""Whom the calling task has before the query's rows come into it."""


async def test_a_query_is_built_shared_worked_off_called_as_a_task_and_brought_to_a_leader(
    person: Person, client: Client
) -> None:
    conf = await person("conf")
    await _begin(conf)
    await _group_by_level(conf)
    await _make_a_list_to_call(conf)
    await _share(conf)

    agent = await person(SEAT)
    await agent.open_page("/console")
    await agent.click("work-all-lists")
    await agent.click(f"list-{LIST}")
    rows = agent.page.locator(".el-table__body tr")
    await expect(rows).to_have_count(20)
    # Orders of callers whom nobody knows have nobody to be called.
    await expect(rows.locator("[data-test=query-do-act]").first).to_be_visible()
    await agent.click("query-pin")
    await expect(agent.by("query-pin")).to_have_attribute("aria-pressed", "true")

    boss = await client("admin")
    task = await _task_of(boss, await client(SEAT))
    await _fill(await person("admin"), task)
    await boss.post(f"/calling-tasks/{task['id']}/start")
    await _take_somebody_of_the_list(agent, boss, task)
    await boss.post(f"/calling-tasks/{task['id']}/pause")

    await _bring_to(await person("8101"), await client("8101"), task["name"])


async def _begin(conf: BrowserAgent) -> None:
    await conf.open_page("/config/queries")
    await conf.click("query-new")
    await conf.by("query-zh").fill(NAME)
    await conf.by("query-en").fill("Orders to call")
    await conf.click("query-object")
    await _choose(conf, "工单")
    await conf.click("drawer-save")
    await conf.page.wait_for_url(f"**/config/queries/{LIST}")
    await expect(_preview(conf)).to_have_count(50)


async def _group_by_level(conf: BrowserAgent) -> None:
    """Orders counted by their customers' level; what is wrong with an expression is told at once."""
    await conf.click("join-root")
    await conf.click("way-customer")
    await conf.click("field-customer.level")
    await conf.click("tab-columns")
    dropped = conf.page.locator("[data-test^=drop-]:not([data-test=drop-customer_level])")
    while await dropped.count():
        await dropped.first.click()
    await conf.click("grouped")
    await conf.click("add-count")
    await _are_one_for_each_level(_preview(conf))
    await conf.click("add-expression")
    await conf.by("expression-value").fill("rows *")
    await expect(conf.by("problem-count")).to_be_visible()
    await conf.by("expression-value").fill("rows * 2")
    await expect(conf.by("problem-count")).to_have_count(0)


async def _make_a_list_to_call(conf: BrowserAgent) -> None:
    """The same orders one by one again, with whom to call and a button that does."""
    await conf.click("drop-value")
    await conf.click("grouped")
    await conf.click("tab-sources")
    for field in ("number", "customer.name", "customer.phone"):
        await conf.click(f"field-{field}")
    await conf.click("tab-rows")
    await conf.click("add-button")
    await conf.click("do-0")
    await _choose(conf, "拨打")
    await expect(conf.by("button-label-0-zh-CN")).to_have_value("拨打")
    await conf.click("called-0")
    await _choose(conf, "本机号码")
    await expect(conf.by("problem-count")).to_have_count(0)


async def _share(conf: BrowserAgent) -> None:
    await conf.click("tab-use")
    for role in ("agent", "leader", "admin"):
        await conf.click(f"role-{role}")
    await conf.click("query-save")
    await expect(conf.by("query-unsaved")).to_have_count(0)


async def _task_of(boss: Api, seat: Api) -> dict[str, Any]:
    made: dict[str, Any] = await boss.post(
        "/calling-tasks",
        {
            "name": f"名单回访 {new_id()}",
            "contacts": [{"number": "13800700010", "name": FIRST}],
            "agents": [seat.me["user"]["id"]],
            "window_from": "00:00",
            "window_to": "00:00",
        },
    )
    return made


async def _fill(admin: BrowserAgent, task: dict[str, Any]) -> None:
    await admin.open_page("/admin/tasks")
    await admin.click(f"task-fill-{task['name']}")
    await admin.click("fill-query")
    await _choose(admin, NAME)
    await admin.click("fill-save")
    await expect(admin.by("fill-counts")).to_contain_text("新加入")


async def _take_somebody_of_the_list(agent: BrowserAgent, boss: Api, task: dict[str, Any]) -> None:
    """Past who was there before them."""
    rows = (await boss.post(f"/queries/{LIST}/run", {"page_size": 200}))["rows"]
    await agent.open_page("/console")
    await expect(agent.by(f"work-list-{LIST}")).to_be_visible()
    waiting = agent.by("calling-task").filter(has_text=task["name"])
    taken = agent.by("attempt-name").locator("visible=true")
    await waiting.locator("[data-test=take-next]").click()
    await expect(taken).to_have_text(FIRST)
    await agent.by("attempt-skip").locator("visible=true").click()
    await expect(taken).to_have_count(0)
    await waiting.locator("[data-test=take-next]").click()
    await expect(taken).to_have_count(1)
    assert await taken.inner_text() in {row["values"]["customer_name"] for row in rows}


async def _bring_to(leader: BrowserAgent, told: Api, name: str) -> None:
    """By a schedule of his own, which runs at once when he says so."""
    await leader.open_page(f"/queries/{LIST}")
    await leader.click("query-deliver")
    await leader.by("deliver-name").fill(name)
    await expect(leader.by("deliver-reading")).to_contain_text("周一 08:00")
    await leader.click("drawer-save")
    await leader.click("query-deliver")
    mine_by_clock = leader.by("deliveries").locator(".row", has_text=name)
    await mine_by_clock.locator("[data-test=delivery-run]").click()
    notice = await ask_until(lambda: _file_of(told), 30, "the notice of the file")
    assert notice is not None
    await leader.open_page(f"/queries/{LIST}?file={notice['record_id']}")
    link = await leader.by("delivered-file").get_attribute("href")
    assert link is not None
    file = await told.http.get(link.removeprefix("/api/v1"))
    assert (file.status_code, file.content[:2]) == (200, b"PK")


def _preview(conf: BrowserAgent) -> Locator:
    return conf.by("preview").locator("tbody tr")


async def _choose(one: BrowserAgent, words: str) -> None:
    offered = one.page.locator(".el-select-dropdown__item:visible").filter(has_text=words)
    await offered.first.click()


async def _are_one_for_each_level(rows: Locator) -> None:
    """Orders of callers whom nobody knows, which others make meanwhile, are one more."""
    for level in LEVELS:
        await expect(rows.filter(has_text=level)).to_have_count(1)


async def _file_of(api: Api) -> dict[str, Any] | None:
    items = (await api.get("/notices"))["items"]
    return next((one for one in items if one["kind"] == "query_file"), None)

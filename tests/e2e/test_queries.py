"""A query as people work with it: put together beside its rows, shared, and used with what is filled in."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Person

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


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
    await expect(preview).to_have_count(3)
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
    await expect(rows).to_have_count(3)
    await expect(rows.filter(has_text="金卡会员")).to_have_count(1)

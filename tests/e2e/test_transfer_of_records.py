"""A spreadsheet with one bad line comes in, and the list goes out, through the browser."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.async_api import expect

from deploy.lab.browser import BrowserAgent
from tests.e2e.conftest import Client, Person

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

ENDS_WITHIN = 60_000
HEADING = ["姓名", "本机号码", "客户等级", "在用设备"]
GOOD = [["导入甲", "13877770001", "金卡会员", "3"], ["导入乙", 13877770002, "", 1]]
BAD = ["导入丙", "13877770003", "", "很多"]


def spreadsheet(path: Path, rows: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    with path.open("rb") as stream:
        return [*openpyxl.load_workbook(stream).active.iter_rows(values_only=True)]


async def fetched(person: BrowserAgent, test_id: str, into: Path) -> list[tuple[Any, ...]]:
    async with person.page.expect_download() as download:
        await person.click(test_id)
    await (await download.value).save_as(into)
    return rows_of(into)


async def test_a_spreadsheet_comes_in_and_the_list_goes_out(
    person: Person, client: Client, tmp_path: Path
) -> None:
    admin = await person("admin")
    page = admin.page
    await admin.open_page("/records/customer")
    await admin.click("records-import")
    path = spreadsheet(tmp_path / "客户.xlsx", [HEADING, *GOOD, BAD])
    await admin.by("import-file").set_input_files(path)
    await admin.click("import-try")

    outcome = admin.by("import-outcome")
    await expect(outcome).to_have_attribute("data-phase", "trial", timeout=ENDS_WITHIN)
    await expect(admin.by("count-created")).to_have_text("2")
    await expect(admin.by("import-faults")).to_contain_text("很多")
    api = await client("admin")
    found = await api.get("/objects/customer/records", q="导入")
    assert found["total"] == 0, "a trial keeps nothing"

    await page.reload()
    await admin.click("import-run")
    await expect(outcome).to_have_attribute("data-phase", "run", timeout=ENDS_WITHIN)
    await expect(admin.by("count-created")).to_have_text("2")
    bad = await fetched(admin, "import-bad", tmp_path / "bad.xlsx")
    assert bad[0] == (*HEADING, "未导入原因")
    assert [row[0] for row in bad[1:]] == ["导入丙"]

    await admin.click("import-list")
    await admin.type("table-search", "导入")
    await expect(page.get_by_text("导入乙")).to_be_visible()
    await expect(page.get_by_text("导入丙")).to_have_count(0)
    await admin.click("records-export")
    await admin.click("export-start")
    await expect(admin.by("export-file").first).to_be_visible(timeout=ENDS_WITHIN)
    out = await fetched(admin, "export-file", tmp_path / "out.xlsx")
    names = out[0].index("姓名")
    assert sorted(row[names] for row in out[1:]) == ["导入乙", "导入甲"]

"""The door: refusals in the reader's language, lock-out, languages, leaving."""

import json

import pytest
from playwright.async_api import Browser, expect

from callcenter.core.i18n import caption
from deploy.lab.browser import BrowserAgent
from tests.e2e.conftest import Person
from tests.e2e.people import ENTERPRISE
from tests.support.stack import PROJECT, Stack

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
CAPTIONS = PROJECT / "agent_ui" / "src" / "shared" / "i18n"


def shell_caption(locale: str, key: str) -> str:
    words: dict[str, str] = json.loads((CAPTIONS / locale / "shell.json").read_text("utf-8"))
    return words[key]


async def at_the_door(browser: Browser, stack: Stack, language: str) -> BrowserAgent:
    one = await BrowserAgent.open(browser, stack.url, still=True)
    await one.page.goto(f"{stack.url}/login")
    await one.click(f"language-{language}")
    return one


async def try_to_sign_in(one: BrowserAgent, code: str, password: str) -> None:
    await one.type("login-enterprise", ENTERPRISE)
    await one.type("login-code", code)
    await one.type("login-password", password)
    await one.click("login-submit")


async def test_the_first_page_comes_in_few_files(person: Person) -> None:
    one = await person("8005")
    await expect(one.by("phone-line")).to_have_attribute("data-line", "registered")
    scripts = await one.page.evaluate(
        "performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js')).length"
    )
    assert 1 < scripts <= 60


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_wrong_password_is_refused_in_the_readers_language(
    browser: Browser, stack: Stack, language: str
) -> None:
    one = await at_the_door(browser, stack, language)
    await try_to_sign_in(one, "8005", "not the password")
    await expect(one.by("login-error")).to_have_text(caption("error.sign-in-refused", language))
    await one.page.context.close()


async def test_guessing_locks_the_door_and_says_how_long(browser: Browser, stack: Stack) -> None:
    # Who is locked out stays so for a while: nobody else is 8004 in these stories.
    one = await at_the_door(browser, stack, "en")
    for attempt in range(4):
        async with one.page.expect_response("**/api/v1/session") as answer:
            await try_to_sign_in(one, "8004", f"guess {attempt}")
        assert (await answer.value).status == 401
    async with one.page.expect_response("**/api/v1/session") as answer:
        await try_to_sign_in(one, "8004", stack.password)
    assert (await answer.value).status == 423
    await expect(one.by("login-error")).to_contain_text("0:0")
    await expect(one.by("login-submit")).to_be_disabled()
    await one.page.context.close()


async def test_another_language_is_chosen_at_once_and_remembered(person: Person) -> None:
    one = await person("8201")
    for language in ("en", "zh-CN"):
        await one.click("user-menu")
        async with one.page.expect_response(lambda answer: answer.request.method == "PATCH"):
            await one.by("menu-language").locator("visible=true").click()
        await expect(one.page.locator("html")).to_have_attribute("lang", language)
        await one.page.reload()
        await expect(one.page.locator("html")).to_have_attribute("lang", language)


async def test_signing_out_everywhere_ends_the_other_browser_too(person: Person) -> None:
    here, there = await person("8101"), await person("8101")
    await here.click("user-menu")
    everywhere = shell_caption("zh-CN", "signOutEverywhere")
    await here.page.get_by_role("menuitem", name=everywhere).click()
    await here.page.locator(
        ".el-message-box .el-button--primary, .el-message-box .el-button--danger"
    ).click()
    await here.page.wait_for_url("**/login")
    await there.page.reload()
    await there.page.wait_for_url(lambda where: "/login" in where)


async def test_an_ended_session_leads_back_to_where_one_was(person: Person, stack: Stack) -> None:
    one = await person("8201")
    await one.page.goto(f"{stack.url}/day")
    await one.page.context.clear_cookies()
    await one.page.reload()
    await one.page.wait_for_url(lambda where: "/login?next=" in where)
    await try_to_sign_in(one, "8201", stack.password)
    await one.page.wait_for_url("**/day")

"""An agent at a real browser: Chromium with a microphone that speaks, driven through the screens.

Used by `make demo-call` and by the end-to-end tests; it knows the pages by their test ids only.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    async_playwright,
    expect,
)

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
]
READY_WITHIN = 20_000
CALL_WITHIN = 20_000


@asynccontextmanager
async def chromium(microphone: Path | None = None) -> AsyncIterator[Browser]:
    """microphone: a WAV that the agent says over and over; without it the device beeps."""
    flags = [*FLAGS]
    if microphone is not None:
        flags.append(f"--use-file-for-fake-audio-capture={microphone}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(slots=True)
class Pop:
    """Moments by the monotonic clock, in seconds."""

    shown_at: float
    customer: str


class BrowserAgent:
    """One agent in a browser context of its own, so several share a browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self._url = url

    @classmethod
    async def open(
        cls, browser: Browser, url: str, locale: str = "zh-CN", *, still: bool = False
    ) -> "BrowserAgent":
        """still: as who has asked their system for less motion, which the pages heed."""
        context: BrowserContext = await browser.new_context(
            viewport={"width": 1440, "height": 900},
            locale=locale,
            permissions=["microphone"],
            reduced_motion="reduce" if still else None,
        )
        return cls(await context.new_page(), url)

    async def sign_in(self, enterprise: str, code: str, password: str) -> None:
        page = self.page
        await page.goto(f"{self._url}/login" if enterprise else f"{self._url}/operator/login")
        if enterprise:
            await self.type("login-enterprise", enterprise)
        await self.type("login-code", code)
        await self.type("login-password", password)
        await self.click("login-submit")
        await page.wait_for_url(lambda where: "login" not in where)

    async def sign_in_by_cookie(self, cookie: str) -> None:
        await self.page.context.add_cookies(
            [{"name": "cc_session", "value": cookie, "url": self._url}]
        )
        await self.page.goto(f"{self._url}/")

    async def be_ready(self) -> None:
        """Wait for the phone, then take calls."""
        line = self.by("phone-line")
        await expect(line).to_have_attribute("data-line", "registered", timeout=READY_WITHIN)
        if await self.state() != "ready":
            await self.click("quick-ready")
        await self.has_state("ready")

    async def state(self) -> str:
        return await self.by("state-block").get_attribute("data-state") or ""

    async def has_state(self, state: str, within_ms: float = CALL_WITHIN) -> None:
        await expect(self.by("state-block")).to_have_attribute(
            "data-state", state, timeout=within_ms
        )

    async def wait_pop(self) -> Pop:
        tab = self.by("contact-tab").last
        await tab.wait_for(timeout=CALL_WITHIN)
        shown_at = time.monotonic()
        return Pop(shown_at, (await tab.inner_text()).strip())

    async def popped_customer(self) -> str:
        """The name on the customer's card of the call that just came."""
        await self.wait_pop()
        return await self.by("pop-customer-name").locator("visible=true").inner_text()

    async def answer(self) -> None:
        await self.click("answer")
        await self.has_state("talking")

    async def hang_up(self) -> None:
        await self.click("hangup")

    async def press(self, key: str) -> None:
        """A key of the console's own, as `F8` or `Shift+F9`."""
        await self.page.keyboard.press(key)

    async def open_page(self, path: str) -> None:
        await self.page.goto(f"{self._url}{path}")

    async def fill_choice(self, field: str, *options: str) -> None:
        """Choose by the texts shown: buttons, a list, or one level of a cascade after another."""
        box = self.by(f"field-{field}")
        buttons = box.locator(".el-radio-button", has_text=options[0])
        if await buttons.count():
            await buttons.first.click()
            return
        await box.locator("input, .el-select__wrapper").first.click()
        for option in options:
            entry = self.page.locator(
                ".el-select-dropdown__item:visible, .el-cascader-node:visible",
                has_text=option,
            )
            await entry.first.click()

    async def fill(self, field: str, text: str) -> None:
        await self.by(f"field-{field}").locator("input, textarea").first.fill(text)

    def by(self, test_id: str) -> Locator:
        return self.page.locator(f'[data-test="{test_id}"]')

    async def click(self, test_id: str) -> None:
        await self.by(test_id).first.click()

    async def type(self, test_id: str, text: str) -> None:
        box = self.by(test_id).first
        inner = box.locator("input, textarea")
        await (inner.first if await inner.count() else box).fill(text)

    async def picture(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=str(file))

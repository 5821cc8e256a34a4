"""People at browsers and callers on the public network: one of each a worker, shared by its tests.

Each test gets browser contexts of its own; whoever it signed in is off the telephone after it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from callcenter.core.http import COOKIE
from deploy.lab.browser import BrowserAgent, chromium
from deploy.lab.publicnet import PublicNetwork
from deploy.lab.speech import speech
from tests.e2e.people import ENTERPRISE, Api
from tests.support.books import Books
from tests.support.ports import free_port, rtp_range
from tests.support.stack import Stack

AGENT_SAYS = "您好，这里是售后服务中心，请问有什么可以帮您？"
OUTPUT = Path(__file__).resolve().parents[1] / "output"

Person = Callable[..., Awaitable[BrowserAgent]]
Client = Callable[..., Awaitable[Api]]


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Its microphone says a greeting over and over."""
    voice = speech(tmp_path_factory.mktemp("voice"), AGENT_SAYS)
    async with chromium(voice) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def network(
    stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[PublicNetwork]:
    """Where the demonstration's trunk leads to."""
    settings = stack.settings
    target = (settings.asterisk.host, settings.asterisk.sip_port)
    home = tmp_path_factory.mktemp("network")
    async with PublicNetwork(
        home, settings.demo.trunk_port, free_port(), rtp_range(), target
    ) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def client(stack: Stack) -> AsyncIterator[Client]:
    """Opens the API as one user, by employee code; the operator has no enterprise."""
    opened: list[Api] = []

    async def sign_in(code: str, enterprise: str = ENTERPRISE, password: str = "") -> Api:
        opened.append(await Api.sign_in(stack.url, enterprise, code, password or stack.password))
        return opened[-1]

    yield sign_in
    for api in opened:
        await api.close()


@pytest.fixture(scope="session")
def books(stack: Stack) -> Iterator[Books]:
    """The demonstration's ledger and what Asterisk wrote."""
    with closing(Books(stack, ENTERPRISE)) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def person(
    stack: Stack, browser: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[Person]:
    """Seats somebody at a screen, by employee code."""
    async with seats(stack, browser, request.node.name, request.session) as sit_down:
        yield sit_down


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def cast(
    stack: Stack, browser: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[Person]:
    """The same for a story that a module's tests share: they stay until it is told."""
    async with seats(stack, browser, request.node.name, request.session) as sit_down:
        yield sit_down


@asynccontextmanager
async def seats(
    stack: Stack, browser: Browser, name: str, session: pytest.Session
) -> AsyncIterator[Person]:
    there: list[BrowserAgent] = []

    async def sit_down(
        code: str, enterprise: str = ENTERPRISE, locale: str = "zh-CN"
    ) -> BrowserAgent:
        one = await BrowserAgent.open(browser, stack.url, locale, still=True)
        there.append(one)
        # Past the page for it, which takes seconds.
        api = await Api.sign_in(stack.url, enterprise, code, stack.password)
        await one.sign_in_by_cookie(api.http.cookies[COOKIE])
        await api.close()
        return one

    yield sit_down
    for place, one in enumerate(there):
        if session.testsfailed:
            with suppress(Exception):
                await one.picture(OUTPUT / "e2e" / f"{Path(name).stem}-{place}.png")
        await _leave(one)


async def _leave(one: BrowserAgent) -> None:
    """Off the telephone, so that the next test's calls ring its own people."""
    await one.page.evaluate(
        """async () => {
            const me = await (await fetch('/api/v1/session')).json()
            const headers = { 'X-CSRF-Token': me.csrf_token ?? '' }
            for (const path of ['wrap-up/finish', 'sign-out'])
                await fetch(`/api/v1/console/${path}`, { method: 'POST', headers })
        }"""
    )
    await one.page.context.close()

"""From JsSIP's `newRTCSession` to the customer drawn on the agent's screen, in a real browser.

Both moments are taken in the page by its own clock. The softphone's WebSocket hands an INVITE to
JsSIP, which tells of the session before it returns, so the message's arrival is its beginning.
"""

import asyncio
import re
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from callcenter.core.audit import Audit
from callcenter.core.clock import SystemClock
from callcenter.people.service import SignInService
from deploy.demo_call import Api
from deploy.lab.browser import BrowserAgent, chromium
from deploy.lab.sip import Load, callers, raw_alaw
from deploy.lab.speech import speech
from tests.bench.floor import CODE, NUMBER, SAYS, Floor, free_udp_port
from tests.bench.samples import Raw, made
from tests.support.stack import Stack

AGENT, CALLS, HOLD, POPPED_WITHIN = "8001", 25, 0.3, 20.0

WATCH = """
(() => {
  const seen = (window.__seen = { expected: null, invited: null, drawn: null })
  const Native = window.WebSocket
  window.WebSocket = class extends Native {
    constructor(...given) {
      super(...given)
      this.addEventListener('message', (event) => {
        if (typeof event.data === 'string' && event.data.startsWith('INVITE ')) seen.invited = performance.now()
      })
    }
  }
  const look = () => {
    // The card, or the choice where several share the number. What is over keeps its card, unseen.
    const places = '[data-test="pop-customer-name"], [data-test="customer-match"] b'
    const names = [...document.querySelectorAll(places)]
    if (seen.drawn !== null || !names.some((name) => name.textContent === seen.expected)) return
    seen.drawn = -1
    // The frame that shows it has been painted when the task after its callback runs.
    requestAnimationFrame(() => setTimeout(() => { seen.drawn = performance.now() }))
  }
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true })
})()
"""


def run(number: int) -> Raw:
    samples = asyncio.run(_run())
    return made("pop", number, {"pop_ms": samples}, {"calls": CALLS, "agent": AGENT})


async def _run() -> list[float]:
    with Stack() as stack, tempfile.TemporaryDirectory(prefix="cc-") as folder:
        await asyncio.to_thread(stack.wait_ready, 300)
        with closing(await asyncio.to_thread(Floor, stack, 0)) as floor:
            await asyncio.to_thread(floor.take_calls_without_pause, AGENT)
            customers = await _customers(floor)
            voice = await asyncio.to_thread(speech, Path(folder) / "voice", SAYS)
            async with chromium(voice) as browser:
                agent = await BrowserAgent.open(browser, stack.url)
                await agent.page.add_init_script(WATCH)
                await agent.sign_in_by_cookie(_cookie(floor, AGENT))
                await agent.be_ready()
                caller = _Caller(floor.target, raw_alaw(voice), Path(folder))
                return [await _pop(agent, caller, *one) for one in customers]


def _cookie(floor: Floor, code: str) -> str:
    clock = SystemClock()
    return SignInService(floor.database, clock, Audit(clock)).open_here(CODE, code).cookie


async def _customers(floor: Floor) -> list[tuple[str, str]]:
    """Number and name of as many customers as there are calls."""
    async with Api(floor.stack.url, _cookie(floor, "admin")) as api:
        page: Any = await api.get("/objects/customer/records", page_size=CALLS)
    return [(re.sub(r"\D", "", one["values"]["phone"]), one["title"]) for one in page["items"]]


class _Caller:
    def __init__(self, target: tuple[str, int], sound: Path, home: Path) -> None:
        self._target = target
        self._sound = sound
        self._home = home

    async def ring(self, number: str) -> None:
        load = Load(NUMBER, 1, 1, HOLD, self._sound, number)
        await callers(load, free_udp_port(), self._target, self._home / f"caller-{number}")


async def _pop(agent: BrowserAgent, caller: _Caller, number: str, name: str) -> float:
    await agent.page.evaluate(
        "name => Object.assign(window.__seen, { expected: name, invited: null, drawn: null })", name
    )
    calling = asyncio.create_task(caller.ring(number))
    seen = await _both(agent.page)
    await agent.answer()
    await calling
    await agent.has_state("ready")
    return float(seen["drawn"]) - float(seen["invited"])


async def _both(page: Page) -> dict[str, Any]:
    # The page's policy forbids what Playwright's own waiting for a condition needs.
    seen: dict[str, Any] = {}
    until = time.monotonic() + POPPED_WITHIN
    while time.monotonic() < until:
        seen = await page.evaluate("window.__seen")
        if seen["invited"] is not None and (seen["drawn"] or 0) > 0:
            return seen
        await asyncio.sleep(0.05)
    raise AssertionError(f"not popped: {seen}")

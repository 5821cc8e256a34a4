"""`make demo-call`: a caller with a voice rings the running product; one JSON line tells the rest.

The caller comes from the laboratory's public network. If no agent is ready, one at a headless
browser signs in, answers, and saves the work order. Then a QA inspector scores the recording.
"""

import asyncio
import json
import os
import re
import socket
import sys
import time
from contextlib import AsyncExitStack, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import httpx
from playwright.async_api import expect
from redis import Redis

from callcenter.core import logging
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.audit import Audit
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.secrets import Secrets, load_secrets
from callcenter.core.settings import Settings, load_settings
from callcenter.people.service import SignInService
from callcenter.processes.announce import missing_components
from callcenter.processes.ports import is_free
from deploy.lab.browser import BrowserAgent, chromium
from deploy.lab.publicnet import PublicNetwork
from deploy.lab.script import Speak
from deploy.lab.speech import speech

ENTERPRISE, AGENT, INSPECTOR = "100001", "8001", "8201"
NUMBER, CALLER = "02160000001", "13800000001"
SAYS = "您好，我家的热水器漏水了，请问什么时候可以派人上门维修？"
ANSWERS = "您好，这里是售后服务中心，请问有什么可以帮您？"
WORK_ORDER_KEY = re.compile(r"GD\d+")
TALK_SECONDS = 6.0
RECORDING_WITHIN = 30.0
RTP_FROM, RTP_PORTS, RTP_BLOCKS = 28000, 200, 20


@dataclass
class Told:
    """The line that is printed."""

    call_id: str = ""
    agent: str = ""
    invite_to_pop_ms: int | None = None
    invite_to_answer_ms: int | None = None
    talk_seconds: float | None = None
    recording: str | None = None
    work_order: str | None = None
    qa_score: float | None = None


class Api:
    """The product's API for one user, by a session opened on this machine."""

    def __init__(self, url: str, cookie: str) -> None:
        self._client = httpx.AsyncClient(base_url=f"{url}/api/v1", cookies={"cc_session": cookie})
        self._csrf = ""

    async def __aenter__(self) -> Self:
        self._csrf = (await self.get("/session"))["csrf_token"]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self._client.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self._client.post(path, json=body, headers={"X-CSRF-Token": self._csrf})
        answer.raise_for_status()
        return answer.json()


class DemoCall:
    def __init__(self, settings: Settings, secrets: Secrets, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.url = settings.web.url
        self.database = Database(app_url(settings, secrets), pool_size=1)
        clock = SystemClock()
        self.sign_in = SignInService(self.database, clock, Audit(clock))
        self.redis = Redis.from_url(redis_url(settings, secrets), decode_responses=True)
        self.told = Told()
        self._since = clock.now().isoformat().replace("+00:00", "Z")

    def close(self) -> None:
        self.database.dispose()
        self.redis.close()

    async def run(self) -> Told:
        async with AsyncExitStack() as stack:
            network = await stack.enter_async_context(self.network())
            agent = None
            if not self._someone_is_ready():
                voice = await asyncio.to_thread(speech, self.folder / "voice", ANSWERS)
                browser = await stack.enter_async_context(chromium(voice))
                agent = await BrowserAgent.open(browser, self.url)
                await agent.sign_in_by_cookie(self._cookie(AGENT))
                await agent.be_ready()
            started = time.monotonic()
            call = await network.call(NUMBER, CALLER, "张三", [Speak(SAYS)] * 10)
            if agent is not None:
                await self._handle(agent, started)
            else:
                await asyncio.wait_for(call.answered.wait(), 60)
                self.told.invite_to_answer_ms = _ms(started)
            await asyncio.sleep(TALK_SECONDS)
            await call.hang_up()
            if agent is not None:
                await self._finish(agent)
        await self._score()
        return self.told

    def network(self) -> PublicNetwork:
        port = self.settings.demo.trunk_port
        asterisk = self.settings.asterisk
        return PublicNetwork(
            self.folder / "network",
            port if is_free(port, udp=True) else _free_udp(port + 1),
            _free_tcp(),
            _rtp(),
            (asterisk.host, asterisk.sip_port),
        )

    def _someone_is_ready(self) -> bool:
        rooms = self.redis.scan_iter("room:queues:*")
        held: Any = (item for room in rooms for item in self.redis.hgetall(room).items())
        queues = (json.loads(value) for key, value in held if key.startswith("service:"))
        return any(queue["ready"] for queue in queues)

    def _cookie(self, code: str) -> str:
        return self.sign_in.open_here(ENTERPRISE, code).cookie

    async def _handle(self, agent: BrowserAgent, started: float) -> None:
        pop = await agent.wait_pop()
        self.told.invite_to_pop_ms = int((pop.shown_at - started) * 1000)
        await agent.answer()
        self.told.invite_to_answer_ms = _ms(started)
        self.told.agent = AGENT

    async def _finish(self, agent: BrowserAgent) -> None:
        await agent.has_state("wrap_up")
        await agent.fill_choice("business_type", "报修", "热水器", "漏水")
        await agent.fill_choice("product", "JSQ-16E 燃气热水器")
        await agent.fill_choice("urgency", "急")
        await agent.fill("description", "热水器底部漏水，已关闭进水阀。")
        await agent.click("workorder-save")
        key = agent.by("workorder-key").first
        await expect(key).to_have_text(WORK_ORDER_KEY, timeout=15_000)
        self.told.work_order = (await key.inner_text()).strip()

    async def _score(self) -> None:
        async with Api(self.url, self._cookie(INSPECTOR)) as api:
            await self._score_newest(api)

    async def _score_newest(self, api: Api) -> None:
        item = await self._newest(api)
        self.told.call_id = item["call_id"]
        self.told.agent = self.told.agent or item["agent"]["name"]
        self.told.talk_seconds = item["talk_seconds"]
        recording = (await api.get(f"/calls/{item['call_id']}/recording"))["url"]
        self.told.recording = recording.split("?")[0]
        form = (await api.get("/quality/forms"))[0]
        items = [one for group in form["groups"] for one in group["items"]]
        score = await api.post(
            "/quality/scores",
            {
                "call_id": item["call_id"],
                "form_version_id": form["id"],
                "answers": {one["key"]: max(one["points"]) for one in items},
                "fatal": [],
                "marks": [],
                "comment": "问候完整，处理及时。",
                "status": "submitted",
            },
        )
        self.told.qa_score = score["total"]

    async def _newest(self, api: Api) -> dict[str, Any]:
        """The call, once its recording is there."""
        until = time.monotonic() + RECORDING_WITHIN
        while time.monotonic() < until:
            page = await api.get("/quality/items", status="open", page_size=1)
            if page["items"] and page["items"][0]["started_at"] >= self._since:
                return dict(page["items"][0])
            await asyncio.sleep(0.5)
        raise SystemExit("demo-call: the recording did not become ready; see worker's log")


def _ms(started: float) -> int:
    return int((time.monotonic() - started) * 1000)


def _free_tcp() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _rtp() -> tuple[int, int]:
    """A block of this process's own: two callers at once must not meet on a port."""
    first = RTP_FROM + os.getpid() % RTP_BLOCKS * RTP_PORTS
    return first, first + RTP_PORTS - 1


def _free_udp(first: int) -> int:
    return next(port for port in range(first, first + 500) if is_free(port, udp=True))


def main() -> None:
    settings = load_settings(os.environ)
    logging.configure("error", "demo-call", sys.stderr)
    if missing := missing_components(settings):
        sys.exit(f"demo-call: the product is not ready at {settings.web.url}: {'; '.join(missing)}")
    with TemporaryDirectory(prefix="cc-demo-") as folder:
        secrets = load_secrets(settings.paths.home)
        with closing(DemoCall(settings, secrets, Path(folder))) as demo:
            told = asyncio.run(demo.run())
    print(json.dumps(asdict(told), ensure_ascii=False))


if __name__ == "__main__":
    main()

"""Hundreds of callers in a flow at once: how soon after the last key they are answered.

Each listens to the prompt for a while, presses a wrong code, hears the prompt again, and at last
presses the right one, after which the flow hangs up; from the end of the last key to the BYE. Beside
it the same in a bare dialplan (`Read`), by as many callers, in the same run.
"""

import asyncio
import random
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from deploy.lab.keys import Exchange
from tests.bench.floor import NUMBER, Floor, running_floor
from tests.bench.samples import Raw, made
from tests.bench.static import static_site
from tests.e2e.people import ENTERPRISE, FLOW_HOTLINE, Api
from tests.support.stack import Stack
from tests.support.waiting import wait_until

CALLERS, WRONG_CODES, SECONDS, UP_WITHIN = 300, 3, 60.0, 30.0
"""UP_WITHIN: the callers come spread over so many seconds; SECONDS: that all are there."""

LISTENS = (2.0, 8.0)
WRONG, RIGHT = "1234", "9876"
ENDED_WITHIN = 10.0
RTP = {"CALLCENTER_RTP_START": "20000", "CALLCENTER_RTP_END": "25999"}
SAYS = {
    "zh-CN": "欢迎致电售后服务中心，请输入您的四位服务密码，输入完毕后请稍候，系统将为您核对。",
    "en": "Welcome to the service centre. Please enter your four digit service code and wait a moment.",
}
DIALPLAN = """[inbound]
exten => {number},1,Answer()
 same => n(again),Read(CODE,{prompt},4,,1,10)
 same => n,GotoIf($["${{CODE}}" != "{right}"]?again)
 same => n,Hangup()
[agent]
exten => s,1,Hangup()
"""


def run(number: int) -> Raw:
    return asyncio.run(_run(number))


async def _run(number: int) -> Raw:
    with Stack(**RTP) as stack, tempfile.TemporaryDirectory(prefix="cc-") as folder:
        await asyncio.to_thread(stack.wait_ready, 300)
        home = Path(folder)
        await _publish(stack)
        prompt = await asyncio.to_thread(_longest_prompt, stack)
        dialplan = DIALPLAN.format(number=NUMBER, prompt=prompt, right=RIGHT)
        async with (
            running_floor(stack, home / "product", 1) as (floor, _),
            static_site(floor, home / "static", dialplan=dialplan) as (_, static),
        ):
            bare = await _answers(static.target, NUMBER, number)
            ours = await _answers(floor.target, FLOW_HOTLINE, number)
            missing = await asyncio.to_thread(_unfinished, floor, len(ours))
    samples = {"answer_ms": ours, "bare_answer_ms": bare, "unfinished": [float(missing)]}
    return made("keys", number, samples, {"callers": CALLERS, "seconds": SECONDS})


async def _publish(stack: Stack) -> None:
    admin = await Api.sign_in(stack.url, ENTERPRISE, "admin", stack.password)
    flows = (await admin.get("/ivr-services"))["items"]
    path = f"/ivr-services/{next(one['id'] for one in flows if FLOW_HOTLINE in one['numbers'])}"
    version = (await admin.get(path))["version"]
    for method, way, body in (
        ("PUT", "/draft", {"definition": _flow()}),
        ("POST", "/publish", None),
    ):
        answer = await admin.http.request(
            method, path + way, json=body, headers={"If-Match": f'"{version}"'}
        )
        answer.raise_for_status()
        version = answer.json()["version"]
    await admin.close()


def _flow() -> dict[str, Any]:
    settings = {
        "prompts": [{"text": SAYS}], "variable": "code", "minimum": 4, "maximum": 4,
        "timeout": 10, "inter_digit": 3, "terminator": "", "tries": 3,
    }  # fmt: skip
    exits = {"collected": "check", "timeout": "ask", "invalid": "ask"}
    cases = [{"when": f"code == '{RIGHT}'", "exit": "right"}]
    return {
        "start": "ask",
        "languages": ["zh-CN", "en"],
        "nodes": [
            {"id": "ask", "kind": "collect", "settings": settings, "exits": exits},
            {"id": "check", "kind": "condition", "settings": {"cases": cases},
             "exits": {"right": "bye", "otherwise": "ask"}},
            {"id": "bye", "kind": "hang_up", "settings": {}, "exits": {}},
        ],
    }  # fmt: skip


def _longest_prompt(stack: Stack) -> str:
    """The flow's own prompt, as Asterisk takes it: publishing has just made it."""
    files = (stack.home / "prompts").glob("*/zh-CN/*.wav")
    newest = max(files, key=lambda file: (file.stat().st_mtime, file.stat().st_size))
    return str(newest.with_suffix(""))


async def _answers(target: tuple[str, int], called: str, seed: int) -> list[float]:
    """Milliseconds of each caller; whoever has ended is followed by another one."""
    chance, samples = random.Random(seed), list[float]()
    async with Exchange(target) as exchange, asyncio.TaskGroup() as group:
        until = asyncio.get_running_loop().time() + UP_WITHIN + SECONDS
        for place in range(CALLERS):
            begins = place * UP_WITHIN / CALLERS
            group.create_task(_caller(exchange, called, place, begins, until, chance, samples))
    return samples


async def _caller(
    exchange: Exchange,
    called: str,
    place: int,
    begins: float,
    until: float,
    chance: random.Random,
    samples: list[float],
) -> None:
    await asyncio.sleep(begins)
    while asyncio.get_running_loop().time() < until:
        caller = await exchange.call(called, f"139{place:08d}")
        for _ in range(WRONG_CODES):
            await asyncio.sleep(chance.uniform(*LISTENS))
            await caller.press(WRONG)
        await asyncio.sleep(chance.uniform(*LISTENS))
        pressed = await caller.press(RIGHT)
        async with asyncio.timeout(ENDED_WITHIN):
            await caller.ended.wait()
        samples.append(1000 * (caller.ended_at - pressed))


def _unfinished(floor: Floor, placed: int) -> int:
    """Calls that the ledger has not as ended soon after the last one."""
    with suppress(AssertionError):
        wait_until(lambda: floor.calls_in("ended") >= placed, ENDED_WITHIN, "the ledger has them")
    return placed - floor.calls_in("ended")

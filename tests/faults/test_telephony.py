"""Telephony dies or stalls while callers talk and wait: the talk goes on, the picture is right again."""

import asyncio
import tempfile
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from deploy.demo_call import ENTERPRISE, NUMBER, DemoCall
from deploy.lab.browser import BrowserAgent, chromium
from deploy.lab.script import Speak
from tests.support.stack import Stack

pytestmark = pytest.mark.faults


def recovered(stack: Stack) -> None:
    stack.wait_ready(60)


@pytest.mark.parametrize("fault", ["kill9", "stop"])
def test_a_talk_survives_and_the_next_caller_is_served(stack: Stack, fault: str) -> None:
    """kill9: dead at once. stop: frozen, until its keeper misses the beat and ends it."""

    async def drill() -> None:
        with (
            tempfile.TemporaryDirectory(prefix="cc-") as folder,
            closing(DemoCall(stack.settings, stack.secrets, Path(folder))) as center,
        ):
            async with center.network() as network, chromium() as browser:
                agent = await BrowserAgent.open(browser, stack.url)
                await agent.sign_in(ENTERPRISE, "8003", stack.password)
                await agent.be_ready()
                caller = await network.call(NUMBER, "13800000002", script=[Speak("您好")] * 30)
                await agent.wait_pop()
                await agent.answer()
                before = stack.process("telephony").pid
                getattr(stack.process("telephony"), fault)()
                await asyncio.to_thread(_restarted, stack, before)
                await asyncio.to_thread(recovered, stack)
                assert not caller.ended.is_set()
                await agent.has_state("talking")
                await agent.hang_up()
                await agent.has_state("wrap_up")
                await asyncio.wait_for(caller.ended.wait(), 10)
                await agent.click("wrapup-done")
                await agent.has_state("ready")
                again = await network.call(NUMBER, "13800000003", script=[Speak("您好")] * 5)
                await agent.by("answer").first.wait_for()
                await agent.answer()
                await again.hang_up()
                await agent.has_state("wrap_up")
                await agent.click("wrapup-done")
                await agent.has_state("ready")

    asyncio.run(drill())


def _restarted(stack: Stack, before: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if stack.process("telephony").pid not in {0, before}:
            return
        httpx.get(f"{stack.url}/healthz", timeout=5)
    raise AssertionError("telephony did not come back")

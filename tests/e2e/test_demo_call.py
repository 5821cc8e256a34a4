"""The main job, as `make demo-call` shows it: caller, pop, answer, work order, recording, score."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from deploy.demo_call import ENTERPRISE, INSPECTOR, DemoCall, Told
from deploy.lab.browser import BrowserAgent, chromium
from tests.support.stack import Stack

pytestmark = pytest.mark.e2e


@contextmanager
def demo(stack: Stack) -> Iterator[DemoCall]:
    with (
        tempfile.TemporaryDirectory(prefix="cc-") as folder,
        closing(DemoCall(stack.settings, stack.secrets, Path(folder))) as made,
    ):
        yield made


@pytest.fixture(scope="module")
def told(stack: Stack) -> Told:
    with demo(stack) as made:
        return asyncio.run(made.run())


def test_a_call_is_popped_answered_written_down_recorded_and_scored(told: Told) -> None:
    assert told.agent == "8001"
    assert told.invite_to_pop_ms is not None
    assert told.invite_to_answer_ms is not None
    assert told.invite_to_pop_ms <= told.invite_to_answer_ms
    assert told.talk_seconds == pytest.approx(6, abs=2)
    assert told.work_order is not None
    assert told.work_order.startswith("GD")
    assert told.qa_score == 100


def test_a_recordings_link_is_for_who_asked_and_not_for_strangers(stack: Stack, told: Told) -> None:
    assert told.recording is not None
    stranger = httpx.get(f"{stack.url}{told.recording}")
    assert stranger.status_code in {401, 403, 404}


def test_the_agent_sees_the_score(stack: Stack, told: Told) -> None:
    with demo(stack) as made:
        cookie = made.sign_in.open_here(ENTERPRISE, told.agent).cookie
    mine = httpx.get(f"{stack.url}/api/v1/quality/mine", cookies={"cc_session": cookie}).json()
    scores = mine["items"] if isinstance(mine, dict) else mine
    assert [score["total"] for score in scores if score["call_id"] == told.call_id] == [100]


@pytest.mark.usefixtures("told")
def test_an_inspector_opens_the_scored_call_in_a_browser(stack: Stack) -> None:
    async def look() -> None:
        async with chromium() as browser:
            page = await BrowserAgent.open(browser, stack.url, still=True)
            await page.sign_in(ENTERPRISE, INSPECTOR, stack.password)
            await page.by("waveform").first.wait_for(timeout=15_000)
            await page.by("quality-item").first.wait_for()

    asyncio.run(look())

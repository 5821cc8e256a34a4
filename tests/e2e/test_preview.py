"""Ten contacts of a calling task are called, one after the other, and each call ends its own way."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from playwright.async_api import expect

from callcenter.core.ids import new_id
from deploy.lab.browser import BrowserAgent
from deploy.lab.publicnet import PublicNetwork
from tests.e2e.conftest import Client, Person
from tests.e2e.figures import assert_figures_agree
from tests.e2e.people import Api
from tests.support.books import Books
from tests.support.waiting import ask_until

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]
SEAT = "8003"
PARTIES = (
    (10, "answered"), (20, "busy"), (30, "unallocated"), (40, "no_answer"), (70, "rejected"),
    (11, "answered"), (21, "busy"), (31, "unallocated"), (71, "rejected"), (12, "answered"),
)  # fmt: skip
"""The number's ending, which says what the public network does, and how the attempt ends."""
EXPECTED = Counter(outcome for _, outcome in PARTIES)
RINGS = 5


def number(place: int) -> str:
    return f"1380070{place:02d}{PARTIES[place][0]}"


@dataclass
class Told:
    task: dict[str, Any]
    calls: list[UUID] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    repeated: list[tuple[int, Any]] = field(default_factory=list)
    left_over: int = 0


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def told(
    network: PublicNetwork, cast: Person, client: Client, books: Books
) -> AsyncIterator[Told]:
    """The first is dialled at the API, to say it twice; the others at the screen."""
    assert network.asterisk
    admin, api = await client("admin"), await client(SEAT)
    told = Told(await _make_task(admin, api))
    agent = await cast(SEAT)
    await agent.be_ready()
    for place, (_, outcome) in enumerate(PARTIES):
        if place == 0:
            await _dial_twice(told, api)
        else:
            await _dial(told, agent)
        if outcome == "answered":
            await asyncio.to_thread(books.newest, direction="outbound", state="connected")
            await agent.has_state("talking")
            await agent.hang_up()
        await _end(told, agent, admin)
        # The attempt's end and the ledger come by two ways: the ledger may be behind for a moment.
        whose = f"e164:+86{number(place)}"
        told.calls.append(books.newest(direction="outbound", customer_number=whose).id)
    path = f"/calling-tasks/{told.task['id']}"
    told.left_over = (await api.http.post(f"{path}/next")).status_code
    told.task = await admin.get(path)
    yield told


async def _make_task(admin: Api, api: Api) -> dict[str, Any]:
    contacts = [{"number": number(n), "name": f"联系人{n}"} for n in range(len(PARTIES))]
    body = {
        "name": f"十个回访 {new_id()}",
        "contacts": contacts,
        "agents": [api.me["user"]["id"]],
        "window_from": "00:00",
        "window_to": "00:00",
        "ring_seconds": RINGS,
    }
    task: dict[str, Any] = await admin.post("/calling-tasks", body)
    await admin.post(f"/calling-tasks/{task['id']}/start")
    return task


async def _dial_twice(told: Told, api: Api) -> None:
    offer = await api.post(f"/calling-tasks/{told.task['id']}/next")
    told.offered.append(offer["attempt"]["contact"]["name"])
    path, key = f"/attempts/{offer['attempt']['id']}/dial", {"Idempotency-Key": str(new_id())}
    for headers in (key, key, {}):
        answer = await api.http.post(path, headers=headers)
        told.repeated.append((answer.status_code, answer.json()))


async def _dial(told: Told, agent: BrowserAgent) -> None:
    await agent.click("tab-home")
    row = agent.by("calling-task").filter(has_text=told.task["name"])
    await row.locator('[data-test="take-next"]').click()
    card = agent.by("attempt").locator("visible=true")
    name = card.locator('[data-test="attempt-name"]')
    await expect(name).not_to_have_text(told.offered[-1])
    told.offered.append(await name.inner_text())
    await card.locator('[data-test="attempt-dial"]').click()


async def _end(told: Told, agent: BrowserAgent, admin: Api) -> None:
    """The attempt has its outcome, and the agent is free."""
    count = len(told.offered)

    async def is_told() -> bool:
        return sum((await _task(admin, told))["outcomes"].values()) >= count

    await ask_until(is_told, RINGS + 15, "the outcome of the attempt")
    await agent.has_state("ready")


async def _task(admin: Api, told: Told) -> dict[str, Any]:
    task: dict[str, Any] = await admin.get(f"/calling-tasks/{told.task['id']}")
    return task


async def test_each_is_offered_in_its_turn(told: Told) -> None:
    assert told.offered == [f"联系人{place}" for place in range(len(PARTIES))]


async def test_the_ledger_says_of_each_how_it_ended(told: Told, books: Books) -> None:
    calls = [books.closed_call(call_id) for call_id in told.calls]
    found = [(call.customer_number[-11:], call.result) for call in calls]
    assert found == [(number(n), outcome) for n, (_, outcome) in enumerate(PARTIES)]


async def test_the_task_counts_them_and_keeps_whom_to_try_again(told: Told) -> None:
    task, again = told.task, EXPECTED["busy"] + EXPECTED["no_answer"]
    assert task["outcomes"] == EXPECTED
    assert (task["total"], task["connected"]) == (len(PARTIES), EXPECTED["answered"])
    assert (task["done"], task["status"]) == (len(PARTIES) - again, "running")
    assert told.left_over == 204


async def test_asterisk_called_each_once_and_saw_the_same(told: Told, books: Books) -> None:
    for call_id in told.calls:
        call = books.assert_agree(call_id)
        assert call.attempt_id == call_id
        assert len(books.channels_of(call_id)) == 2
    unanswered = books.closed_call(told.calls[3])
    assert unanswered.ended_at
    rang = (unanswered.ended_at - unanswered.started_at).total_seconds()
    assert rang == pytest.approx(RINGS, abs=2.5)


async def test_a_repeated_request_is_answered_as_the_first_and_dials_nothing(told: Told) -> None:
    first, again, other = told.repeated
    assert first == again == (202, {"call_id": str(told.calls[0])})
    assert (other[0], other[1]["error"]["code"]) == (409, "attempt-over")


async def test_the_figures_of_the_day_have_them(told: Told, client: Client, books: Books) -> None:
    assert told.calls
    await assert_figures_agree(await client("admin"), books)

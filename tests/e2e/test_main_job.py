"""A call comes in, the right console pops the customer, it is served by two, written down, scored."""

import random
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from deploy.lab.publicnet import PublicNetwork
from tests.e2e.conftest import Client, Person
from tests.e2e.figures import assert_figures_agree
from tests.e2e.main_job import LONG_ENOUGH, Told, tell
from tests.e2e.people import Api
from tests.e2e.sides import Sides
from tests.support.books import Books
from tests.support.sound import SILENT, level, read_channels, share_of_music
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def told(
    network: PublicNetwork, cast: Person, client: Client, books: Books
) -> AsyncIterator[Told]:
    yield await tell(network, cast, client, books)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def sides(told: Told, client: Client, books: Books) -> Sides:
    """What the inspector hears: left the agent, right the customer."""
    return await Sides.of(told.moments, await client("8201"), books, told.call_id)


async def test_the_customer_is_popped_at_the_agent_and_at_the_colleague(told: Told) -> None:
    assert told.popped == [told.customer, told.customer]


async def test_while_the_customer_speaks_only_the_right_channel_sounds(sides: Sides) -> None:
    sides.assert_only_customer("customer_speaks")


async def test_while_the_agent_speaks_only_the_left_channel_sounds(sides: Sides) -> None:
    sides.assert_only_agent("agent_speaks")


@pytest.mark.parametrize("what", ["hold", "consult"])
async def test_who_waits_hears_music_and_no_agent(told: Told, sides: Sides, what: str) -> None:
    """The left channel is all that the customer is given, so it has the music as well."""
    (heard,) = read_channels(await told.caller.sound())
    given, said = sides.during(what)
    for sound in (told.moments.cut(heard, told.heard_from, what), given):
        assert level(sound) > -60
        assert share_of_music(sound) > 0.9
    assert level(said) < SILENT


async def test_the_colleague_is_recorded_after_the_consultation(sides: Sides) -> None:
    sides.assert_only_agent("colleague_speaks")


async def test_the_hold_is_marked_in_the_recording(told: Told, client: Client) -> None:
    link = await (await client("8201")).get(f"/calls/{told.call_id}/recording")
    assert [hold["to"] - hold["from"] for hold in link["holds"]] == [
        pytest.approx(LONG_ENOUGH, abs=1)
    ]


async def test_the_work_order_belongs_to_call_customer_and_colleague(
    told: Told, client: Client
) -> None:
    item = await (await client("8201")).get(f"/quality/items/{told.call_id}")
    assert item["work_order"]["key"] == told.work_order
    assert item["work_order"]["values"]["description"].endswith("🚿𠮷")
    assert item["call"]["agent"]["name"] == "王浩"
    assert item["call"]["customer_name"] == told.customer
    assert item["call"]["disposition"] == "报修"


async def test_the_inspector_plays_it_and_the_agent_sees_the_score(told: Told) -> None:
    assert told.played_seconds > 4 * LONG_ENOUGH
    assert told.points == 100
    assert told.seen_by_agent == "100"


async def test_the_ledger_tells_of_the_call_what_asterisk_wrote(told: Told, books: Books) -> None:
    call = books.assert_agree(told.call_id)
    assert (call.result, call.ended_by, call.transfers) == ("answered", "customer", 1)
    steps = [f.data["step"] for f in books.facts(told.call_id) if f.type == "call.consult"]
    assert steps == ["started", "answered", "completed"]


async def test_wall_reports_facts_and_asterisk_count_the_same_day(
    told: Told, client: Client, books: Books
) -> None:
    assert told.work_order
    await assert_figures_agree(await client("admin"), books)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def rivals(client: Client) -> tuple[Api, Api]:
    """Inspector and administrator of another enterprise, made for this."""
    operator = await client("admin", "")
    code = str(random.randrange(200_000, 999_999))
    body = {"code": code, "name": f"邻家电器 {code}", "area_code": "010"}
    made = await operator.post("/operator/enterprises", body)
    first = {each["employee_code"]: each["one_time_password"] for each in made["initial_users"]}
    admin = await client("admin", code, first["admin"])
    await _choose_password(admin, first["admin"])
    seat = {"employee_code": "8201", "name": "质检", "role": "inspector"}
    issued = (await admin.post("/seats", seat))["one_time_password"]
    inspector = await client("8201", code, issued)
    await _choose_password(inspector, issued)
    return admin, inspector


async def _choose_password(api: Api, issued: str) -> None:
    await api.post("/session/password", {"current": issued, "new": "violet-harbour-93"})


async def test_nothing_of_it_exists_for_another_enterprise(
    told: Told, rivals: tuple[Api, Api], client: Client
) -> None:
    inspector = await client("8201")
    item = await inspector.get(f"/quality/items/{told.call_id}")
    sound = (await inspector.get(f"/calls/{told.call_id}/recording"))["url"]
    paths = [
        f"/calls/{told.call_id}",
        f"/calls/{told.call_id}/recording",
        sound.removeprefix("/api/v1"),
        f"/quality/items/{told.call_id}",
        f"/quality/scores/{item['score']['id']}",
        f"/objects/work_order/records/{item['work_order']['id']}",
        f"/objects/customer/records/{item['work_order']['values']['customer']}",
    ]
    admin, stranger = rivals
    assert await _statuses(stranger, paths) == [404] * len(paths)
    assert set(await _statuses(admin, paths)) == {403, 404}
    assert await _statuses(inspector, paths) == [200] * len(paths)


async def _statuses(api: Api, paths: list[str]) -> list[int]:
    return [(await api.http.get(path)).status_code for path in paths]


async def test_without_a_session_the_recording_is_refused(
    told: Told, client: Client, stack: Stack
) -> None:
    link = await (await client("8201")).get(f"/calls/{told.call_id}/recording")
    async with httpx.AsyncClient(base_url=stack.url) as stranger:
        assert (await stranger.get(link["url"])).status_code == 401
        assert (await stranger.get(f"/recordings/{UUID(int=0)}.wav")).status_code == 404

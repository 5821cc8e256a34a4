"""The waiting are told their place; a match cuts it short, and nobody loses a turn by listening."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from callcenter.telephony import announcing
from callcenter.telephony.announcing import HUSH, Announcements
from callcenter.telephony.distribution import Distribution
from callcenter.telephony.session import SessionGone
from tests.fakes.caller import Caller
from tests.fakes.switchboard import ANNA, CUSTOMER_LEG, SERVICE, World, service
from tests.unit.telephony.test_distribution import settle


class Listener(Caller):
    """A caller for whom a file lasts until it is hushed, or the test ends it."""

    def __init__(self, uniqueid: str = CUSTOMER_LEG) -> None:
        super().__init__(uniqueid)
        self.playing: asyncio.Future[str] | None = None

    async def play(self, files: Sequence[str], digits: str = "") -> str:
        self.done.append(f"play {files[0]}")
        self.playing = asyncio.get_running_loop().create_future()
        gone = asyncio.ensure_future(self.gone.wait())
        await asyncio.wait({self.playing, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not self.playing.done():
            raise SessionGone
        return self.playing.result() if self.playing.result() in digits else ""

    def press(self, key: str) -> None:
        if self.playing is not None and not self.playing.done():
            self.playing.set_result(key)

    async def heard_out(self) -> None:
        """The file that plays comes to its end."""
        self.press("")
        await settle()


class Spoken:
    """Says the place in two files."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.deaf = 0
        self.hushed = 0

    def position(self, language: str, place: int) -> Sequence[str]:
        return (f"{language}/{place}", f"{language}/hold")

    async def hush(self, _channel: str) -> None:
        self.hushed += 1
        if self.hushed > self.deaf:
            self.listener.press(HUSH)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
async def telling(listener: Listener) -> Announcements:
    return Announcements(listener, Spoken(listener), "en", lambda: 2, "soft")


async def test_the_place_is_said_at_once_and_the_music_goes_on(telling, listener) -> None:
    telling.begin()
    await settle()
    await listener.heard_out()
    await listener.heard_out()
    assert listener.done == ["play en/2", "play en/hold", "music soft True"]
    await telling.end()


async def test_it_is_said_again(telling, listener, monkeypatch) -> None:
    monkeypatch.setattr(announcing, "ANNOUNCED_EVERY", 0.01)
    telling.begin()
    for _ in range(2):
        await settle()
        await listener.heard_out()
        await listener.heard_out()
        await asyncio.wait_for(_until(lambda: listener.playing.done() is False), 2)
    assert listener.done.count("play en/2") == 3
    await telling.end()


async def _until(holds) -> None:
    while not holds():  # noqa: ASYNC110 (the fake tells nobody)
        await asyncio.sleep(0.005)


async def test_who_is_wanted_hears_no_more(telling, listener) -> None:
    telling.begin()
    await settle()
    await telling.end()
    assert listener.done == ["play en/2"]


async def test_a_hush_that_was_lost_is_repeated(listener, monkeypatch) -> None:
    monkeypatch.setattr(announcing, "AGAIN", 0.01)
    voice = Spoken(listener)
    voice.deaf = 2
    telling = Announcements(listener, voice, "en", lambda: 1, "default")
    telling.begin()
    await settle()
    await asyncio.wait_for(telling.end(), 2)
    assert voice.hushed == 3


async def test_a_caller_who_hangs_up_ends_it(telling, listener) -> None:
    telling.begin()
    await settle()
    listener.hang_up()
    await asyncio.wait_for(telling.end(), 2)


async def test_who_never_began_has_nothing_to_end(telling) -> None:
    await telling.end()


async def test_a_match_during_the_announcement_rings_the_agent(listener) -> None:
    world = World(service(announce_position=True, music="soft"))
    world.distribution = Distribution(
        world.clock, world.matcher, world.agents, world.board, voice=Spoken(listener)
    )
    world.agents.stirred = world.distribution.dispatch
    call = world.inbound()
    call.language = "en"
    plan = world.agents.directory.service(SERVICE)
    serving = asyncio.create_task(world.distribution.serve(listener, call, plan))
    await settle()
    assert listener.done == ["answer", "music soft True", "play en/1"]
    assert world.matcher.position(call.id) == 1
    world.ready(ANNA)
    assert await listener.rings() == "PJSIP/e100001-8001"
    listener.hang_up()
    await serving


async def test_nothing_is_said_where_the_service_wishes_it_not_or_an_agent_is_there(
    listener,
) -> None:
    world = World(service(announce_position=False))
    quiet = replace(world.agents.directory.service(SERVICE), announce_position=True)
    for plan, ready in ((world.agents.directory.service(SERVICE), ()), (quiet, (ANNA,))):
        world.distribution = Distribution(
            world.clock, world.matcher, world.agents, world.board, voice=Spoken(listener)
        )
        world.agents.stirred = world.distribution.dispatch
        world.ready(*ready)
        caller = Listener(f"1795480688.{len(ready)}")
        call = world.inbound(caller.uniqueid)
        serving = asyncio.create_task(world.distribution.serve(caller, call, plan))
        await settle()
        assert not any(done.startswith("play") for done in caller.done)
        caller.hang_up()
        await serving

"""The waiting are told their place; a match cuts it short, and nobody loses a turn by listening."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from callcenter.routing.waiting import Message, Messages, Offers, WaitingPlan
from callcenter.telephony import announcing
from callcenter.telephony.announcing import HUSH, Announcements, Silent, Standing
from callcenter.telephony.distribution import Distribution
from callcenter.telephony.live import LiveCall
from callcenter.telephony.session import SessionGone
from tests.fakes.caller import Caller
from tests.fakes.switchboard import ANNA, CUSTOMER_LEG, SERVICE, World, service
from tests.unit.telephony.test_distribution import settle

PLAIN = WaitingPlan()


class Listener(Caller):
    """A caller for whom a file lasts until it is hushed, or the test ends it."""

    def __init__(self, uniqueid: str = CUSTOMER_LEG) -> None:
        super().__init__(uniqueid)
        self.playing: asyncio.Future[str] | None = None
        self.answers: list[str | None] = []
        """To questions, in turn; None: hangs up instead."""

    async def play(self, files: Sequence[str], digits: str = "") -> str:
        if not files:
            return ""
        self.done.append(f"play {files[0]}")
        self.playing = asyncio.get_running_loop().create_future()
        gone = asyncio.ensure_future(self.gone.wait())
        await asyncio.wait({self.playing, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if not self.playing.done():
            raise SessionGone
        return self.playing.result() if self.playing.result() in digits else ""

    async def collect(self, files: Sequence[str], *_: Any) -> str:
        answer = self.answers.pop(0)
        if answer is None:
            self.hang_up()
            raise SessionGone
        return answer

    def press(self, key: str) -> None:
        if self.playing is not None and not self.playing.done():
            self.playing.set_result(key)

    async def heard_out(self) -> None:
        """The file that plays comes to its end."""
        self.press("")
        await settle()


class Spoken(Silent):
    """Says the place in two files, everything else in one."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.deaf = 0
        self.hushed = 0

    def position(self, language: str, place: int) -> Sequence[str]:
        return (f"{language}/{place}", f"{language}/hold")

    def wait(self, language: str, minutes: int) -> Sequence[str]:
        return (f"{language}/{minutes}m",)

    def offers(self, _language: str, offers: Offers) -> Sequence[str]:
        return (f"offer {offers.keys}",)

    def text(self, call: LiveCall, message: Message) -> Sequence[str]:
        return (f"prompt {message.int}" if isinstance(message, UUID) else message[call.language],)

    async def hush(self, _channel: str) -> None:
        self.hushed += 1
        if self.hushed > self.deaf:
            self.listener.press(HUSH)
            self.listener.keys.put_nowait(HUSH)


@pytest.fixture
def listener() -> Listener:
    return Listener()


class Hearing:
    """One waiting caller and what is said to them; the clock is moved by hand."""

    def __init__(self, listener: Listener, waiting: WaitingPlan = PLAIN, **plan: Any) -> None:
        self.world = World(service(music="soft", waiting=waiting, **plan))
        self.listener = listener
        self.voice = Spoken(listener)
        self.call = self.world.inbound()
        self.call.language = "en"
        self.call.queued_at = self.world.clock.now()
        self.chosen: list[str] = []
        self.telling = Announcements(
            self.world.clock,
            listener,
            self.voice,
            self.call,
            self.world.agents.directory.service(SERVICE),
            Standing(lambda: 2, lambda: 4),
            self.chosen.append,
        )

    async def begin(self) -> None:
        self.telling.begin()
        await settle()

    async def heard_out(self, files: int = 1) -> None:
        for _ in range(files):
            await self.listener.heard_out()

    async def later(self, seconds: float) -> None:
        """So much music; the listening in between is cut short as if its time were up."""
        self.world.clock.advance(seconds)
        self.listener.keys.put_nowait("")
        await settle()


@pytest.fixture
def telling(listener: Listener) -> Announcements:
    return Hearing(listener, announce_position=True).telling


async def test_recordings_are_messages_in_their_turn_and_the_music_in_between(listener) -> None:
    texts = (UUID(int=7), {"en": "first"})
    offers = Offers(after_seconds=0, callback="1")
    plan = WaitingPlan(messages=Messages(20, texts), music=(UUID(int=8),), offers=offers)
    hearing = Hearing(listener, plan)
    await hearing.begin()
    await hearing.heard_out()
    listener.done.clear()
    for files in (1, 2):  # the offer is said again by then
        await hearing.later(20)
        await hearing.heard_out(files)
    heard = [each for each in listener.done if each.startswith(("play", "music"))]
    music = f"music own-{SERVICE.hex}-en True"
    assert heard == ["play prompt 7", music, "play first", "play offer 1", music]
    await hearing.telling.end()


async def test_the_place_is_said_at_once_and_the_music_goes_on(telling, listener) -> None:
    telling.begin()
    await settle()
    await listener.heard_out()
    await listener.heard_out()
    assert listener.done == ["play en/2", "play en/hold", "music soft True"]
    await telling.end()


async def test_it_is_said_again_every_so_often(listener) -> None:
    offers = Offers(after_seconds=0, callback="1")
    hearing = Hearing(listener, WaitingPlan(announce_every_seconds=30, offers=offers),
                      announce_position=True)  # fmt: skip
    await hearing.begin()
    await hearing.heard_out(3)
    await hearing.later(29)
    assert listener.done.count("play en/2") == 1
    await hearing.later(1)
    assert listener.done.count("play en/2") == 2
    await hearing.telling.end()


async def test_place_wait_messages_and_offers_are_said_in_their_time(listener, monkeypatch) -> None:
    monkeypatch.setattr(announcing, "MUSIC_BETWEEN", 0)
    first, second = {"en": "first"}, {"en": "second"}
    plan = WaitingPlan(
        announce_wait=True,
        announce_every_seconds=60,
        messages=Messages(25, (first, second)),
        offers=Offers(after_seconds=0.02, callback="1", number_key="3", number="10010"),
    )
    hearing = Hearing(listener, plan)
    await hearing.begin()
    await hearing.heard_out()
    listener.done.clear()
    hearing.world.clock.advance(1)
    # Not yet offered, so the session is idle: only the task's own timer ends the music.
    await asyncio.wait_for(_until(lambda: "play offer 13" in listener.done), 3)
    await hearing.heard_out()
    for seconds, said in ((25, "first"), (25, "second"), (10, "en/4m")):
        await hearing.later(seconds)
        assert listener.done[-1] == f"play {said}"
        await hearing.heard_out()
    await hearing.telling.end()


async def test_a_key_that_is_offered_is_heard_over_the_music_and_no_other(listener) -> None:
    hearing = Hearing(listener, WaitingPlan(offers=Offers(after_seconds=0, voicemail="2")))
    await hearing.begin()
    await hearing.heard_out()
    for key, chosen in (("7", []), ("2", ["2"]), ("2", ["2"])):
        listener.keys.put_nowait(key)
        await settle()
        assert hearing.chosen == chosen
    await asyncio.wait_for(hearing.telling.end(), 2)


async def test_a_key_that_is_offered_is_heard_over_the_words(listener) -> None:
    hearing = Hearing(listener, WaitingPlan(offers=Offers(after_seconds=0, voicemail="2")))
    await hearing.begin()
    listener.press("2")
    await settle()
    assert hearing.chosen == ["2"]
    assert listener.done == ["play offer 2"]
    await asyncio.wait_for(hearing.telling.end(), 2)


async def test_a_key_counts_only_once_it_was_offered(listener) -> None:
    plan = WaitingPlan(offers=Offers(after_seconds=20, callback="1"))
    hearing = Hearing(listener, plan, announce_position=True)
    await hearing.begin()
    listener.press("1")
    await settle()
    assert hearing.chosen == []
    await hearing.telling.end()


async def test_a_match_ends_the_listening_for_a_key(listener) -> None:
    hearing = Hearing(listener, WaitingPlan(offers=Offers(after_seconds=0, callback="1")))
    await hearing.begin()
    await hearing.heard_out()
    assert listener.done[-1].startswith("wait_key")
    await asyncio.wait_for(hearing.telling.end(), 2)
    assert hearing.chosen == []


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 (the fake tells nobody)
        await asyncio.sleep(0.005)


async def test_who_is_wanted_hears_no_more(telling, listener) -> None:
    telling.begin()
    await settle()
    await telling.end()
    assert listener.done == ["play en/2"]


async def test_a_hush_that_was_lost_is_repeated(listener, monkeypatch) -> None:
    monkeypatch.setattr(announcing, "AGAIN", 0.01)
    hearing = Hearing(listener, announce_position=True)
    hearing.voice.deaf = 2
    await hearing.begin()
    await asyncio.wait_for(hearing.telling.end(), 2)
    assert hearing.voice.hushed == 3


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

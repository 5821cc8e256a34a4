"""A caller leaves a message, or does not: what is heard, kept, and told."""

from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest

from callcenter.calls.events import FactType
from callcenter.telephony.directory import Directory
from callcenter.telephony.session import SessionGone
from callcenter.telephony.voicemail import VoicemailDesk
from callcenter.voicemail.boxes import BoxPlan
from tests.fakes.session import ScriptedSession
from tests.fakes.switchboard import ANNA, FOREIGN_SERVICE, HOME, SERVICE, World, service

NOBODY = UUID(int=999)


class Wording:
    """Says its keys, and texts in Chinese."""

    def text(self, _call, texts):
        return [texts["zh-CN"]]

    def phrase(self, _call, key):
        return [key]


@pytest.fixture
def world() -> World:
    return World(service())


@pytest.fixture
def desk(world: World, tmp_path: Path) -> VoicemailDesk:
    return VoicemailDesk(tmp_path, world.clock, world.agents, world.board, Wording())


def told(world: World) -> list[dict]:
    return [dict(fact.data) for fact in world.facts.of(FactType.VOICEMAIL_LEFT)]


async def test_a_message_is_kept_and_told_with_whose_it_is(world, desk, tmp_path) -> None:
    session, call = ScriptedSession("#", says=[3.0]), world.inbound()
    assert await desk.take(session, call, SERVICE)
    assert session.answered
    assert session.heard == ["voicemail.greeting", "beep", "voicemail.thanks"]
    (fact,) = told(world)
    assert (fact["target_kind"], fact["target_id"]) == ("service", str(SERVICE))
    assert (fact["seconds"], fact["number"]) == (3.0, str(call.customer))
    file = tmp_path / "voicemail" / str(HOME) / f"service-{SERVICE}" / f"{fact['name']}.wav"
    assert file.exists()


async def test_what_was_said_before_hanging_up_is_a_message_all_the_same(world, desk) -> None:
    session = ScriptedSession(says=[2.0], leaves_after=3)
    with pytest.raises(SessionGone):
        await desk.take(session, world.inbound(), SERVICE)
    assert [fact["seconds"] for fact in told(world)] == [2.0]


async def test_whom_no_service_took_and_who_left_a_message_was_not_abandoned(world, desk) -> None:
    call = world.inbound()
    call.turned_away = True
    with pytest.raises(SessionGone):
        await desk.take(ScriptedSession(says=[2.0], leaves_after=3), call, SERVICE)
    assert call.settled == "voicemail"


@pytest.mark.parametrize("seconds", [0.0, 0.9, 1.0], ids=["nothing", "a breath", "silence's tail"])
async def test_silence_is_no_message(world, desk, seconds: float) -> None:
    session = ScriptedSession(says=[seconds])
    assert not await desk.take(session, world.inbound(), SERVICE)
    assert session.heard[-1] == "voicemail.nothing"
    assert told(world) == []


async def test_a_seat_greets_in_its_own_words_and_within_its_own_limit(world, desk) -> None:
    directory = world.agents.directory
    greeting = {"zh-CN": "我是安娜", "en": "This is Anna"}
    boxes = {ANNA: BoxPlan(greeting, longest_seconds=10)}
    world.agents.use(Directory(directory.seats, directory.plan, boxes))
    session = ScriptedSession(says=[60.0])
    assert await desk.take(session, world.inbound(), ANNA)
    assert session.heard[0] == "我是安娜"
    assert [(f["target_kind"], f["seconds"]) for f in told(world)] == [("seat", 10.0)]


async def test_while_a_greeting_is_not_spoken_yet_the_products_own_is_heard(
    world, desk, monkeypatch
) -> None:
    monkeypatch.setattr(Wording, "text", lambda *_: [])
    directory = world.agents.directory
    boxes = {ANNA: BoxPlan({"zh-CN": "我是安娜", "en": "This is Anna"})}
    world.agents.use(Directory(directory.seats, directory.plan, boxes))
    session = ScriptedSession("#", says=[3.0])
    assert await desk.take(session, world.inbound(), ANNA)
    assert session.heard[0] == "voicemail.greeting"


@pytest.mark.parametrize("target", [FOREIGN_SERVICE, NOBODY], ids=["another's", "nobody's"])
async def test_there_is_no_message_for_whom_there_is_not(world, desk, target: UUID) -> None:
    session = ScriptedSession(says=[3.0])
    assert not await desk.take(session, world.inbound(), target)
    assert (session.heard, told(world)) == ([], [])


async def test_no_key_leads_anywhere_from_a_message(world, desk) -> None:
    """Nothing is asked but a recording: no digits are read, nobody is dialled."""
    session = ScriptedSession("0", says=[3.0])
    only = SimpleNamespace(
        answer=session.answer, music=session.music, play=session.play, record=session.record,
        uniqueid=session.uniqueid,
    )  # fmt: skip
    assert await desk.take(only, world.inbound(), SERVICE)

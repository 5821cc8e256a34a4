"""The waiting hear their place, and are rung for the moment somebody is free."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from callcenter.acd.agent import AgentState
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.routing.models import AgentService
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.announcing import HUSH
from callcenter.tenancy.models import AccessNumber
from ivr.models import IvrPrompt
from tests.integration.telephony.node.flows import prompts
from tests.support.centre import NUMBER, Centre, until
from tests.support.sound import RATE, between, read_channels, share_of_music, write_tone

pytestmark = pytest.mark.integration
NOW = datetime(2026, 11, 24, tzinfo=UTC)


async def announcing(centre: Centre, language: str = "zh-CN") -> None:
    with centre.database.begin(Scope(centre.enterprise)) as session:
        session.scalars(select(AgentService)).one().announce_position = True
        session.scalars(select(AccessNumber)).one().language = language
    await centre.node.refresher.refresh()
    voice = centre.node.distribution._voice
    assert len(voice.position("zh-CN", 1)) == len(voice.position("en", 1)) == 3


async def test_a_waiting_caller_of_an_english_number_hears_english_and_then_the_music_again(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    await announcing(centre, "en")
    said: list[str] = []
    voice = centre.node.distribution._voice
    position = voice.position

    def listened(language: str, place: int) -> Sequence[str]:
        said.extend(position(language, place))
        return said

    monkeypatch.setattr(voice, "position", listened)
    caller = await centre.network.call(NUMBER, "13800000001")
    await until(lambda: len(centre.node.matcher.waiting_in(centre.service)) == 1, "one waits")
    # Music begins, is replaced by words for some three seconds, and begins again.
    await until(caller.heard.exists, "heard")
    await until(lambda: caller.heard.stat().st_size > 16_000 * 8, "eight seconds heard")
    await caller.hang_up()
    await caller.ended.wait()
    (heard,) = read_channels(await caller.sound())
    shares = [share_of_music(between(heard, at, at + 0.5)) for at in (0.5, 1.0, 1.5, 6.5, 7.0)]
    assert min(shares[:3]) < 0.3, shares
    assert min(shares[3:]) > 0.5, shares
    assert len(said) == 3
    assert {Path(file).parent.name for file in said} == {"en"}


async def test_a_match_cuts_the_announcement_short(centre: Centre) -> None:
    await announcing(centre)
    pressed: list[AmiEvent] = []
    centre.node.ami.subscribe(pressed.append, "DTMFEnd")
    await centre.network.call(NUMBER, "13800000001")
    await until(lambda: len(centre.node.matcher.waiting_in(centre.service)) == 1, "one waits")
    await centre.sign_in("8001")
    phone = await centre.network.rings(centre.phone("8001"))
    await phone.answer()
    await centre.has_state("8001", AgentState.TALKING)
    await until(lambda: len(centre.states("8001")) >= 5, "told", lambda: centre.states("8001"))
    since: dict[str, datetime] = {i.state: i.since for i in centre.intervals("8001")}
    silent = (since["ringing"] - since["reserved"]).total_seconds()
    print(f"match to ringing, over an announcement: {silent * 1000:.0f} ms")  # noqa: T201
    # The words last for more than two seconds, and there was no waiting for their end.
    assert silent < 1.5
    assert all(event.get("Digit") == HUSH for event in pressed)


MUSIC, MESSAGE = 700.0, 1500.0
"""Hertz: recordings that are told apart, and from the music that is ready."""


def a_recording(centre: Centre, frequency: float) -> str:
    """The id of a prompt of five seconds."""
    prompt = new_id()
    with centre.database.begin(Scope(centre.enterprise)) as session:
        session.add(IvrPrompt(id=prompt, name=str(prompt), sounds={"zh-CN": {}}, changed_at=NOW))
    write_tone(prompts(centre).upload(str(centre.enterprise), str(prompt), "zh-CN"), 5, frequency)
    return str(prompt)


def pitch(samples: np.ndarray) -> float:
    """The strongest, in Hertz."""
    return float(np.argmax(np.abs(np.fft.rfft(samples)))) * RATE / len(samples)


async def test_the_music_and_the_messages_are_recordings_of_the_enterprise(centre: Centre) -> None:
    message = {"every_seconds": 2, "texts": [{"prompt": a_recording(centre, MESSAGE)}]}
    music = [a_recording(centre, MUSIC)]
    with centre.database.begin(Scope(centre.enterprise)) as session:
        own = {"music": music, "messages": message}
        session.scalars(select(AgentService)).one().waiting = own
    await centre.node.refresher.refresh()
    caller = await centre.network.call(NUMBER, "13800000001")
    await until(caller.heard.exists, "heard")
    await until(lambda: caller.heard.stat().st_size > 16_000 * 4, "four seconds heard")
    await caller.hang_up()
    await caller.ended.wait()
    (heard,) = read_channels(await caller.sound())
    first, later = (pitch(between(heard, at, at + 0.5)) for at in (0.8, 3.3))
    assert (first, later) == (pytest.approx(MUSIC, abs=10), pytest.approx(MESSAGE, abs=10))

"""A flow that cannot go on says so before the call is over; each call is watched until then."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.ids import new_id
from callcenter.core.numbers import parse_number
from callcenter.core.speech import NothingToHear, SpeechFailed
from callcenter.processes.telephony.flows import IvrFlows
from callcenter.routing.service import RoutingPlan
from callcenter.telephony.directory import Directory
from callcenter.telephony.live import Direction, LiveCall
from callcenter.telephony.session import SessionGone
from callcenter.telephony.ways import Led
from callcenter.tenancy.service import NumberPlan
from ivr.effects import Standing
from ivr.model import LANGUAGES
from ivr.phrases import fixed, phrase_clips
from ivr.prompts import PromptLibrary
from ivr.runner import FlowRunner, Unwatched
from ivr.validation import read
from tests.fakes.session import ScriptedSession
from tests.unit.ivr.conftest import BYE, definition, node
from tests.unit.ivr.test_runner import Typewriter, heard

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
OUTER, INNER = (UUID(f"0192f0c1-0000-7000-8000-0000000000{end}") for end in ("a1", "a2"))


class Watch(Unwatched):
    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def library(tmp_path: Any) -> PromptLibrary:
    made = PromptLibrary(tmp_path, Typewriter())
    made.ensure(phrase_clips())
    return made


def flows_of(library: PromptLibrary, watch: Watch) -> IvrFlows:
    """A flow that goes through another one again and again: no step of it waits for the caller."""
    ways = {"next": "round", "failed": "bye"}
    outer = read(definition(node("round", "flow", {"service": str(INNER)}, **ways), BYE))
    inner = read(definition(node("back", "return")), service=str(INNER))

    async def nothing(*_: Any) -> dict[str, Any]:
        return {}

    parts: Any = [
        SimpleNamespace(of=nothing),
        SimpleNamespace(of=lambda *_: nothing),
        SimpleNamespace(of=lambda *_: watch),
    ]
    made = IvrFlows(
        FlowRunner(library, ManualClock(NOW), lambda *_: Standing(None)), library, *parts
    )
    whole = replace(outer, service=str(OUTER), flows={str(INNER): inner})
    made._flows = {OUTER: whole}
    return made


def a_call() -> LiveCall:
    caller = parse_number("13800000001")
    return LiveCall(new_id(), new_id(), Direction.INBOUND, NOW, caller, "02160000001")


async def test_an_endless_loop_is_stopped_with_a_message(library: PromptLibrary) -> None:
    session, watch, call = ScriptedSession(), Watch(), a_call()
    led = await flows_of(library, watch).run(session, OUTER, call)
    assert led == Led(None)
    assert heard(session) == [f"en:{clip.text}" for clip in fixed("ivr.failed", "en")]
    assert watch.closed


async def test_a_flow_begins_in_its_first_language_or_in_the_numbers_where_it_speaks_it(
    library: PromptLibrary,
) -> None:
    """A flow of Chinese first: behind an English number it begins in English."""
    flows = flows_of(library, Watch())
    flows._flows[OUTER] = replace(flows._flows[OUTER], languages=("zh-CN", "en"))
    for language in ("zh-CN", "en"):
        session, call = ScriptedSession(), replace(a_call(), language=language)
        await flows.run(session, OUTER, call)
        assert heard(session) == [
            f"{language}:{clip.text}" for clip in fixed("ivr.failed", language)
        ]
        assert call.language == language


async def test_who_was_spoken_to_in_a_language_is_spoken_to_in_it_by_the_next_flow(
    library: PromptLibrary,
) -> None:
    """An English number, Chinese chosen in the first flow; the second speaks English first."""
    flows, call = flows_of(library, Watch()), replace(a_call(), language="en")
    first = flows._flows[OUTER]
    for languages in (("zh-CN",), ("en", "zh-CN")):
        flows._flows[OUTER] = replace(first, languages=languages)
        session = ScriptedSession()
        await flows.run(session, OUTER, call)
        assert heard(session) == [f"zh-CN:{clip.text}" for clip in fixed("ivr.failed", "zh-CN")]


async def test_who_has_hung_up_is_told_nothing_and_watched_no_more(library: PromptLibrary) -> None:
    session, watch = ScriptedSession(leaves_after=0), Watch()
    with pytest.raises(SessionGone):
        await flows_of(library, watch).run(session, OUTER, a_call())
    assert session.heard == []
    assert watch.closed


HOME, NEXT = UUID(int=1), UUID(int=2)
SAID, MUTE = {"zh-CN": "号码已暂停", "en": "This number is paused"}, {"en": "..."}


def pausing(says: Mapping[UUID, Mapping[str, str]]) -> RoutingPlan:
    """A paused number of each enterprise, and what it says."""
    numbers = [
        NumberPlan(
            new_id(), f"0216000000{n}", new_id(), owner, None, None, False, pause_message=text
        )
        for n, (owner, text) in enumerate(says.items())
    ]
    return RoutingPlan({}, {}, {one.number: one for one in numbers}, {})


def loaded(library: PromptLibrary, says: Mapping[UUID, Mapping[str, str]]) -> IvrFlows:
    flows = flows_of(library, Watch())
    database: Any = SimpleNamespace(begin=nullcontext)
    with patch("callcenter.processes.telephony.flows.load_published", lambda _: {}):
        flows.load(database, Directory(plan=pausing(says)))
    return flows


def test_what_a_paused_number_says_is_made_in_all_its_languages(library: PromptLibrary) -> None:
    assert flows_of(library, Watch()).files(HOME, SAID) == ()
    files = loaded(library, {HOME: SAID}).files(HOME, SAID)
    assert [Path(f"{file}.wav").read_text() for file in files] == [
        f"{language}:{SAID[language]}" for language in LANGUAGES
    ]
    assert loaded(library, {HOME: SAID}).files(NEXT, SAID) == ()


class Failing(Typewriter):
    def __init__(self, fault: type[SpeechFailed]) -> None:
        self.fault = fault

    def synthesise(self, text: str, language: str, target: Path) -> None:
        if text == MUTE["en"]:
            raise self.fault
        super().synthesise(text, language, target)


@pytest.mark.parametrize(("fault", "made"), [(NothingToHear, 2), (SpeechFailed, 0)])
def test_a_text_without_a_word_leaves_the_other_enterprises_their_prompts(
    tmp_path: Path, fault: type[SpeechFailed], made: int
) -> None:
    """An engine that hangs takes half a minute each time: it is not asked on and on."""
    flows = loaded(PromptLibrary(tmp_path, Failing(fault)), {HOME: MUTE, NEXT: SAID})
    assert len(flows.files(NEXT, SAID)) == made


def test_a_service_that_is_not_in_use_is_not_known(library: PromptLibrary) -> None:
    flows = flows_of(library, Watch())
    assert flows.knows(OUTER)
    assert not flows.knows(INNER)

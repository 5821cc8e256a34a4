"""Calls through the demonstration flow, from the answer to where they end."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from callcenter.core.clock import ManualClock
from callcenter.telephony.session import Session
from ivr.demo import demo_definition
from ivr.effects import Failure, Outcome, Standing, TargetKind, Transfer
from ivr.model import SHARED, Clip
from ivr.prompts import PromptLibrary
from ivr.runner import EndKind, FlowRunner
from ivr.validation import clips_of, read
from tests.fakes.session import ScriptedSession
from tests.unit.ivr.conftest import AGENTS, BYE, SERVICE, definition, menu, node, say

OWNER = "0192f0c1-0000-7000-8000-0000000000ee"
DAYS, NIGHTS, NONE, FEAST = (
    f"0192f0c1-0000-7000-8000-0000000000{end}" for end in ("d1", "d2", "d3", "d4")
)
HOURS = {
    (OWNER, DAYS): Standing(True), (OWNER, NIGHTS): Standing(False),
    (OWNER, FEAST): Standing(False, holiday=True),
}  # fmt: skip


class Typewriter:
    """An engine whose speech is the text itself, so that a test can read what is heard."""

    name = "typewriter"

    def synthesise(self, text: str, language: str, target: Path) -> None:
        target.write_text(f"{language}:{text}")


@pytest.fixture
def library(tmp_path):
    return PromptLibrary(tmp_path, Typewriter())


@pytest.fixture
def runner(library):
    clock = ManualClock(datetime(2026, 11, 24, 8, tzinfo=UTC))
    return FlowRunner(
        library, clock, lambda owner, schedule: HOURS.get((owner, str(schedule)), Standing(None))
    )


@pytest.fixture
def demo(library):
    flow = read(demo_definition(UUID(SERVICE)), version=7, owner=OWNER)
    library.ensure(clips_of(flow), OWNER)
    return flow


def heard(session):
    return [Path(f"{file}.wav").read_text() for file in session.heard]


def way(end):
    return [f"{visit.node}:{visit.exit}" for visit in end.path]


async def test_a_fault_is_reported_in_chinese_with_the_code_played_back(runner, demo):
    session: Session = ScriptedSession("1", "1", "1234", "1")
    end = await runner.run(session, demo, {"caller": "13800000001"})
    assert way(end) == [
        "language:1",
        "chinese:next",
        "main:1",
        "product:collected",
        "confirm:1",
        "known:supported",
        "repair:next",
        "agents:transfer",
    ]
    assert end.kind is EndKind.TRANSFER
    assert end.target == Transfer(TargetKind.SERVICE, SERVICE)
    assert end.variables == {
        "caller": "13800000001",
        "language": "zh-CN",
        "product_code": "1234",
    }
    assert session.answered
    words = heard(session)
    start = words.index("zh-CN:您输入的是")
    assert words[start + 1 : start + 5] == ["zh-CN:一", "zh-CN:二", "zh-CN:三", "zh-CN:四"]


async def test_english_is_spoken_after_it_was_chosen(runner, demo):
    session = ScriptedSession("2", "2")
    end = await runner.run(session, demo, {})
    assert end.variables["language"] == "en"
    assert way(end)[-2:] == ["connecting:next", "agents:transfer"]
    assert all(text.startswith("en:") for text in heard(session)[2:])


@pytest.mark.parametrize(
    ("keys", "last"),
    [
        (["1", "1", "9100", "1"], "retired:next"),
        (["1", "1", "0100", "1"], "unknown:next"),
        (["1", "1", "1234", "2", "5678", "1"], "repair:next"),
        (["1", "1", "12#", "12#", "12#"], "connecting:next"),
        (["1", "1"], "connecting:next"),
        (["1", "7", "8", "9"], "connecting:next"),
        (["*", "#", "2"], "connecting:next"),
        ([], "connecting:next"),
    ],
)
async def test_every_caller_reaches_an_agent(runner, demo, keys, last):
    end = await runner.run(ScriptedSession(*keys), demo, {})
    assert way(end)[-2:] == [last, "agents:transfer"]


async def test_a_caller_may_leave_at_any_command(runner, demo):
    keys = ["1", "1", "1234", "1"]
    whole = ScriptedSession(*keys)
    await runner.run(whole, demo, {})
    for moment in range(whole.commands):
        end = await runner.run(ScriptedSession(*keys, leaves_after=moment), demo, {})
        assert end.kind is EndKind.GONE
        assert end.target is None


async def test_a_flow_that_hangs_up_says_so_and_leaves_it_to_telephony(runner):
    session = ScriptedSession("2")
    end = await runner.run(session, read(definition(menu(), AGENTS, BYE)), {})
    assert end.kind is EndKind.HANG_UP
    assert not session.gone.is_set()


async def test_a_flow_that_turns_in_circles_fails(runner):
    flow = read(definition(menu(tries=1, timeout="menu"), AGENTS, BYE))
    end = await runner.run(ScriptedSession(), flow, {})
    assert end.kind is EndKind.FAILED
    assert end.reason == Failure.TOO_MANY_STEPS


async def test_a_missing_prompt_is_left_out_and_the_call_goes_on(runner, demo, library):
    library.file(Clip("zh-CN", "您输入的是"), OWNER).unlink()
    session = ScriptedSession("1", "1", "1234", "1")
    end = await runner.run(session, demo, {})
    assert end.kind is EndKind.TRANSFER
    assert "zh-CN:您输入的是" not in heard(session)
    assert "zh-CN:四" in heard(session)


async def test_each_visit_bears_the_time_it_was_left(runner, demo):
    end = await runner.run(ScriptedSession(), demo, {})
    assert {visit.at for visit in end.path} == {datetime(2026, 11, 24, 8, tzinfo=UTC)}


def test_prompts_are_made_once_and_shared_words_stand_apart(library, demo):
    assert library.ensure(clips_of(demo), OWNER) == 0
    own = library.file(Clip("en", "You entered"), OWNER)
    shared = library.file(Clip("en", "seven", shared=True), OWNER)
    assert own.parts[-3:-1] == (OWNER, "en")
    assert shared.parts[-3:-1] == (SHARED, "en")


async def test_the_hash_key_is_a_choice_of_a_menu_like_any_other(runner):
    pound = node(
        "pound",
        "menu",
        {"prompts": say("press pound"), "keys": ["#"]},
        **{"key_#": "agents", "timeout": "bye", "invalid": "bye"},
    )
    end = await runner.run(ScriptedSession("#"), read(definition(pound, AGENTS, BYE)), {})
    assert way(end) == ["pound:#", "agents:transfer"]


@pytest.mark.parametrize(
    ("schedule", "exit_"), [(DAYS, "open"), (NIGHTS, "closed"), (NONE, "unknown")]
)
async def test_a_schedule_has_a_way_for_open_closed_and_gone(runner, schedule, exit_):
    ways = {"open": "agents", "closed": "bye", "unknown": "bye"}
    hours = node("hours", "schedule", {"schedule": schedule}, **ways)
    flow = read(definition(hours, AGENTS, BYE), owner=OWNER)
    end = await runner.run(ScriptedSession(), flow, {})
    assert way(end)[0] == f"hours:{exit_}"
    assert end.kind is (EndKind.TRANSFER if exit_ == "open" else EndKind.HANG_UP)


@pytest.mark.parametrize(
    ("holidays", "schedule", "exit_"),
    [(True, FEAST, "holiday"), (False, FEAST, "closed"), (True, NIGHTS, "closed")],
)
async def test_holidays_have_a_way_of_their_own_where_the_node_says_so(
    runner, holidays, schedule, exit_
):
    ways = {"open": "agents", "closed": "bye", "unknown": "bye"} | (
        {"holiday": "bye"} if holidays else {}
    )
    hours = node("hours", "schedule", {"schedule": schedule, "holidays": holidays}, **ways)
    end = await runner.run(ScriptedSession(), read(definition(hours, AGENTS, BYE), owner=OWNER), {})
    assert way(end)[0] == f"hours:{exit_}"


@pytest.mark.parametrize("has", ["en", "zh-CN"])
async def test_an_uploaded_prompt_is_played_in_the_language_that_it_has(runner, library, has):
    made = library.upload(OWNER, SERVICE, has)
    made.parent.mkdir(parents=True)
    made.write_text(f"{has}:recorded")
    play = node("hello", "play", {"prompts": [{"file": SERVICE}]}, next="bye")
    session = ScriptedSession()
    await runner.run(session, read(definition(play, BYE), owner=OWNER), {"language": "en"})
    assert heard(session) == [f"{has}:recorded"]


async def test_an_uploaded_prompt_that_is_gone_is_left_out(runner):
    prompts = [{"file": SERVICE}]
    flow = read(definition(node("n", "play", {"prompts": prompts}, next="bye"), BYE), owner=OWNER)
    end = await runner.run(ScriptedSession(), flow, {})
    assert way(end) == ["n:next", "bye:hang_up"]


ASKS = {"method": "GET", "url": "https://erp.example.com/", "timeout": 1}


def asking():
    ways = {"ok": "agents", "failed": "bye", "timeout": "bye"}
    return read(definition(node("ask", "http", ASKS, **ways), AGENTS, BYE), service="s", version=3)


async def test_what_comes_from_beyond_the_call_says_the_way(runner):
    async def beyond(effect):
        return Outcome("ok", {"due": effect.url})

    end = await runner.run(ScriptedSession(), asking(), {}, beyond)
    assert way(end) == ["ask:ok", "agents:transfer"]
    assert end.variables["due"] == "https://erp.example.com/"
    assert {(visit.service, visit.version) for visit in end.path} == {("s", 3)}


async def test_what_fails_beyond_the_call_takes_its_own_way(runner):
    async def beyond(effect):
        raise OSError("the database is gone")

    end = await runner.run(ScriptedSession(), asking(), {}, beyond)
    assert way(end) == ["ask:failed", "bye:hang_up"]


async def test_nobody_waits_longer_than_the_node_allows(runner):
    cancelled = asyncio.Event()

    async def beyond(effect):
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    end = await asyncio.wait_for(runner.run(ScriptedSession(), asking(), {}, beyond), 5)
    assert way(end) == ["ask:timeout", "bye:hang_up"]
    assert cancelled.is_set()


async def test_a_caller_who_leaves_meanwhile_is_gone_at_once(runner):
    session, started = ScriptedSession(), asyncio.Event()

    async def beyond(effect):
        started.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(runner.run(session, asking(), {}, beyond))
    await started.wait()
    session.gone.set()
    end = await asyncio.wait_for(running, 10)
    assert end.kind is EndKind.GONE
    assert end.node == "ask"


async def test_whoever_watches_is_told_of_each_step(runner, demo):
    seen = []

    class Watching:
        def stepped(self, taken):
            exits = [visit.exit for visit in taken.left]
            seen.append((taken.state.node, exits, taken.state.ended))

    await runner.run(ScriptedSession("2", "2"), demo, {}, watcher=Watching())
    assert seen[0] == ("language", [], False)
    assert seen[1][1] == ["2", "next"]
    assert seen[-1] == ("agents", ["next", "transfer"], True)

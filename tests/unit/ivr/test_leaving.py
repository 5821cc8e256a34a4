"""A caller may hang up at any node, of whatever kind: the flow ends there, and does nothing more."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.speech import EspeakSpeech
from callcenter.telephony.session import SessionGone
from ivr.effects import Outcome, Outside, Standing
from ivr.model import Flow
from ivr.nodes import KINDS
from ivr.prompts import PromptLibrary
from ivr.runner import EndKind, FlowEnd, FlowRunner
from ivr.validation import read
from tests.fakes.session import ScriptedSession
from tests.unit.ivr.conftest import SERVICE, definition, node, say

INNER = "0192f0c1-0000-7000-8000-0000000000a9"
WHERE = [{"field": "code", "value": "1"}]

SETTINGS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "play": ({"prompts": say("x")}, ("next",)),
    "menu": ({"prompts": say("x"), "keys": ["1"]}, ("1", "timeout", "invalid")),
    "collect": (
        {"prompts": say("x"), "variable": "code", "maximum": 4},
        ("collected", "timeout", "invalid"),
    ),
    "language": ({"prompts": say("x"), "choices": {"1": "en"}}, ("chosen",)),
    "condition": ({"cases": [{"when": "caller == '1'", "exit": "yes"}]}, ("yes", "otherwise")),
    "schedule": ({"schedule": SERVICE}, ("open", "closed", "unknown")),
    "set_variable": ({"name": "x", "value": "y"}, ("next",)),
    "query": ({"object": "order", "where": WHERE}, ("one", "none", "several", "failed")),
    "write": (
        {"object": "order", "act": "create", "values": WHERE},
        ("written", "failed"),
    ),
    "http": (
        {"method": "GET", "url": "https://erp.example.com/"},
        ("ok", "failed", "timeout"),
    ),
    "verify": ({"prompts": say("pin"), "field": "pin"}, ("verified", "refused", "unknown")),
    "record": ({"prompts": say("x"), "target": SERVICE}, ("recorded", "silent", "failed")),
    "survey": (
        {"questions": [{"key": "q", "prompts": say("x"), "keys": ["1"]}]},
        ("answered", "skipped"),
    ),
    "message": ({"to": "team", "target": SERVICE, "text": "x"}, ("next",)),
    "callback": ({"service": SERVICE}, ("taken", "declined")),
    "flow": ({"service": INNER}, ("next", "failed")),
    "return": ({}, ()),
    "transfer": ({"kind": "service", "target": SERVICE}, ()),
    "hang_up": ({}, ()),
}
LISTENS = ("play", "menu", "collect", "language", "verify", "record", "survey")
"""While these speak or wait for keys."""
BEYOND = ("query", "write", "http", "verify", "record", "survey", "message", "callback")
"""While these are carried out beyond the call."""
AT_ONCE = ("condition", "schedule", "set_variable", "flow")
"""These wait for nothing: whoever leaves at one is found to be gone at what follows."""
LAST = ("return", "transfer", "hang_up")
"""These end the flow: whoever leaves there is telephony's to notice."""


@dataclass
class Away:
    """The caller hangs up while this is under way. sharing: as what uses the session itself does."""

    session: ScriptedSession
    begun: list[Outside] = field(default_factory=list)
    stopped: bool = False

    async def __call__(self, effect: Outside) -> Outcome:
        self.begun.append(effect)
        self.session.gone.set()
        if effect.within is None:
            raise SessionGone
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped = True
        raise AssertionError("nobody waits for it")


def a_flow(kind: str) -> Flow:
    """The node, then words that nobody who has left is told."""
    settings, ways = SETTINGS[kind]
    given = node("n", kind, settings) | {"exits": dict.fromkeys(ways, "after")}
    after = node("after", "play", {"prompts": say("after")}, next="bye")
    flow = read(definition(given, *([after, node("bye", "hang_up")] if ways else [])))
    inner = read(definition(after | {"exits": {"next": "back"}}, node("back", "return")))
    return replace(flow, flows={INNER: replace(inner, service=INNER)})


async def led(kind: str, session: ScriptedSession, folder: Path, beyond: Any) -> FlowEnd:
    clock = ManualClock(datetime(2026, 11, 24, tzinfo=UTC))
    library = PromptLibrary(folder, EspeakSpeech())
    runner = FlowRunner(library, clock, lambda *_: Standing(True))
    running = runner.run(session, a_flow(kind), {"caller": "1"}, beyond)
    return await asyncio.wait_for(running, 10)


async def nothing(effect: Outside) -> Outcome:
    raise AssertionError(f"{type(effect).__name__} for somebody who has left")


def test_every_kind_of_node_is_among_them() -> None:
    assert {*SETTINGS} == {*KINDS} == {*LISTENS, *BEYOND, *AT_ONCE, *LAST}


@pytest.mark.parametrize("kind", LISTENS)
async def test_who_leaves_while_it_speaks_or_listens_is_gone_there(
    kind: str, tmp_path: Path
) -> None:
    session = ScriptedSession(leaves_after=1)  # the first command answers the call
    end = await led(kind, session, tmp_path, nothing)
    assert (end.kind, end.node, end.path) == (EndKind.GONE, "n", ())


@pytest.mark.parametrize("kind", BEYOND)
async def test_who_leaves_while_it_is_carried_out_is_gone_there_and_it_is_given_up(
    kind: str, tmp_path: Path
) -> None:
    session = ScriptedSession("1234")
    away = Away(session)
    end = await led(kind, session, tmp_path, away)
    assert (end.kind, end.node, end.path) == (EndKind.GONE, "n", ())
    assert len(away.begun) == 1
    assert away.stopped is (away.begun[0].within is not None)


@pytest.mark.parametrize("kind", AT_ONCE)
async def test_who_leaves_where_nothing_waits_is_gone_at_the_next_words(
    kind: str, tmp_path: Path
) -> None:
    session = ScriptedSession(leaves_after=1)
    end = await led(kind, session, tmp_path, nothing)
    assert (end.kind, end.node) == (EndKind.GONE, "after")
    assert session.commands == 1


@pytest.mark.parametrize("kind", LAST)
async def test_what_ends_the_flow_leaves_the_caller_to_telephony(kind: str, tmp_path: Path) -> None:
    session = ScriptedSession(leaves_after=1)
    end = await led(kind, session, tmp_path, nothing)
    assert (end.kind, end.node) == (EndKind("transfer" if kind == "transfer" else "hang_up"), "n")
    assert session.commands == 1


@pytest.mark.parametrize("kind", SETTINGS)
async def test_who_leaves_before_the_answer_reaches_no_node(kind: str, tmp_path: Path) -> None:
    end = await led(kind, ScriptedSession(leaves_after=0), tmp_path, nothing)
    assert (end.kind, end.node, end.path) == (EndKind.GONE, "", ())

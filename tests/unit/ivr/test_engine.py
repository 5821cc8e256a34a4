"""What each kind of node does with what the caller does."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.effects import (
    Collect,
    Count,
    Digits,
    EndedBy,
    Fail,
    Failure,
    Gone,
    HangUp,
    Menu,
    Play,
    Played,
    SetVariable,
    Started,
    TargetKind,
    Timeout,
    Transfer,
)
from ivr.engine import MOST_STEPS, State, step
from ivr.model import Clip
from ivr.nodes.kind import UnexpectedEvent
from ivr.validation import read
from tests.unit.ivr.conftest import AGENTS, BYE, SERVICE, collect, definition, menu, node, say

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
SILENCE = Timeout()


def key(text):
    return Digits(text, EndedBy.FULL)


def walk(flow, *events, variables=None):
    """The state, and the effects of each event after Started."""
    state, effects = step(flow, State(variables or {}), Started(), NOW)
    steps = [effects]
    for event in events:
        state, effects = step(flow, state, event, NOW)
        steps.append(effects)
    return state, steps


def english(*texts):
    return tuple(Clip("en", text) for text in texts)


def test_the_flow_begins_in_its_first_language(menu_flow):
    state, steps = walk(menu_flow)
    assert steps == [(SetVariable("language", "en"), Menu(english("choose"), 5.0))]
    assert state.node == "menu"


def test_the_flow_begins_in_the_callers_language(menu_flow):
    _, [(_, effect)] = walk(menu_flow, variables={"language": "zh-CN"})
    assert effect.prompts == (Clip("zh-CN", "中choose"),)


@pytest.mark.parametrize("language", ["fr", 3])
def test_a_language_the_flow_does_not_speak_is_its_first(menu_flow, language):
    state, _ = walk(menu_flow, variables={"language": language})
    assert state.variables["language"] == "en"


@pytest.mark.parametrize(
    ("events", "effects"),
    [
        (
            [key("1")],
            (
                Count("menu", "1", NOW),
                Count("agents", "transfer", NOW),
                Transfer(TargetKind.SERVICE, SERVICE),
            ),
        ),
        ([key("2")], (Count("menu", "2", NOW), Count("bye", "hang_up", NOW), HangUp())),
        ([key("9")], (Menu(english("wrong", "choose"), 5.0),)),
        ([SILENCE], (Menu(english("nothing", "choose"), 5.0),)),
        (
            [SILENCE, key("9")],
            (Count("menu", "invalid", NOW), Count("bye", "hang_up", NOW), HangUp()),
        ),
        (
            [key("9"), SILENCE],
            (Count("menu", "timeout", NOW), Count("bye", "hang_up", NOW), HangUp()),
        ),
        ([Gone()], ()),
    ],
)
def test_menu(menu_flow, events, effects):
    _, steps = walk(menu_flow, *events)
    assert steps[-1] == effects


@pytest.mark.parametrize(
    ("settings", "typed", "taken"),
    [
        ({}, "12", True),
        ({}, "1234", True),
        ({}, "1", False),
        ({}, "1*", False),
        ({"check": "luhn", "maximum": 16}, "79927398713", True),
        ({"check": "luhn", "maximum": 16}, "79927398710", False),
    ],
)
def test_collect_takes_digits_of_the_right_form(settings, typed, taken):
    state, steps = walk(read(definition(collect(**settings), AGENTS, BYE)), key(typed))
    assert (state.variables.get("code") == typed) is taken
    assert (Count("code", "collected", NOW) in steps[-1]) is taken


def test_collect_asks_again_and_gives_up_by_the_last_reason():
    flow = read(
        definition(collect(on_timeout=say("nothing"), on_invalid=say("wrong")), AGENTS, BYE)
    )
    _, steps = walk(flow, key("1"), SILENCE)
    assert steps[0][-1] == Collect(english("enter"), 4, 6.0, 3.0, "#")
    assert steps[1] == (Collect(english("wrong", "enter"), 4, 6.0, 3.0, "#"),)
    assert steps[2][0] == Count("code", "timeout", NOW)


def test_play_goes_on_whether_it_was_interrupted_or_not():
    flow = read(definition(node("hello", "play", {"prompts": say("hello")}, next="bye"), BYE))
    for event in (Played(None), Played("5")):
        _, steps = walk(flow, event)
        assert steps[0][-1] == Play(english("hello"), interruptible=True)
        assert steps[1] == (Count("hello", "next", NOW), Count("bye", "hang_up", NOW), HangUp())


@pytest.mark.parametrize(
    ("code", "way"), [("9001", "old"), ("1001", "new"), ("1", "otherwise"), ("x", "otherwise")]
)
def test_condition_takes_the_first_case_that_holds(code, way):
    cases = [{"when": "code > 9000", "exit": "old"}, {"when": "code > 1000", "exit": "new"}]
    flow = read(
        definition(
            node("which", "condition", {"cases": cases}, old="bye", new="bye", otherwise="bye"), BYE
        )
    )
    _, [effects] = walk(flow, variables={"code": code})
    assert Count("which", way, NOW) in effects


def test_condition_over_an_unset_variable_takes_the_default_branch():
    cases = [{"when": "code == 1", "exit": "one"}]
    flow = read(
        definition(node("which", "condition", {"cases": cases}, one="bye", otherwise="bye"), BYE)
    )
    _, [effects] = walk(flow)
    assert Count("which", "otherwise", NOW) in effects


def test_setting_the_language_changes_what_is_said_next():
    flow = read(
        definition(
            node("chinese", "set_variable", {"name": "language", "value": "zh-CN"}, next="menu"),
            menu(),
            AGENTS,
            BYE,
        )
    )
    _, [effects] = walk(flow)
    assert SetVariable("language", "zh-CN") in effects
    assert effects[-1].prompts == (Clip("zh-CN", "中choose"),)


def test_variables_are_spoken_in_the_callers_language():
    prompts = [
        {"variable": "code"},
        {"variable": "place", "form": "number"},
        {"variable": "unset"},
        {"text": {"zh-CN": "完"}, "language": "zh-CN"},
    ]
    flow = read(definition(node("echo", "play", {"prompts": prompts}, next="bye"), BYE))
    _, [effects] = walk(flow, variables={"code": "10", "place": 12})
    words = [(clip.language, clip.text) for clip in effects[-1].prompts]
    assert words == [("en", "one"), ("en", "zero"), ("en", "twelve"), ("zh-CN", "完")]


def test_a_silent_ring_of_menus_ends_at_the_step_limit():
    flow = read(definition(menu(tries=1, timeout="menu"), AGENTS, BYE))
    state, effects = step(flow, State(), Started(), NOW)
    passes = 0
    while not state.ended:
        state, effects = step(flow, state, SILENCE, NOW + timedelta(seconds=passes))
        passes += 1
    assert passes == MOST_STEPS
    assert effects[-1] == Fail(Failure.TOO_MANY_STEPS)


@pytest.mark.parametrize("event", [Played(None), Started()])
def test_an_event_that_answers_nothing_is_refused(menu_flow, event):
    state, _ = walk(menu_flow)
    with pytest.raises(UnexpectedEvent):
        step(menu_flow, state, event, NOW)


def test_nothing_happens_after_the_end(menu_flow):
    state, _ = walk(menu_flow, key("2"))
    for event in (Started(), Gone(), key("1")):
        with pytest.raises(UnexpectedEvent):
            step(menu_flow, state, event, NOW)

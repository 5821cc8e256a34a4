"""What holds for every flow that validation lets through, whatever the caller does."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from ivr.effects import (
    Collect,
    Count,
    Digits,
    EndedBy,
    Fail,
    Gone,
    HangUp,
    KeepAnswer,
    Menu,
    Outcome,
    Play,
    Played,
    Query,
    Started,
    Timeout,
    Transfer,
    Verify,
    awaits,
)
from ivr.engine import MOST_STEPS, State, step
from ivr.model import ProblemCode, write
from ivr.validation import problems_of, read
from tests.unit.ivr.conftest import AGENTS, BYE, collect, definition, menu, node, say

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MOST_TRIES = 3
MOST_EVENTS = 3
"""That one try at a node may take: an entry and what becomes of it, or the questions of a survey."""

IDS = [f"n{index}" for index in range(6)]


@st.composite
def nodes(draw, node_id):  # noqa: PLR0911
    def target():
        return draw(st.sampled_from([*IDS, "agents", "bye"]))

    kinds = ["play", "menu", "collect", "condition", "set_variable", "query", "verify", "survey"]
    match draw(st.sampled_from(kinds)):
        case "play":
            return node(node_id, "play", {"prompts": say("play")}, next=target())
        case "menu":
            tries = draw(st.integers(1, MOST_TRIES))
            ways = {name: target() for name in ("key_1", "key_2", "timeout", "invalid")}
            return menu(node_id, tries, **ways)
        case "collect":
            ways = {name: target() for name in ("collected", "timeout", "invalid")}
            entry = {"tries": draw(st.integers(1, MOST_TRIES)), "confirm": draw(st.booleans())}
            return collect(**entry) | {"id": node_id, "exits": ways}
        case "query":
            where = [{"field": "code", "value": 1}]
            ways = {name: target() for name in ("one", "none", "several", "failed")}
            return node(node_id, "query", {"object": "order", "where": where}, **ways)
        case "verify":
            settings = {"prompts": say("pin"), "field": "pin", "attempts": MOST_TRIES}
            ways = {name: target() for name in ("verified", "refused", "unknown")}
            return node(node_id, "verify", settings, **ways)
        case "survey":
            questions = [{"key": key, "prompts": say(key), "keys": ["1"]} for key in "ab"]
            settings = {"questions": questions, "tries": draw(st.integers(1, MOST_TRIES))}
            return node(node_id, "survey", settings, answered=target(), skipped=target())
        case "condition":
            cases = [{"when": draw(st.sampled_from(["code > 50", "set == 'yes'"])), "exit": "a"}]
            return node(node_id, "condition", {"cases": cases}, a=target(), otherwise=target())
        case _:
            return node(node_id, "set_variable", {"name": "set", "value": "yes"}, next=target())


@st.composite
def flows(draw):
    """Publishable flows: what never ends becomes a menu, and what cannot be reached is left out."""
    drawn = [draw(nodes(node_id)) for node_id in IDS] + [AGENTS, BYE]
    looping = troubled(drawn, ProblemCode.ENDLESS_LOOP) | troubled(drawn, ProblemCode.NO_END)
    drawn = [
        menu(raw["id"], key_1="agents", key_2="bye") if raw["id"] in looping else raw
        for raw in drawn
    ]
    unreached = troubled(drawn, ProblemCode.UNREACHABLE)
    return read(definition(*(raw for raw in drawn if raw["id"] not in unreached), start="n0"))


def troubled(drawn, code):
    return {p.node for p in problems_of(definition(*drawn, start="n0")) if p.code is code}


keys = st.text("0123456789", min_size=1, max_size=5)
callers = st.lists(st.none() | keys, max_size=40)
"""What a caller does each time the flow waits: keys, or nothing. Then silence for ever."""


def answer(effect, keys_pressed):  # noqa: PLR0911
    match effect:
        case Play():
            return Played(keys_pressed[0] if keys_pressed else None)
        case Menu() if keys_pressed:
            return Digits(keys_pressed[0], EndedBy.FULL)
        case Collect() if keys_pressed:
            return Digits(keys_pressed[: effect.maximum], EndedBy.EARLY)
        case Query():
            return Outcome(["one", "none", "several", "failed"][len(keys_pressed or "") % 4])
        case Verify():
            return Outcome(["verified", "wrong", "refused", "unknown"][len(effect.entered) % 4])
        case KeepAnswer():
            return Outcome("answered")
    return Timeout()


def play_out(flow, caller):
    """All events and what they led to, until the flow has ended."""
    state, pressed, event, history = State(), iter(caller), Started(), []
    while True:
        state, effects = step(flow, state, event, NOW)
        history.append((event, state, effects))
        if state.ended:
            return history
        event = answer(effects[-1], next(pressed, None))


@given(flows(), callers)
def test_every_call_comes_to_an_end(flow, caller):
    history = play_out(flow, caller)
    assert len(history) <= 1 + MOST_STEPS * MOST_TRIES * MOST_EVENTS
    _, state, effects = history[-1]
    assert isinstance(effects[-1], Transfer | HangUp | Fail)
    assert state.entered <= MOST_STEPS


@given(flows(), callers)
def test_only_the_last_effect_of_a_step_waits(flow, caller):
    for _, state, effects in play_out(flow, caller):
        assert not any(awaits(effect) for effect in effects[:-1])
        assert awaits(effects[-1]) is not state.ended


@given(flows(), callers)
def test_every_exit_taken_is_counted_and_the_counts_are_the_way(flow, caller):
    history = play_out(flow, caller)
    counts = [e for _, _, effects in history for e in effects if isinstance(e, Count)]
    place = flow.start
    for count in counts:
        assert count.node == place
        place = flow.nodes[place].exits.get(count.exit, place)
    assert history[-1][1].entered == len(counts) or isinstance(history[-1][2][-1], Fail)


@given(flows(), callers)
def test_the_same_events_lead_the_same_way_again(flow, caller):
    history = play_out(flow, caller)
    state = State()
    again = read(write(flow))
    for event, expected_state, expected_effects in history:
        state, effects = step(again, state, event, NOW)
        assert (state, effects) == (expected_state, expected_effects)


@given(flows(), callers, st.integers(0, 50))
def test_a_caller_may_leave_at_any_moment(flow, caller, moment):
    history = play_out(flow, caller)[:-1]
    state = history[moment % len(history)][1] if history else State()
    ended, effects = step(flow, state, Gone(), NOW)
    assert ended.ended
    assert effects == ()

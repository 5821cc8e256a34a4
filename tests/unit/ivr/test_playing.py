"""A flow is tried as a dialogue: what is told is what a real call would meet."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings

from ivr.demo import demo_definition
from ivr.dialogue import Act, Entry, Misfit, Wait, Waits, What
from ivr.effects import AskSchedule, Outcome, Query, Standing
from ivr.playing import play_out
from ivr.validation import read
from tests.unit.ivr.conftest import AGENTS, BYE, SERVICE, definition, node, say
from tests.unit.ivr.test_engine_properties import callers, flows

NOW = datetime(2026, 11, 24, tzinfo=UTC)
INNER = "0192f0c1-0000-7000-8000-0000000000a1"
SILENCE = Entry(Act.SILENCE)


def keys(text):
    return Entry(Act.KEYS, text)


def turns_out(exit_, **sets):
    return Entry(Act.OUTCOME, exit=exit_, sets=sets)


def nothing_known(effect):
    return None


def played(flow, *entries, answers=nothing_known, **variables):
    return play_out(flow, variables, entries, NOW, answers)


def told(dialogue):
    """The transcript in short."""
    short = {
        What.SAID: lambda line: " ".join(line.texts),
        What.ENTERED: lambda line: f"> {line.text}",
        What.SET: lambda line: f"{line.name}={line.value}",
        What.LEFT: lambda line: f"{line.node}:{line.exit}",
        What.ASKED: lambda line: f"? {line.detail['kind']}",
        What.CAME: lambda line: f"< {line.exit}",
        What.ENDED: lambda line: f"END {line.text}",
    }
    return [short[line.what](line) for line in dialogue.lines]


def one(kind, settings_, *ways, **more):
    only = node("n", kind, settings_) | {"exits": dict.fromkeys(ways, "bye")}
    return read(definition(only, BYE), **more)


def test_the_demo_is_followed_from_the_language_to_an_agent():
    flow = read(demo_definition(UUID(SERVICE)))
    begun = played(flow)
    assert begun.waits == Waits(Wait.KEY, 1)
    assert begun.node == "language"
    asked = played(flow, keys("2"), keys("1"))
    assert asked.waits == Waits(Wait.DIGITS, 4, "#")
    done = played(flow, keys("2"), keys("1"), keys("1234"), keys("1"))
    assert done.ended
    assert done.variables["product_code"] == "1234"
    assert told(done)[-2:] == ["agents:transfer", "END transfer"]
    assert "> 1234" in told(done)
    assert done.used == 4


def test_what_lies_beyond_the_call_is_the_testers_to_say():
    settings_ = {"object": "order", "where": [{"field": "a", "value": 1}], "reads": {"due": "due"}}
    flow = one("query", settings_, "one", "none", "several", "failed")
    waiting = played(flow)
    exits = ("one", "none", "several", "failed")
    assert waiting.waits == Waits(Wait.OUTCOME, exits=exits, sets=("due",))
    found = played(flow, turns_out("one", due="2026-12-01", other="is not read"))
    assert told(found)[-6:] == [
        "? Query", "< one", "due=2026-12-01", "n:one", "bye:hang_up", "END hang_up",
    ]  # fmt: skip
    assert "other" not in found.variables


def test_what_is_known_is_not_asked_of_the_tester():
    def answers(effect):
        if isinstance(effect, AskSchedule):
            return Standing(open=False)
        return Outcome("none") if isinstance(effect, Query) else None

    flow = one("schedule", {"schedule": SERVICE}, "open", "closed", "unknown")
    assert "n:closed" in told(played(flow, answers=answers))
    assert "n:open" in told(played(flow, turns_out("open")))


def test_a_tester_may_say_that_it_is_a_holiday():
    settings = {"schedule": SERVICE, "holidays": True}
    flow = one("schedule", settings, "open", "closed", "unknown", "holiday")
    assert "n:holiday" in told(played(flow, turns_out("holiday")))
    assert "n:closed" in told(played(flow, turns_out("closed")))


def test_a_pin_is_not_shown():
    verify = {"prompts": say("pin"), "field": "pin"}
    flow = one("verify", verify, "verified", "refused", "unknown")
    assert played(flow).waits.secret
    asked = played(flow, keys("4711"))
    assert "> ••••" in told(asked)
    assert "4711" not in repr(asked)
    assert "wrong" in asked.waits.exits
    again = played(flow, keys("4711"), turns_out("wrong"))
    assert again.waits.what is Wait.DIGITS
    assert "n:verified" in told(played(flow, keys("4711"), turns_out("verified")))


def test_a_flow_within_the_flow_is_told_by_its_own_nodes():
    asks = node("ask", "callback", {"service": SERVICE}, taken="back", declined="back")
    inner = read(definition(asks, node("back", "return")), service=INNER)
    outer = one("flow", {"service": INNER}, "next", "failed", service="outer")
    waiting = played(replace(outer, flows={INNER: inner}))
    assert (waiting.service, waiting.node) == (INNER, "ask")
    done = played(replace(outer, flows={INNER: inner}), turns_out("taken"))
    places = [(line.service, line.node) for line in done.lines if line.what is What.LEFT]
    assert places == [(INNER, "ask"), (INNER, "back"), ("outer", "n"), ("outer", "bye")]


def test_an_uploaded_prompt_is_told_by_its_id():
    flow = one("play", {"prompts": [*say("hello"), {"file": SERVICE}]}, "next")
    line = next(line for line in played(flow).lines if line.what is What.SAID)
    assert line.texts == ("hello",)
    assert line.detail == {"files": [SERVICE]}


def test_a_caller_may_hang_up_anywhere():
    dialogue = played(read(demo_definition(UUID(SERVICE))), keys("1"), Entry(Act.HANG_UP))
    assert told(dialogue)[-1] == "END gone"
    assert dialogue.ended


@pytest.mark.parametrize(
    "entry", [turns_out("one"), keys("12"), keys(""), Entry(Act.OUTCOME, exit="1")]
)
def test_what_is_not_waited_for_is_refused(entry):
    with pytest.raises(Misfit) as misfit:
        played(read(demo_definition(UUID(SERVICE))), keys("1"), entry)
    assert misfit.value.index == 1


def test_an_outcome_by_no_way_of_the_node_is_refused():
    flow = one("callback", {"service": SERVICE}, "taken", "declined")
    with pytest.raises(Misfit):
        played(flow, turns_out("written"))


def test_what_goes_round_without_end_is_told_so():
    again = node("again", "callback", {"service": SERVICE}, taken="again", declined="agents")
    flow = read(definition(again, AGENTS))
    dialogue = played(flow, *[turns_out("taken")] * 300)
    assert told(dialogue)[-1] == "END too-many-steps"
    assert dialogue.used == 200


@settings(max_examples=30)
@given(flows(), callers)
def test_every_drawn_flow_can_be_played_out(flow, caller):
    """Whatever it waits for is answered, until it has ended or the entries are used up."""
    entries = []
    for pressed in caller:
        waits = played(flow, *entries).waits
        if waits is None:
            break
        if waits.what is Wait.OUTCOME:
            entries.append(turns_out(waits.exits[len(pressed or "") % len(waits.exits)]))
        elif not pressed:
            entries.append(SILENCE)
        else:
            entries.append(keys(pressed[:1] if waits.what is Wait.KEY else pressed))
    assert played(flow, *entries).used == len(entries)

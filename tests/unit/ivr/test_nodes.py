"""Kinds of nodes one by one: what a caller does there, and which way it leads."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.effects import (
    Answer,
    AskCallback,
    Collect,
    Count,
    Digits,
    EndedBy,
    HangUp,
    KeepAnswer,
    Menu,
    Notify,
    Outcome,
    Query,
    Record,
    Request,
    SetVariable,
    Started,
    TargetKind,
    Timeout,
    Transfer,
    Verify,
    Write,
    WriteAct,
)
from ivr.engine import DEEPEST, State, step
from ivr.nodes.kind import UnexpectedEvent
from ivr.validation import read
from tests.unit.ivr.conftest import BYE, SERVICE, collect, definition, node, say

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SILENCE = Timeout()


def keys(text):
    return Digits(text, EndedBy.EARLY)


class Call:
    """A caller in a flow; `exits` is the way so far."""

    def __init__(self, flow, **variables):
        self.flow, self.state, self.exits, self.effect = flow, State(variables=variables), [], None
        self.does(Started())

    def does(self, *events):
        for event in events:
            self.state, effects = step(self.flow, self.state, event, NOW)
            self.effects = effects
            self.exits += [e.exit for e in effects if isinstance(e, Count)]
            self.effect = effects[-1]
        return self.effect

    def said(self):
        return [clip.text for clip in self.effect.prompts]

    def sets(self):
        return {e.name: e.value for e in self.effects if isinstance(e, SetVariable)}


def at(kind, settings, *ways, **variables):
    """A call at a node of this kind, every way out of which ends."""
    only = node("n", kind, settings) | {"exits": dict.fromkeys(ways, "bye")}
    return Call(read(definition(only, BYE)), **variables)


QUERY_EXITS = ("one", "none", "several", "failed")
QUERY = {
    "object": "order",
    "where": [{"field": "code", "variable": "code"}, {"field": "open", "value": True}],
    "reads": {"due": "due_on"},
}


def test_a_query_asks_for_what_the_caller_entered_and_takes_what_comes_back():
    call = at("query", QUERY, *QUERY_EXITS, code="4711")
    assert call.effect == Query(
        "order", {"code": "4711", "open": True}, {"due": "due_on"}, "", "", ""
    )
    call.does(Outcome("one", {"due": "2026-12-01"}))
    assert (call.exits[0], call.sets()) == ("one", {"due": "2026-12-01"})


def test_what_an_earlier_query_brought_is_not_told_of_another_record():
    call = at("query", QUERY, *QUERY_EXITS, code="4712", due="2026-12-01")
    call.does(Outcome("one", {}))
    assert call.sets() == {"due": ""}


@pytest.mark.parametrize("known", [{}, {"code": ""}])
def test_a_query_for_what_is_not_known_finds_nothing_instead_of_all(known):
    assert at("query", QUERY, *QUERY_EXITS, **known).exits[0] == "none"


def test_a_query_that_may_not_run_leaves_nothing_of_an_earlier_one():
    call = at("query", QUERY | {"count": "n"}, *QUERY_EXITS, code="", due="2026-12-01", n=1)
    assert (call.exits[0], call.sets()) == ("none", {"language": "en", "due": "", "n": ""})


def test_what_comes_back_by_no_way_of_the_node_is_refused():
    with pytest.raises(UnexpectedEvent):
        at("query", QUERY, *QUERY_EXITS, code="1").does(Outcome("written"))


def test_a_record_is_written_of_variables_values_and_templates():
    values = [
        {"field": "code", "variable": "code"},
        {"field": "source", "value": "ivr"},
        {"field": "note", "template": "{caller} pressed {code}"},
        {"field": "left_out", "variable": "unset"},
    ]
    settings = {"object": "order", "act": "create", "values": values, "into": "order"}
    call = at("write", settings, "written", "failed", code="7", caller="138")
    given = {"code": "7", "source": "ivr", "note": "138 pressed 7"}
    assert call.effect == Write("order", WriteAct.CREATE, "", given, "order")
    assert call.does(Outcome("written", {"order": "id"})) == HangUp()


@pytest.mark.parametrize(("most", "limit"), [({}, 0), ({"at_once": None}, 0), ({"at_once": 3}, 3)])
def test_a_number_is_called_by_as_many_at_once_as_the_node_says(most, limit):
    settings = {"kind": "number", "target": "13800000009", **most}
    call = Call(read(definition(node("n", "transfer", settings))))
    assert call.effect == Transfer(TargetKind.NUMBER, "13800000009", limit)


def test_an_update_of_nobody_fails_at_once():
    settings = {
        "object": "order", "act": "update", "record": "id",
        "values": [{"field": "a", "value": 1}],
    }  # fmt: skip
    assert at("write", settings, "written", "failed").exits[0] == "failed"


def test_a_request_is_filled_in_and_each_part_escaped():
    settings = {
        "method": "POST", "url": "https://erp.example.com/orders/{code}?q={code}",
        "headers": {"SOAPAction": "urn:{code}"}, "body_type": "xml", "body": "<c>{code}</c>",
        "answer": "xml", "reads": {"due": "Body/due"}, "status": "status", "timeout": 8,
    }  # fmt: skip
    effect = at("http", settings, "ok", "failed", "timeout", code="a/<&\n").effect
    assert isinstance(effect, Request)
    assert effect.url == "https://erp.example.com/orders/a%2F%3C%26%0A?q=a%2F%3C%26%0A"
    assert effect.headers == {"SOAPAction": "urn:a/<&", "Content-Type": "text/xml; charset=utf-8"}
    assert effect.body == "<c>a/&lt;&amp;</c>"
    assert effect.within == 8


def verify(**more):
    settings = {"prompts": say("pin"), "field": "pin", "attempts": 3, "on_wrong": say("wrong")}
    return at("verify", settings | more, "verified", "refused", "unknown")


def test_a_pin_is_compared_and_never_shown():
    call = verify()
    effect = call.does(keys("1234"))
    assert effect == Verify("pin", 3, 30, "1234")
    assert "1234" not in repr(effect)
    call.does(Outcome("verified"))
    assert call.exits[0] == "verified"
    assert "1234" not in str(call.state.variables)


def test_a_wrong_pin_is_asked_again_until_the_attempts_are_used_up():
    call = verify()
    for _ in range(2):
        call.does(keys("9999"), Outcome("wrong"))
        assert isinstance(call.effect, Collect)
        assert call.said() == ["wrong", "pin"]
    call.does(keys("9999"), Outcome("wrong"))
    assert call.exits[0] == "refused"


@pytest.mark.parametrize("exit_", ["refused", "unknown"])
def test_a_locked_or_unknown_caller_leaves_at_once(exit_):
    call = verify()
    call.does(keys("9999"), Outcome(exit_))
    assert call.exits[0] == exit_


def test_silence_and_short_entries_use_up_attempts_without_a_comparison():
    call = verify()
    call.does(SILENCE, keys("12"), SILENCE)
    assert call.exits[0] == "refused"


def language(**more):
    settings = {"prompts": say("1 or 2"), "choices": {"1": "zh-CN", "2": "en"}, "tries": 2}
    return at("language", settings | more, "chosen")


def test_a_key_chooses_the_language_of_what_follows():
    call = language()
    call.does(keys("1"))
    assert (call.exits[0], call.state.variables["language"]) == ("chosen", "zh-CN")


def test_who_chooses_nothing_keeps_the_language():
    call = language()
    call.does(keys("9"), SILENCE)
    assert (call.exits[0], call.state.variables["language"]) == ("chosen", "en")


def entry(**settings):
    return Call(read(definition(collect(**settings), node("agents", "hang_up"), BYE)))


def test_an_entry_that_is_confirmed_is_taken():
    call = entry(confirm=True)
    effect = call.does(keys("42"))
    assert isinstance(effect, Menu)
    assert call.said()[:3] == ["You entered", "four", "two"]
    call.does(keys("1"))
    assert (call.exits[0], call.state.variables["code"]) == ("collected", "42")


@pytest.mark.parametrize("reply", [keys("2"), SILENCE])
def test_an_entry_that_is_not_is_asked_anew_and_never_kept(reply):
    call = entry(confirm=True, tries=2)
    call.does(keys("42"), reply)
    assert isinstance(call.effect, Collect)
    call.does(keys("43"), reply)
    assert call.exits[0] == "invalid"
    assert "code" not in call.state.variables


def test_the_last_character_of_an_identity_number_is_typed_as_a_star():
    call = entry(check="identity", minimum=18, maximum=18)
    call.does(keys("11010519491231002*"))
    assert call.state.variables["code"] == "11010519491231002X"


@pytest.mark.parametrize("check", ["identity", "mobile", "luhn"])
def test_an_entry_with_a_wrong_check_is_turned_down(check):
    call = entry(check=check, minimum=2, maximum=18, tries=1)
    call.does(keys("12345678901"))
    assert call.exits[0] == "invalid"


def test_a_variable_is_set_to_a_text_of_others():
    call = at("set_variable", {"name": "both", "template": "{a}-{b}"}, "next", a=1, b="x")
    assert call.state.variables["both"] == "1-x"


def survey(tries=1):
    questions = [
        {"key": "service", "prompts": say("service?"), "keys": ["1", "2"]},
        {"key": "price", "prompts": say("price?"), "keys": ["1", "2"]},
    ]
    return at("survey", {"questions": questions, "tries": tries}, "answered", "skipped")


def kept(number, key, answer):
    return Answer(number, key, {"en": f"{key}?", "zh-CN": f"中{key}?"}, answer)


def test_an_answer_is_kept_before_the_next_question_is_asked():
    call = survey()
    assert call.said() == ["service?"]
    assert call.does(keys("1")) == KeepAnswer(kept(101, "service", 1))
    call.does(Outcome("answered"))
    assert call.said() == ["price?"]
    assert call.does(keys("2")) == KeepAnswer(kept(102, "price", 2))
    call.does(Outcome("answered"))
    assert call.exits[0] == "answered"


def test_answers_that_cannot_be_kept_count_as_skipped():
    call = survey()
    lost = Outcome(KeepAnswer.failed)
    call.does(keys("1"), lost, keys("2"), lost)
    assert call.exits[0] == "skipped"


def test_one_answer_that_was_kept_makes_a_survey_answered():
    call = survey()
    call.does(keys("1"), Outcome("answered"), keys("2"), Outcome(KeepAnswer.failed))
    assert call.exits[0] == "answered"


def test_a_question_left_open_is_left_out():
    call = survey(tries=2)
    call.does(SILENCE)
    assert call.said() == ["service?"]
    call.does(keys("9"))
    assert call.said() == ["price?"]
    assert call.does(keys("2")) == KeepAnswer(kept(102, "price", 2))


def test_a_survey_without_an_answer_is_skipped():
    call = survey()
    call.does(SILENCE, SILENCE)
    assert call.exits[0] == "skipped"


def test_recording_callback_and_message_say_what_they_want():
    recording = at(
        "record", {"prompts": say("speak"), "target": SERVICE}, "recorded", "silent", "failed"
    ).effect
    assert isinstance(recording, Record)
    assert (recording.seconds, recording.silence, recording.within) == (60, 5, None)
    callback = at("callback", {"service": SERVICE}, "taken", "declined").effect
    assert callback == AskCallback(SERVICE, "en")
    settings = {"to": "team", "target": SERVICE, "text": "{caller} waits"}
    message = at("message", settings, "next", caller="138").effect
    assert isinstance(message, Notify)
    assert message.text == "138 waits"


# Flows within flows.

INNER, DEEP = (f"0192f0c1-0000-7000-8000-0000000000{end}" for end in ("a1", "a2"))


def into(service, node_id="inner", **ways):
    exits = {"next": "bye", "failed": "lost"} | ways
    return node(node_id, "flow", {"service": service}, **exits)


def flow_of(service, *nodes, flows=None, version=1):
    flow = read(definition(*nodes), version=version, service=service)
    return replace(flow, flows=flows or {})


LOST = node("lost", "hang_up")
RETURN = node("back", "return")


def test_a_flow_leads_through_another_and_comes_back_with_its_variables():
    set_ = node("set", "set_variable", {"name": "got", "value": "inside"}, next="back")
    inner = flow_of(INNER, set_, RETURN, version=4)
    call = Call(flow_of("outer", into(INNER), BYE, LOST, flows={INNER: inner}))
    counts = [(e.service, e.version, e.node, e.exit) for e in call.effects if isinstance(e, Count)]
    assert counts == [
        (INNER, 4, "set", "next"),
        (INNER, 4, "back", "return"),
        ("outer", 1, "inner", "next"),
        ("outer", 1, "bye", "hang_up"),
    ]
    assert call.state.variables["got"] == "inside"
    assert call.effect == HangUp()


def test_a_call_that_ends_in_a_flow_within_leaves_the_node_that_led_there():
    inner = flow_of(INNER, into(DEEP), BYE, LOST, version=4)
    deep = flow_of(DEEP, node("end", "hang_up"), version=9)
    call = Call(flow_of("outer", into(INNER), BYE, LOST, flows={INNER: inner, DEEP: deep}))
    counts = [(e.service, e.version, e.node, e.exit) for e in call.effects if isinstance(e, Count)]
    assert counts == [
        (DEEP, 9, "end", "hang_up"),
        (INNER, 4, "inner", "flow"),
        ("outer", 1, "inner", "flow"),
    ]
    assert call.effect == HangUp()


def test_an_answer_reaches_the_node_of_the_flow_that_the_caller_is_in():
    asks = node("n", "callback", {"service": SERVICE}, taken="back", declined="back")
    inner = flow_of(INNER, asks, RETURN)
    call = Call(flow_of("outer", into(INNER), BYE, LOST, flows={INNER: inner}))
    assert call.effect == AskCallback(SERVICE, "en")
    call.does(Outcome("taken"))
    assert call.exits == ["taken", "return", "next", "hang_up"]


def test_a_flow_that_is_not_in_use_is_passed_by():
    call = Call(flow_of("outer", into(INNER), BYE, LOST))
    assert call.exits[0] == "failed"


def test_a_flow_that_leads_into_itself_goes_no_deeper_than_it_may():
    lost = node("lost", "return")
    inner = flow_of(INNER, into(INNER, next="back", failed="lost"), RETURN, lost)
    call = Call(flow_of("outer", into(INNER), BYE, LOST, flows={INNER: inner}))
    assert call.exits[0] == "failed"
    assert call.exits.count("return") == DEEPEST
    assert call.effect == HangUp()


def test_a_return_without_a_flow_around_it_ends_the_call():
    call = Call(flow_of("outer", RETURN))
    assert call.exits == ["return"]
    assert call.effect == HangUp()

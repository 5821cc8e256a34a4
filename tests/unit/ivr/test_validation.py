"""A flow that cannot work is not published, and its author is told why."""

import copy
import json

import pytest

from callcenter.core.places import PROJECT
from ivr.model import LANGUAGES, Clip, Problem, ProblemCode, write
from ivr.numerals import vocabulary
from ivr.validation import clips_of, problems_of, read, read_to_try
from tests.unit.ivr.conftest import AGENTS, BYE, SERVICE, collect, definition, menu, node, say


def play(node_id="hello", **exits):
    return node(node_id, "play", {"prompts": say("hello")}, **(exits or {"next": "bye"}))


def found(*nodes, **changes):
    return {(p.node, p.code) for p in problems_of(definition(*nodes) | changes)}


def test_a_good_flow_has_no_problems_and_survives_being_written():
    given = definition(play(next="menu"), menu(key_1="code"), collect(), AGENTS, BYE)
    flow = read(given, version=3, owner="someone")
    assert (flow.version, flow.owner) == (3, "someone")
    assert read(write(flow), version=3, owner="someone") == flow


def test_where_nodes_lie_and_what_they_are_called_is_kept():
    drawn = {"layout": {"bye": [0.0, -120.5]}, "names": {"bye": "再见", "gone": "was here"}}
    kept = write(read(definition(BYE) | drawn))
    assert {key: kept[key] for key in drawn} == drawn
    assert write(read(kept)) == kept
    assert drawn.keys().isdisjoint(write(read(definition(BYE))))


@pytest.mark.parametrize(
    ("nodes", "problem"),
    [
        ([play(next="nowhere")], ("hello", "unknown-node")),
        ([node("hello", "play", {"prompts": say("hello")}), BYE], ("hello", "missing-exit")),
        ([play(next="bye", more="bye"), BYE], ("hello", "unknown-exit")),
        ([play(), BYE, AGENTS], ("agents", "unreachable")),
        ([node("what", "dance")], ("what", "unknown-kind")),
        ([play(), BYE, BYE], ("bye", "unreadable")),
        ([{"id": "../etc", "kind": "hang_up"}], ("../etc", "unreadable")),
        ([play(next="again"), play("again", next="hello")], ("hello", "endless-loop")),
        ([play(next="hello")], ("hello", "endless-loop")),
    ],
)
def test_a_broken_way_is_found(nodes, problem):
    assert problem in found(*nodes)


def test_a_loop_that_waits_for_the_caller_is_allowed():
    assert found(play(next="menu"), menu(timeout="hello"), AGENTS, BYE) == set()


def menus(**exits):
    """Two that lead to each other by every key; `exits` are the second's."""
    back = dict.fromkeys(("key_1", "key_2", "timeout", "invalid"), "menu")
    on = dict.fromkeys(back, "other")
    return menu(**on), menu("other", **(back | exits))


def test_menus_without_any_way_out_are_found_and_what_leads_to_them_only():
    nodes = [menu("first", key_1="menu", key_2="bye"), *menus(), BYE]
    assert found(*nodes) == {("menu", "no-end"), ("other", "no-end")}
    assert found(play(next="menu"), *menus()) == {
        (node_id, "no-end") for node_id in ("hello", "menu", "other")
    }


@pytest.mark.parametrize(
    "end",
    [
        BYE,
        AGENTS,
        node("back", "return"),
        node("into", "flow", {"service": SERVICE}, next="menu", failed="menu"),
    ],
)
def test_one_way_to_an_end_is_enough(end):
    """What another flow does with the call is not seen here: it may end it."""
    assert found(*menus(key_2=end["id"]), end) == set()


def test_a_message_and_a_record_end_no_call():
    tell = {"to": "team", "target": SERVICE, "text": "somebody"}
    told = node("told", "message", tell, next="menu")
    assert found(*menus(key_2="told"), told) == {
        (node_id, "no-end") for node_id in ("menu", "other", "told")
    }


def test_a_way_that_is_not_drawn_yet_is_told_once():
    nodes = [*menus()]
    del nodes[1]["exits"]["timeout"]
    assert found(*nodes) == {("other", "missing-exit")}


def test_a_loop_that_never_waits_is_told_once():
    assert found(play(next="hello")) == {("hello", "endless-loop")}


def test_a_flow_without_an_end_can_be_tried():
    flow, told = read_to_try(definition(*menus()), owner="someone", service=SERVICE)
    assert set(flow.nodes) == {"menu", "other"}
    assert {problem.code for problem in told} == {ProblemCode.NO_END}


@pytest.mark.parametrize("text", [{"en": "hello"}, {"en": "hello", "zh-CN": "  "}])
def test_a_prompt_missing_in_one_language_is_found(text):
    hello = node("hello", "play", {"prompts": [{"text": text}]}, next="bye")
    assert problems_of(definition(hello, BYE)) == (
        Problem("hello", ProblemCode.MISSING_PROMPT, "zh-CN"),
    )


def test_a_prompt_of_one_language_needs_no_other():
    prompts = [{"text": {"en": "hello"}, "language": "en"}]
    assert found(node("hello", "play", {"prompts": prompts}, next="bye"), BYE) == set()


@pytest.mark.parametrize(
    "raw",
    [
        node("n", "play", {"prompts": [{"variable": "x"}], "interruptible": "yes"}, next="bye"),
        node("n", "play", {"prompts": []}, next="bye"),
        node("n", "play", {"prompts": [{}]}, next="bye"),
        node("n", "play", {"prompts": [{"text": {"en": "x" * 1001}}]}, next="bye"),
        node("n", "play", {"prompts": say("x"), "colour": "red"}, next="bye"),
        menu("n") | {"settings": {"prompts": say("x"), "keys": ["1", "1"]}},
        menu("n") | {"settings": {"prompts": say("x"), "keys": ["12"]}},
        menu("n") | {"settings": {"prompts": say("x"), "keys": ["1"], "tries": 0}},
        menu("n") | {"settings": {"prompts": say("x"), "keys": ["1"], "timeout": float("nan")}},
        collect(variable="not a name") | {"id": "n"},
        collect(variable="and") | {"id": "n"},
        collect(variable="language") | {"id": "n"},
        collect(minimum=5) | {"id": "n"},
        collect(terminator="12") | {"id": "n"},
        collect(check="mod11") | {"id": "n"},
        node("n", "condition", {"cases": []}, otherwise="bye"),
        node("n", "condition", {"cases": [{"when": "exit()", "exit": "a"}]}, a="bye"),
        node("n", "set_variable", {"name": "x", "value": ["list"]}, next="bye"),
        node("n", "transfer", {"kind": "service", "target": "reception"}),
        node("n", "transfer", {"kind": "number", "target": "1,2&SIP/x"}),
        node("n", "transfer", {"kind": "moon", "target": "12345"}),
        node("n", "transfer", {"kind": "number", "target": "12345", "at_once": 0}),
        node("n", "transfer", {"kind": "number", "target": "12345", "at_once": 201}),
        node("n", "transfer", {"kind": "service", "target": SERVICE, "at_once": 2}),
        node("n", "schedule", {"schedule": "always"}, open="bye", closed="bye", unknown="bye"),
        node("n", "hang_up", {"gently": True}),
        node("n", "return", {"gently": True}),
        node("n", "set_variable", {"name": "x"}, next="bye"),
        node("n", "set_variable", {"name": "x", "value": 1, "template": "1"}, next="bye"),
        node("n", "play", {"prompts": [{"file": "../etc/passwd"}]}, next="bye"),
        node("n", "play", {"prompts": [{"file": SERVICE, "variable": "x"}]}, next="bye"),
        collect(check="identity", terminator="*") | {"id": "n"},
        node("n", "language", {"prompts": say("x"), "choices": {"12": "en"}}, chosen="bye"),
        node("n", "query", {"object": "o", "where": []}),
        node("n", "query", {"object": "o", "where": [{"field": "a"}]}),
        node("n", "query", {"object": "o; drop", "where": [{"field": "a", "value": 1}]}),
        node("n", "write", {"object": "o", "act": "create", "values": []}),
        node(
            "n", "write", {"object": "o", "act": "update", "values": [{"field": "a", "value": 1}]}
        ),
        node("n", "http", {"method": "TRACE", "url": "https://a.example/"}),
        node("n", "http", {"method": "GET", "url": "https://{host}.example/"}),
        node("n", "http", {"method": "GET", "url": "https://u:p@a.example/"}),
        node("n", "http", {"method": "GET", "url": "ftp://a.example/"}),
        node("n", "http", {"method": "GET", "url": "https://a.example/", "timeout": 11}),
        node("n", "http", {"method": "GET", "url": "https://a.example/", "headers": {"Host": "b"}}),
        node("n", "http", {"method": "GET", "url": "https://a.example/", "headers": {"a:\n": "b"}}),
        node("n", "http", {"method": "GET", "url": "https://a.example/", "body": "x"}),
        node("n", "http", {"method": "GET", "url": "https://a.example/", "reads": {"x": "/a"}}),
        node("n", "verify", {"prompts": say("x"), "field": "pin", "minimum": 1}),
        node("n", "record", {"prompts": say("x"), "target": SERVICE, "seconds": 601}),
        node("n", "record", {"prompts": say("x"), "target": SERVICE, "terminator": ""}),
        node("n", "record", {"prompts": say("x"), "target": "agents"}),
        node("n", "callback", {"service": "agents"}),
        node("n", "survey", {"questions": []}),
        node("n", "survey", {"questions": [{"key": "a", "prompts": say("x"), "keys": ["9"]}]}),
        node("n", "survey", {"questions": [{"key": "a", "prompts": say("x"), "keys": []}]}),
        node("n", "flow", {"service": "other"}),
        node("n", "message", {"to": "all", "target": SERVICE, "text": "x"}),
        node("n", "message", {"to": "team", "target": SERVICE, "text": " "}),
    ],
)
def test_settings_that_make_no_sense_are_found(raw):
    assert ("n", "bad-setting") in found(raw, AGENTS, BYE)


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "flow",
        {},
        {"start": "a", "languages": ["en"], "nodes": []},
        {"start": "a", "languages": ["en"], "nodes": [BYE] * 501},
        {"start": "a", "languages": ["en"], "nodes": [1]},
        {"start": 1, "languages": ["en"], "nodes": [BYE]},
        {"start": "bye", "languages": [], "nodes": [BYE]},
        {"start": "bye", "languages": ["xx"], "nodes": [BYE]},
        {"start": "bye", "languages": ["en"], "nodes": [BYE], "secret": 1},
        {"start": "bye", "languages": ["en"], "nodes": [BYE], "layout": {"bye": [1]}},
        {"start": "bye", "languages": ["en"], "nodes": [BYE], "layout": {"bye": [1, float("inf")]}},
        {"start": "bye", "languages": ["en"], "nodes": [BYE], "names": {"bye": "x" * 61}},
        {"start": "bye", "languages": ["en"], "nodes": [BYE | {"kind": ["hang_up"]}]},
    ],
)
def test_what_is_no_flow_is_unreadable_and_nothing_worse(given):
    assert {problem.code for problem in problems_of(given)} == {ProblemCode.UNREADABLE}


def test_a_start_that_is_no_node_is_found():
    assert ("", "unknown-node") in found(BYE, start="elsewhere")


def test_a_language_that_the_flow_does_not_speak_is_found():
    french = node("fr", "set_variable", {"name": "language", "value": "fr"}, next="bye")
    assert found(french, BYE) == {("fr", "unknown-language")}


def test_every_clip_a_flow_may_play_is_known_beforehand():
    clips = clips_of(read(definition(menu(), AGENTS, BYE)))
    texts = {clip.text for clip in clips if not clip.shared}
    assert texts == {"choose", "中choose", "nothing", "中nothing", "wrong", "中wrong"}
    words = {clip.text for clip in clips if clip.shared and clip.language == "en"}
    assert words == vocabulary("en")
    assert Clip("zh-CN", "零", shared=True) in clips


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_designer_has_words_for_every_problem(language):
    captions = (PROJECT / f"agent_ui/src/shared/i18n/{language}/flow.json").read_text("utf-8")
    assert {*ProblemCode} <= json.loads(captions)["problem"].keys()


def test_checking_leaves_the_definition_as_it_was():
    given = definition(menu(), AGENTS, BYE)
    kept = copy.deepcopy(given)
    problems_of(given)
    assert given == kept

"""Templates that want out, up or everything by way of instructions; and what the parent is asked."""

import time
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

from callcenter.core.errors import Forbidden
from callcenter.core.outbound import NotAllowed
from callcenter.rendering import asking
from callcenter.rendering import renderer as module
from callcenter.rendering.asking import LARGEST, MOST, Answering
from callcenter.rendering.errors import Refused, RenderFailed
from callcenter.rendering.plain import load
from callcenter.rendering.renderer import PATIENCE, Renderer

RECORD = {"record": {"name": "甲"}, "markup": "<b>"}
HOSTILE = "{{ ''.__class__.__mro__ }}"


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer(seconds=0.3)
    yield made
    made.close()


def answers(renderer: Renderer) -> bool:
    return renderer.render("{{ a }}", {"a": "还在"}, "zh-CN").text == "还在"


def failure(renderer: Renderer, text: str, **options: Any) -> RenderFailed:
    with pytest.raises(RenderFailed) as failed:
        renderer.render(text, RECORD, "zh-CN", **options)
    return failed.value


def why(failed: RenderFailed) -> str:
    """The refusal behind a failed instruction, or the failure itself."""
    key, parameters = failed.key, failed.parameters
    while "why" in parameters:
        key, parameters = parameters["why"]["key"], parameters["why"]["parameters"]
    return str(key)


DOORS = [
    "{{ namespace.__class__ }}",
    "{{ namespace(a=1).__class__ }}",
    "{{ namespace(a=1)._Namespace__attrs }}",
    "{{ namespace(a=1)['__init__'] }}",
    "{% set a = namespace() %}{% set a.b = '' %}{{ a.b.__class__ }}",
    "{% set a = namespace(f=range) %}{{ a.f.__globals__ }}",
    "{% set a = namespace(f=range) %}{{ a.f.function }}",
    "{{ range.function }}",
    "{{ range.function.__globals__ }}",
    "{{ range.shape.parameters }}",
    "{{ range['function'] }}",
    "{{ log.__call__.__globals__ }}",
    "{{ log.__class__.__subclasses__() }}",
    "{{ fetch.checked({}) }}",
    "{{ fetch._types }}",
    "{{ here }}{{ HERE }}{{ ask }}",
    "{{ range(3).start }}",
    "{{ range(3).__class__ }}",
    "{{ random_of.__self__ }}",
    "{{ random_of([range]).function }}",
    "{{ nvl }}",
    "{{ (range | nvl(1)).function }}",
    "{{ ([range] | first).__globals__ }}",
    "{{ record | nvl(1) | attr('__class__') }}",
    "{{ [range] | map(attribute='function') | first }}",
    "{{ [range] | map(attribute='function.__globals__') | first }}",
    "{{ [range] | groupby('__class__.__name__') }}",
    "{{ [range, log] | max(attribute='__class__') }}",
    "{{ [range] | join(attribute='__doc__') }}",
    "{{ [range] | selectattr('__call__', 'defined') | map(attribute='x') | first }}",
    "{{ [[range]] | map(attribute='0.function') | first }}",
    "{{ range ~ log | string | length }}{{ range.name }}",
    "{{ record.__ｃlass__ }}",
    "{{ record['__class__'] }}",
    "{{ record['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "{{ ｌipsum }}",
    "{{ __builtins__ }}",
    "{{ context }}",
    "{{ environment }}",
    "{{ undefined }}{{ missing }}",
    "{{ caller() }}",
    "{{ l_1_a }}",
    "{{ _ }}{{ gettext }}",
    "{% macro m() %}{% endmacro %}{{ m.name }}",
    "{% macro m() %}{% endmacro %}{{ m._func }}",
    "{% macro m() %}{{ caller.name }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m() %}{{ kwargs.__class__ }}{% endmacro %}{{ m(a=1) }}",
    "{{ (markup | e).format(markup) }}",
    "{{ (markup | e).__html__() }}",
    "{{ '%s' | string.format }}",
    "{{ ('{\"__class__\": 1}' | from_json).__init__ }}",
    "{{ ('[1]' | from_json).append(1) }}",
    "{{ ('1.5' | to_number).__class__ }}",
    "{{ ('2026-01-01' | to_date).__class__ }}",
    "{{ ('2026-01-01' | to_date).replace(year=1) }}",
    "{{ ('2026-01-01' | to_date).strftime('%Y') }}",
    "{{ ('<a><b/></a>' | from_xml).__class__ }}",
    "{{ ('<a/>' | xml_nodes('//a') | first).getroottree() }}",
    "{{ ('<a><b n=\"1\"/></a>' | xpath('//b/@n') | first).getparent() }}",
    "{{ '<a/>' | xpath(\"document('/etc/passwd')\") }}",
    "{{ '<a/>' | xpath(\"string(document('file:///etc/passwd'))\") }}",
    "{{ '<a/>' | xpath('php:function(1)') }}",
    "{{ '<a/>' | xpath('$x') }}",
    "{{ {'a><b': 1} | to_xml }}",
    "{{ {'@a b': 1} | to_xml }}",
    "{{ build(\"{{ ''.__class__ }}\") }}",
    "{{ build(\"{% include '/etc/passwd' %}\") }}",
    "{{ build('{{ record.name }}') }}",
    "{{ build('{{ a.function }}', {'a': range}) }}",
    "{{ build('x', range) }}",
    "{{ build }}",
    "{{ log(range.function) }}",
    "{{ error(''.__class__) }}",
    "{{ to_json }}",
    "{{ range | to_json }}",
    "{{ {'a': [range]} | to_json }}",
    "{{ fetch('a', b=range) }}",
    "{{ fetch('a').b }}",
    "{{ http('GET', 'http://127.0.0.1/') }}",
    "{{ file_read('/etc/passwd') }}",
    "{{ command('sh') }}",
]
CLOSED = (
    "template.unknown_name", "template.unknown_filter", "template.not_here", "template.cannot",
    "template.unexpected", "template.syntax", "instruction.no_path", "instruction.no_xml_name",
    "instruction.no_value", "instruction.argument", "instruction.not_reading",
    "instruction.not_outside",
)  # fmt: skip


@pytest.mark.parametrize("html", [True, False], ids=["page", "text"])
@pytest.mark.parametrize("text", DOORS)
def test_no_instruction_is_a_way_out(renderer: Renderer, text: str, *, html: bool) -> None:
    assert why(failure(renderer, text, html=html)) in CLOSED
    assert answers(renderer)


def laughing(levels: int) -> str:
    kinds = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, levels)
    )  # fmt: skip
    return f'<!DOCTYPE a [<!ENTITY l0 "ha">{kinds}]><a>&l{levels - 1};</a>'


BOMBS = {
    "questions without end": "{% for a in range(99999) %}{{ fetch('a') }}{% endfor %}",
    "lines without end": "{% for a in range(99999) %}{{ log('a') }}{% endfor %}",
    "long lines": "{% for a in range(99999) %}{{ log('a' * 9999999) }}{% endfor %}",
    "texts in texts": "{% set a = '{{ build(a, {\"a\": a}) }}' %}{{ build(a, {'a': a}) }}",
    "wide texts in texts": "{% for a in range(99999) %}{% set b = build('{{ a }}', {'a': 'b' * 99999}) %}{% endfor %}",
    "a deep list as JSON": "{{ ('[' * 99999) | from_json }}",
    "a long number as JSON": "{{ ('9' * 99999) | from_json }}",
    "a number with a long shadow": "{{ '1e999999999' | from_json }}",
    "a small number with a long shadow": "{{ '1e-999999999' | from_json }}",
    "a number of many noughts": "{{ '1e999999' | to_number | number }}",
    "a small number of many noughts": "{{ '1e-999999' | to_number | number }}",
    "a long list as JSON": "{{ range(99999) | list | to_json(8) | length * ([1] * 10**9) | length }}",
    "a deep value as JSON": "{% set a = namespace(b=1) %}{% for i in range(999) %}{% set a.b = [a.b] %}{% endfor %}{{ a | to_json }}",
    "itself as JSON": "{% set a = namespace() %}{% set a.b = a %}{{ a | to_json }}",
    "laughter": f"{{{{ '{laughing(9)}' | from_xml }}}}",
    "laughter in an attribute": "{{ '<!DOCTYPE a [<!ENTITY b \"" + "c" * 999 + '">]><a b="' + "&b;" * 999 + "\"/>' | from_xml }}",
    "deep XML": "{{ ('<a>' * 9999 ~ '</a>' * 9999) | from_xml }}",
    "deep XML that can be read": "{{ ('<a>' * 200 ~ '</a>' * 200) | from_xml }}",
    "wide XML": "{{ ('<a>' ~ '<b/>' * 9999999 ~ '</a>') | from_xml }}",
    "a long XPath": "{{ '<a/>' | xpath('//a' * 9999) }}",
    "a deep XPath": "{{ '<a/>' | xpath('(' * 240 ~ '1' ~ ')' * 240) * 10**10 }}",
    "a slow XPath": "{{ ('<a>' ~ '<b/>' * 9999 ~ '</a>') | xpath('//b[count(//b[count(//b) > 1]) > 1]') }}",
    "more pinyin": "{{ ('王' * 9999999) | pinyin }}",
    "a long day": "{{ ('1' * 9999999) | date }}",
    "a long form": "{{ '2026-01-01' | date('y' * 9999999) }}",
    "a far day": "{{ '2026-01-01' | shift(years=9**9999) }}",
    "a wide number": "{{ 1 | id_format(10**9) }}",
    "many digits by lot": "{{ random(10**9) }}",
    "a far number by lot": "{{ random_number(0, 9**9999) }}",
    "a long address": "{% for a in range(999) %}{{ url('http://a/' ~ 'b' * 9999999) }}{% endfor %}",
}  # fmt: skip
STOPPED = (
    "template.too_large", "template.too_much", "template.too_deep", "template.too_slow",
    "template.cannot", "instruction.too_deep", "instruction.too_long", "instruction.too_many",
    "instruction.too_many_lines", "instruction.argument", "instruction.no_json",
    "instruction.no_number", "instruction.no_xml", "instruction.xml_with_type",
    "instruction.no_path", "instruction.no_day", "instruction.no_such_day",
    "instruction.unknown_form", "instruction.not_reading",
)  # fmt: skip


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_no_instruction_is_a_bomb(renderer: Renderer, text: str) -> None:
    began = time.monotonic()
    assert why(failure(renderer, text, services={"fetch": lambda **_: None})) in STOPPED
    assert time.monotonic() - began < 2 * PATIENCE, "on a full machine it is killed after PATIENCE"
    assert answers(renderer)


def test_what_comes_from_elsewhere_is_bound_as_the_rest(renderer: Renderer) -> None:
    services = {"template": lambda **_: {"text": HOSTILE, "html": False}}
    assert why(failure(renderer, "{{ template('a') }}", services=services)) in CLOSED
    endless = {"template": lambda **_: {"text": "{{ template('a') }}", "html": False}}
    assert why(failure(renderer, "{{ template('a') }}", services=endless)) == "instruction.too_deep"
    page = {"template": lambda **_: {"text": "<b>{{ a }}</b>", "html": True}}
    asked = "{{ template('a', {'a': markup}) }}{{ markup }}"
    made = renderer.render(asked, RECORD, "en", html=True, services=page).text
    assert made == "<b>&lt;b&gt;</b>&lt;b&gt;"
    assert why(failure(renderer, asked, services=page)) == "instruction.page_in_text"
    assert answers(renderer)


@pytest.mark.parametrize(
    "answer",
    [
        {"$moment": "no"}, {"$day": []}, {"$number": {}}, {"$number": "x"}, {"$withheld": 1},
        {"a": {"$day": "9" * 99}},
    ],
)  # fmt: skip
def test_answers_that_look_like_marks_harm_nobody(renderer: Renderer, answer: Any) -> None:
    services = {"fetch": lambda **_: answer}
    text = "{% set a = fetch('a') %}还在"
    assert renderer.render(text, {}, "en", services=services).text == "还在"


def test_names_of_data_are_no_names_of_instructions(renderer: Renderer) -> None:
    """Who may name what a template is given cannot put himself between it and the product."""
    made = renderer.render("{{ has_role }}", {"has_role": "x"}, "en").text
    assert made == "x", "data of the product itself never has such a name"


def test_a_flood_of_questions_is_ended_also_when_a_child_heeds_no_refusal() -> None:
    answering = Answering({"fetch": lambda **_: 1})
    question = {"ask": "fetch", "arguments": {"query": "a"}, "line": 1}
    said = [load(answering(question)) for _ in range(2 * MOST)]
    assert said[:MOST] == [{"answer": 1}] * MOST
    assert {each["refused"]["key"] for each in said[MOST:]} == {"instruction.too_many"}
    with pytest.raises(RenderFailed):
        answering(question)


@pytest.mark.parametrize("name", ["render", "nvl", "__class__", "", None, 1])
def test_nobody_answers_for_what_is_no_question(name: Any) -> None:
    services = {str(name): lambda **_: 1}
    answered = load(Answering(services)({"ask": name, "arguments": {}, "line": 1}))
    assert answered["refused"]["key"] == "instruction.nobody"


def test_an_answer_that_is_too_large_stays_outside(renderer: Renderer) -> None:
    services = {"fetch": lambda **_: "a" * LARGEST}
    failed = failure(renderer, "{{ fetch('a') }}", services=services)
    assert why(failed) == "instruction.answer_too_large"
    assert answers(renderer)


def refusing(error: Exception) -> Any:
    def service(**_: Any) -> None:
        raise error

    return {"fetch": service}


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (Refused("instruction.no_query", {"query": "a"}), "instruction.no_query"),
        (NotAllowed("outbound.not_allowed"), "outbound.not_allowed"),
        (Forbidden(), "error.forbidden"),
    ],
)
def test_a_refusal_says_who_where_and_why(renderer: Renderer, error: Exception, key: str) -> None:
    failed = failure(renderer, "\n\n{{ fetch('a') }}", services=refusing(error))
    assert (failed.line, failed.parameters["name"], why(failed)) == (3, "fetch", key)
    assert answers(renderer)


def test_a_service_that_breaks_breaks_no_renderer(renderer: Renderer) -> None:
    with pytest.raises(ZeroDivisionError):
        renderer.render("{{ fetch('a') }}", {}, "en", services=refusing(ZeroDivisionError()))
    assert answers(renderer)


def test_time_that_answers_take_is_counted_together(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LONGEST", -1.0)
    failed = failure(renderer, "{{ fetch('a') }}", services={"fetch": lambda **_: 1})
    assert why(failed) == "instruction.too_long_together"


NESTED = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


def test_the_clock_goes_on_after_an_answer(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its own alarm, which its process outlives; Linux's limit would end that."""
    monkeypatch.setattr(module, "PATIENCE", 60.0)  # a full machine gives it two seconds late
    assert answers(renderer)
    (before,) = renderer._free
    text = "{{ fetch('a') }}" + NESTED
    failed = failure(renderer, text, services={"fetch": lambda **_: 1})
    assert failed.key == "template.too_slow"
    assert renderer._free == [before]
    assert answers(renderer)


def test_whoever_waits_for_an_answer_keeps_nobody_waiting() -> None:
    renderer, asked, done = Renderer(), Event(), Event()
    made: list[str] = []

    def slow(**_: Any) -> str:
        asked.set()
        return "late" if done.wait(PATIENCE) else "never"

    def waiting() -> None:
        made.append(renderer.render("{{ fetch('a') }}", {}, "en", services={"fetch": slow}).text)

    first = Thread(target=waiting)
    first.start()
    assert asked.wait(PATIENCE)
    assert answers(renderer)
    assert not made
    done.set()
    first.join()
    assert made == ["late"]
    renderer.close()


def test_a_pretence_reaches_nobody_outside(renderer: Renderer) -> None:
    services = refusing(AssertionError("it was called"))
    services = {"http": services["fetch"], "fetch": lambda **_: {"a": 1}}
    text = (
        "{% set a = http('POST', 'https://a.b/', values={'c': fetch('d').a}) %}"
        "[{{ a.json.list[0] }}{% for b in a.json %}{{ b }}{% endfor %}{{ a | nvl('') }}]"
    )
    made = renderer.render(text, {}, "en", services=services, pretending=True)
    assert made.text == "[]"
    (would,) = made.would
    assert (would["name"], would["arguments"]["values"]) == ("http", {"c": 1})

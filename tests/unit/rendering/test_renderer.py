"""Templates that want out, or want everything: refused or stopped, and the next one is answered."""

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event, Thread
from typing import Any

import pytest

from callcenter.core.errors import TooManyRequests
from callcenter.core.places import PROJECT
from callcenter.rendering import renderer as module
from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.instructions import INSTRUCTIONS, Reach
from callcenter.rendering.instructions.examples import DATA
from callcenter.rendering.instructions.jinja import BORROWED
from callcenter.rendering.language import LARGEST
from callcenter.rendering.renderer import PATIENCE, Renderer


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer(seconds=0.3)
    yield made
    made.close()


def answers(renderer: Renderer) -> bool:
    return renderer.render("{{ a }}", {"a": "还在"}, "zh-CN").text == "还在"


def failed(renderer: Renderer, text: str) -> str:
    with pytest.raises(RenderFailed) as failure:
        renderer.render(text, {"record": {"name": "甲"}}, "zh-CN")
    return failure.value.key.removeprefix("template.")


DOORS = [
    "{{ ''.__class__.__mro__ }}",
    "{{ ''['__class__'] }}",
    "{{ record.__class__ }}",
    "{{ record.__init__.__globals__ }}",
    "{{ record.items() }}",
    "{{ record.pop('name') }}",
    "{{ record.get('name') }}",
    "{{ 'a'.upper() }}",
    "{{ [].append(1) }}",
    "{{ (1).real }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ joiner.__init__.__globals__.os }}",
    "{{ namespace.__init__ }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ lipsum() }}",
    "{{ dict(a=1) }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ self['_TemplateReference__context'] }}",
    "{{ self._TemplateReference__context.environment }}",
    "{% for a in range(1) %}{{ loop._iterable }}{% endfor %}",
    "{% for a in range(1) %}{{ loop.__class__ }}{% endfor %}",
    "{% for a in range(1) %}{{ loop['_iterable'] }}{% endfor %}",
    "{{ range }}{{ loop }}{{ self }}",
    "{{ [1] | map('abs') }}",
    "{{ range.__class__ }}",
    "{{ range(1).__class__ }}",
    "{% macro m() %}{{ varargs.__class__ }}{% endmacro %}{{ m(1) }}",
    "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m._environment }}",
    "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{{ missing.__class__ }}",
    "{{ (missing | default('')).__class__ }}",
    "{{ '' | attr('__class__') }}",
    "{{ ['a'] | map('attr', '__class__') | list }}",
    "{{ ['a'] | map(attribute='__class__') | first }}",
    "{{ ['a'] | map(attribute='__class__.__mro__') | join }}",
    "{{ ['a'] | selectattr('__class__') | list }}",
    "{{ ['a', 'b'] | groupby('__class__') }}",
    "{{ ['a', 'b'] | sort(attribute='__class__') }}",
    "{{ ['a'] | sum(attribute='__len__') }}",
    "{{ ['a'] | unique(attribute='__class__') | list }}",
    "{{ '{0.__class__}'.format('a') }}",
    "{{ '{0.__class__}'.format_map({'0': 1}) }}",
    "{{ '%s' | format('a') }}",
    "{{ '<b>' | safe }}",
    "{{ 1 | pprint }}{{ 1 | xmlattr }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import system %}",
    "{% extends 'base' %}",
    "{% debug %}",
    "{% do 1 %}",
    "{% block a %}{% endblock %}",
    "{% autoescape false %}{% endautoescape %}",
    "{% trans %}{% endtrans %}",
]


@pytest.mark.parametrize("text", DOORS)
def test_there_is_no_way_out(renderer: Renderer, text: str) -> None:
    assert failed(renderer, text) in (
        "unknown_name", "unknown_filter", "unknown_tag", "not_here", "cannot",
    )  # fmt: skip
    assert answers(renderer)


BOMBS = {
    "many numbers": "{% for a in range(10**9) %}{% endfor %}",
    "a long text": "{{ 'a' * 10**9 }}",
    "a long list": "{{ [0] * 10**9 }}",
    "a wide number": "{{ '%1000000000d' % 1 }}",
    "a wide indent": "{{ 'a\nb' | indent(10**9) }}",
    "a wide centre": "{{ 'a' | center(10**9) }}",
    "a doubling": "{% set a = 'ab' * 9999 %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "a replacing": "{% set a = 'a' * 9999 %}{{ a | replace('a', a) | replace('a', a) | length }}",
    "a replacing of nothing": "{{ ('a' * 99999) | replace('', 'a' * 99999) | length }}",
    "a big batch": "{{ [1] | batch(10**9, 0) | list | length }}",
    "much text": "{% for a in range(99999) %}{{ 'abcdefgh' * 9 }}{% endfor %}",
    "a long number": "{{ 9 ** 99999 }}",
    "recursion": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "mutual recursion": "{% macro a(f) %}{{ f(f) }}{% endmacro %}{{ a(a) }}",
    "brackets": "{{ " + "(" * 30_000 + "1" + ")" * 30_000 + " }}",
    "a chain": "{{ 1" + "+1" * 30_000 + " }}",
    "filters": "{{ 1" + "|abs" * 12_000 + " }}",
    "blocks": "{% if 1 %}" * 3_000 + "{% endif %}" * 3_000,
    "loops in loops": "{% for a in [1] %}" * 50 + "{% endfor %}" * 50,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS.keys())
def test_who_wants_everything_gets_nothing(renderer: Renderer, text: str) -> None:
    began = time.monotonic()
    assert failed(renderer, text) in (
        "too_large", "too_much", "too_deep", "too_slow", "cannot", "unknown_filter",
    )  # fmt: skip
    assert time.monotonic() - began < PATIENCE
    assert answers(renderer)


NESTED = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"


def test_what_goes_on_for_ever_is_stopped_and_its_process_goes_on(renderer: Renderer) -> None:
    assert answers(renderer)
    before = child_of(renderer)
    assert failed(renderer, NESTED) == "too_slow"
    assert child_of(renderer) == before
    assert answers(renderer)


COMPARING = """{% set a = 'x' * 5000000 %}
{{ ([a ~ 'a', a ~ 'b'] * 9999) | sort(case_sensitive=true) | length }}"""
"""One call in C that never comes back to Python."""


def test_what_heeds_no_alarm_is_killed_and_another_process_begun(renderer: Renderer) -> None:
    assert answers(renderer)
    before = child_of(renderer)
    assert failed(renderer, COMPARING) == "too_slow"
    assert answers(renderer)
    assert child_of(renderer) != before
    assert not Path(f"/proc/{before}").exists()


def test_a_process_that_was_killed_is_replaced(renderer: Renderer) -> None:
    assert answers(renderer)
    os.kill(child_of(renderer), signal.SIGKILL)
    process_of(renderer).wait(5)
    assert answers(renderer)


def test_one_that_gets_no_time_at_all_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    starved = Renderer()
    assert answers(starved)
    os.kill(child_of(starved), signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(module, "PATIENCE", 0.2)
        assert failed(starved, "1") == "too_slow"
    assert answers(starved)


def test_the_process_ends_with_its_renderer() -> None:
    made = Renderer()
    assert answers(made)
    child = child_of(made)
    del made
    assert not Path(f"/proc/{child}").exists()


ORPHAN = """
import signal
from callcenter.rendering.renderer import Renderer
renderer = Renderer()
renderer.render("", {}, "en")
print(renderer._free[0]._process.pid, flush=True)
signal.pause()
"""


def test_the_process_ends_when_whoever_began_it_is_killed() -> None:
    with Popen([sys.executable, "-c", ORPHAN], cwd=PROJECT, stdout=PIPE) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        assert not ends(child, within=0)
        parent.kill()
    assert ends(child, within=5)
    os.close(child)


def ends(process: int, within: float) -> bool:
    """process: a pidfd, which tells of an end also when nobody is there to bury it."""
    return bool(select.select([process], [], [], within)[0])


def test_it_has_no_settings_and_opens_nothing(renderer: Renderer) -> None:
    assert answers(renderer)
    place = Path(f"/proc/{child_of(renderer)}")
    assert dict(_limits(place))["Max open files"] == "0"
    assert dict(_limits(place))["Max address space"] == str(256 * 1024 * 1024)
    names = {each.partition(b"=")[0] for each in (place / "environ").read_bytes().split(b"\0")}
    assert names == {b"LANG", b""}


@pytest.mark.parametrize("html", [True, False])
def test_every_instruction_works_where_no_file_can_be_opened(
    renderer: Renderer, *, html: bool
) -> None:
    for each in (*INSTRUCTIONS, *BORROWED):
        if each.reach is Reach.EVERYWHERE:
            made = renderer.render(each.example, DATA, "zh-CN", html=html).text
            assert unescape(made) == unescape(each.result), each.name


def test_who_finds_too_many_waiting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_AT_ONCE", 1)
    busy, asked, done = Renderer(), Event(), Event()

    def slow(**_: Any) -> bool:
        asked.set()
        return done.wait(PATIENCE)

    options = {"services": {"fetch": slow}}
    first = Thread(target=busy.render, args=("{{ fetch('a') }}", {}, "en"), kwargs=options)
    first.start()
    assert asked.wait(PATIENCE), "the only place is taken"
    with pytest.raises(TooManyRequests):
        answers(busy)
    done.set()
    first.join()
    assert answers(busy)


def test_a_large_text_travels_both_ways(renderer: Renderer) -> None:
    largest = "界" * (LARGEST // 3)
    assert renderer.render("{{ a }}", {"a": largest}, "en").text == largest
    assert module._LONGEST > 6 * LARGEST, "in JSON each character may take six"


def process_of(renderer: Renderer) -> "Popen[bytes]":
    (child,) = renderer._free
    return child._process


def child_of(renderer: Renderer) -> int:
    return process_of(renderer).pid


def _limits(place: Path) -> Iterator[tuple[str, str]]:
    for line in (place / "limits").read_text().splitlines():
        yield line[:26].strip(), line[26:].split()[0]

"""A preview of what reaches outside: nothing is done, all is told, and the template goes on."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from callcenter.core.errors import Unavailable
from callcenter.core.outbound import OutboundFailed
from callcenter.queries.external.errors import SourceBusy, SourceOff
from callcenter.rendering.asking import Answering, Service
from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.plain import PRETENDED, load
from callcenter.rendering.renderer import Outcome, Renderer
from callcenter.rendering.would import CUT, LONGEST, ROOM


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    made = Renderer()
    yield made
    made.close()


def never(**arguments: Any) -> None:
    raise AssertionError(arguments)


SERVICES: dict[str, Service] = {
    "http": never, "ftp_up": never, "file_read": never, "fetch": never,
    "template": lambda **_: {"text": "<{{ rate }}|{{ day }}>", "html": False},
}  # fmt: skip


def previewed(renderer: Renderer, text: str) -> Outcome:
    return renderer.render(text, {"one": 1}, "en", services=SERVICES, pretending=True)


SET = "{% set a = http('GET', 'x') %}"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("{{ http('GET', 'x').json.rate | money }}", ""),
        ("{{ (http('GET', 'x').text | from_json).a.b }}", ""),
        ("{% if http('GET', 'x').status >= 400 %}failed{% else %}fine{% endif %}", "fine"),
        ("{% if http('GET', 'x').status != 200 %}{{ error('no') }}{% endif %}fine", "fine"),
        ("{{ http('GET', 'x').json.rate * 2 }}{{ 2 * http('GET', 'x').json.rate }}", ""),
        (SET + "{{ -a + 1 - a / 2 }}{{ 7 % a }}{{ '%s' % a }}{{ 'a' * a }}{{ a ** 2 // 3 }}", ""),
        (SET + "{{ a.n | int + 1 }}{{ a.n | round }}{{ a.s | upper | trim }}{{ 5 | round(a.n) }}", ""),
        (SET + "{{ a.list | map(attribute='n') | sum }}{{ [a.n, 2] | sum }}{{ [2, a.n] | max }}", "2"),
        (SET + "{{ a.n == a.n }}{{ a.n < 1 }}{{ 1 < a.n }}{{ a.n in [1] }}", "NoNoNoNo"),
        (SET + "{{ a.n | default('—') }}{{ a.n | d('—') }}", "——"),
        (SET + "{% for n in range(a.n) %}{{ n }}{% endfor %}{{ a.xml | xpath('//b') | first }}", ""),
        (SET + "{% set k = namespace(n=a.n) %}{% set k.n = k.n + 1 %}{{ k.n | number }}", ""),
        (SET + "{{ one | nvl(a) }}{{ [1, 2][a.n] }}{{ compare(a.n, 1) }}{{ build(a.text) }}", "1"),
        (SET + "{{ {'a': a.n} | to_json }}{{ {'a': a.n} | to_xml }}", '{"a": null}<root><a></a></root>'),
        (SET + "{{ template('t', {'rate': a.json.rate, 'day': 'Monday'}) }}", "<|Monday>"),
        (SET + "{{ fetch('orders', of=a.json.id).number }}", ""),
    ],
)  # fmt: skip
def test_what_is_not_known_goes_through_the_template(
    renderer: Renderer, text: str, made: str
) -> None:
    assert previewed(renderer, text).text == made


def test_what_would_go_out_goes_out_of_what_is_not_known(renderer: Renderer) -> None:
    would = previewed(renderer, "\n{{ ftp_up('bank', 'a', file_read('b')) }}").would
    assert [(each["line"], each["name"], each["arguments"]) for each in would] == [
        (2, "file_read", {"name": "b"}),
        (2, "ftp_up", {"server": "bank", "name": "a", "text": CUT}),
    ]
    (first, second) = previewed(
        renderer, SET + "{{ http('POST', 'y', {'of': [a.json.id, 1]}) }}"
    ).would
    assert (first["arguments"]["values"], second["arguments"]["values"]) == (None, {"of": [CUT, 1]})


def test_only_a_preview_pretends() -> None:
    question = {"ask": "fetch", "arguments": {"query": PRETENDED}, "line": 1}
    assert load(Answering(SERVICES)(question))["refused"]["key"] == "instruction.no_value"


def test_what_is_kept_of_it_is_bound(renderer: Renderer) -> None:
    long = "{% for n in range(50) %}{{ http('POST', 'x', body='界' * 70000) }}{% endfor %}"
    wide = (
        "{% for n in range(9) %}{{ http('POST', 'x', values={'a': range(9999) | list}) }}{% endfor %}"
        "{{ http('POST', 'x', values={'a' * 9999: 9 ** 999}) }}"
    )
    for text, count in ((long, 50), (wide, 10)):
        would = previewed(renderer, text).would
        assert len(would) == count
        assert len(json.dumps(would, ensure_ascii=False).encode()) < 2 * ROOM
    (would,) = previewed(renderer, "{{ http('POST', 'x', body='a' * 9999) }}").would
    assert would["arguments"]["body"] == "a" * LONGEST + CUT


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (OutboundFailed("outbound.no_answer", may_pass=True), True),
        (OutboundFailed("outbound.refused"), False),
        (Unavailable(), True),
        (SourceBusy("shop"), True),
        (SourceOff("shop"), False),
    ],
)
@pytest.mark.parametrize("text", ["{{ http('GET', 'x') }}", "{{ template('t') }}"])
def test_it_is_told_whether_the_same_may_go_well_in_a_while(
    renderer: Renderer, text: str, error: Exception, *, passes: bool
) -> None:
    def fails(**_: Any) -> None:
        raise error

    inner = {"text": "{{ http('GET', 'x') }}", "html": False}
    with pytest.raises(RenderFailed) as failure:
        renderer.render(text, {}, "en", services={"http": fails, "template": lambda **_: inner})
    assert failure.value.may_pass is passes
    assert "may_pass" not in str(failure.value.parameters)


def test_addresses_in_other_scripts_are_written(renderer: Renderer) -> None:
    """Their hosts are looked at by tables that are no longer to be opened."""
    made = renderer.render("{{ url('https://例子.中国/a', b=1) }}", {}, "en").text
    assert made == "https://例子.中国/a?b=1"

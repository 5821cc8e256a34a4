"""Every instruction says what it does, and does what it says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callcenter.core.i18n import LOCALES, captions
from callcenter.rendering.errors import Refused, RenderFailed
from callcenter.rendering.instructions import INSTRUCTIONS, Here, Instruction, Kind, Reach
from callcenter.rendering.instructions.examples import DATA
from callcenter.rendering.instructions.jinja import BORROWED, Borrowed
from callcenter.rendering.language import render

EVERYWHERE = [each for each in (*INSTRUCTIONS, *BORROWED) if each.reach is Reach.EVERYWHERE]


def made(text: str, locale: str = "zh-CN", **more: Any) -> str:
    return render(text, {**DATA, **more}, locale, html=False)


def failed(text: str, **more: Any) -> RenderFailed:
    with pytest.raises(RenderFailed) as failure:
        made(text, **more)
    return failure.value


def refusal(text: str, **more: Any) -> str:
    """Why an instruction refused."""
    failure = failed(text, **more)
    assert failure.key == "template.instruction_failed"
    return str(failure.parameters["why"]["key"]).removeprefix("instruction.")


@pytest.mark.parametrize("instruction", EVERYWHERE, ids=lambda each: each.name)
def test_its_example_comes_to_what_it_says(instruction: Instruction | Borrowed) -> None:
    assert made(instruction.example) == instruction.result


@pytest.mark.parametrize("instruction", [*INSTRUCTIONS, *BORROWED], ids=lambda each: each.name)
def test_it_says_what_it_does_and_shows_itself(instruction: Instruction | Borrowed) -> None:
    assert instruction.summary.endswith(".")
    assert instruction.name in instruction.example
    assert instruction.result
    assert captions("en")[f"instruction.about.{instruction.name}"] == instruction.summary


def test_none_has_a_caption_that_is_not_there() -> None:
    told = {f"instruction.about.{each.name}" for each in (*INSTRUCTIONS, *BORROWED)}
    for locale in LOCALES:
        assert {key for key in captions(locale) if key.startswith("instruction.about.")} == told


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda each: each.name)
def test_it_fails_by_the_name_of_what_is_not_known(instruction: Instruction) -> None:
    use = "absent | {}" if instruction.kind is Kind.FILTER else "{}(absent)"
    failure = failed(f"{{{{ {use.format(instruction.name)} }}}}")
    assert (failure.key, failure.parameters["name"]) == ("template.unknown_name", "absent")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ '2026/1/2' | date }} {{ '20260102' | date('yy年M月d日') }}", "2026-01-02 26年1月2日"),
        ("{{ '2026-01-02T03:04:05+08:00' | datetime('d HH:mm:ss') }}", "2 03:04:05"),
        ("{{ '2026-01-02 13:04' | time('hh:mm a') }}", "01:04 下午"),
        ("{{ '2026-01-02 00:04' | time('h:mm a') }}", "12:04 上午"),
        ("{{ record.day | date(\"'Tag' d EEEE E\") }}", "Tag 27 星期五 周五"),
        ("{{ record.due | datetime }} {{ record.due | datetime('long') }}", "2026-11-27 18:05 2026年11月27日 18:05"),
        ("{{ record.day | weekday('number') }}{{ record.day | weekday('short') }}", "5周五"),
        ("{{ '2024-01-31' | shift(months=1) }} {{ '2024-02-29' | shift(years=1) }}", "2024-02-29 2025-02-28"),
        ("{{ record.day | shift(hours=25) }} {{ record.day | shift(weeks=-1) }}", "2026-11-28 01:00 2026-11-20"),
        ("{{ days_between('2026-03-01', '2026-02-28') }}", "-1"),
        ("{{ 65 | duration }} {{ 3661 | duration('words') }} {{ 0 | duration('words') }}", "1:05 1 小时1 分1 秒 0 秒"),
        ("{{ 0.125 | number(2) }} {{ 0.125 | money }} {{ 0.00125 | percent(1) }} {{ 0.125 | chinese_amount }}", "0.13 ¥0.13 0.1% 人民币壹角叁分"),
        ("{{ -2.5 | number(0) }} {{ -0.004 | number(2) }} {{ -0.004 | money }} {{ '0.145' | percent }}", "-3 0.00 ¥0.00 15%"),
        ("{{ '123456789012345678901234567890' | number(9) }}", "123,456,789,012,345,678,901,234,567,890.000000000"),
        ("{{ compare(record.day, record.due) }}{{ compare(record.due, record.day) }}", "-11"),
        ("{{ compare('2026-11-27' | to_date, at) }} {{ compare('2026-11-28' | to_date, at) }}", "-1 1"),
        ("{{ compare('2026-11-27 18:05' | to_datetime, at) }}", "0"),
        ("{{ compare('2026-11-27T10:05:00Z' | to_datetime, at) }}{{ compare('20261127 1005Z' | to_datetime, at) }}", "00"),
        ("{{ compare('2026-11-27T10:05Z' | to_datetime, '2026-11-27T18:05+08:00' | to_datetime) }}", "0"),
        ("{{ none | date }}{{ none | weekday }}{{ none | shift }}{{ none | number }}{{ none | money }}", ""),
        ("{{ 0 | nvl(1) }}{{ 0 | if_empty(1) }}{{ [] | if_empty('空') }}", "00空"),
        ("{{ compare('a', 'b') }} {{ compare(none, 0) }} {{ compare(1, 1.0) }}", "-1 -1 0"),
        ("{{ compare(record.day, record.day) }}{{ compare(none, none) }}", "00"),
        ("{{ -3 | money('$') }} {{ 1234.5 | money('', 0) }}", "-$3.00 1,235"),
        ("{{ 'Ab王' | pinyin('-') }} {{ 'VIP王' | initials }}", "Ab-wang Vw"),
        ("{{ '行' | pinyin('', true) }}", "xíng"),
        ("{{ url('https://a.b/c d?e=1', f='x y&z', g=[1, 2], h=none) }}", "https://a.b/c%20d?e=1&f=x+y%26z&g=1&g=2"),
        ("{{ {'a': 1.50, 'b': [none, true]} | to_json }}", '{"a": 1.5, "b": [null, true]}'),
        ("{{ record.total | to_json }} {{ namespace(a=1) | to_json }}", '12345.5 {"a": 1}'),
        ("{{ ('[0.1]' | from_json)[0] + 1 }}", "1.1"),
        ("{{ ('<?xml version=\"1.0\" encoding=\"gbk\"?><x:a xmlns:x=\"u\"><x:b>1</x:b></x:a>' | from_xml).b }}", "1"),
        ("{{ ('<a n=\"1\">t</a>' | from_xml)['@n'] }}{{ ('<a n=\"1\">t</a>' | from_xml)['#text'] }}", "1t"),
        ("{{ '<a><b/><b/></a>' | xpath('count(//b)') | first }}", "2"),
        ("{{ '<a>1</a>' | xml_value('//b') | nvl('无') }}", "无"),
        ("{{ ('<a><b>1</b></a>' | from_xml | to_xml('a')) }}", "<a><b>1</b></a>"),
        ("{{ {'a': '<&>'} | to_xml }}", "<root><a>&lt;&amp;&gt;</a></root>"),
        ("{% set a = namespace(n=0) %}{% for i in range(5) %}{% set a.n = a.n + i %}{% endfor %}{{ a['n'] }}", "10"),
        ("{{ ['2026-01-01', '2026-01-02'] | map('weekday', 'short') | join }}", "周四周五"),
        ("{{ build('{% for a in b %}{{ a }}{% endfor %}', {'b': [1, 2]}) }}", "12"),
    ],
)  # fmt: skip
def test_what_it_comes_to(text: str, result: str) -> None:
    at = datetime(2026, 11, 27, 18, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert made(text, at=at) == result


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "零元整"), (1, "壹元整"), (10, "壹拾元整"), (105, "壹佰零伍元整"), (0.5, "伍角整"),
        (0.05, "伍分"), (1.05, "壹元零伍分"), (1001, "壹仟零壹元整"), (10_000, "壹万元整"),
        (10_010, "壹万零壹拾元整"), (100_000_001, "壹亿零壹元整"), (1_0000_1000, "壹亿零壹仟元整"),
        (20_300_000, "贰仟零叁拾万元整"), (-3.4, "负叁元肆角整"), (0.004, "零元整"),
    ],
)  # fmt: skip
def test_amounts_in_capitals(amount: float, said: str) -> None:
    assert made("{{ a | chinese_amount }}", a=amount) == f"人民币{said}"


def test_words_are_of_the_reader_s_language() -> None:
    text = (
        "{{ record.day | weekday }} {{ record.due | time('h:mm a') }} {{ 61 | duration('words') }}"
    )
    assert made(text, "en") == "Friday 6:05 PM 1 min 1 s"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{{ 'tomorrow' | date }}", "no_day"),
        ("{{ '2026-02-30' | date }}", "no_such_day"),
        ("{{ record.day | date('YYYY') }}", "unknown_form"),
        ("{{ record.day | date('%Y') }}{{ record.day | date('bad') }}", "unknown_form"),
        ("{{ record.day | time }}", "no_time"),
        ("{{ record.day | shift(days=10**9) }}", "no_such_day"),
        ("{{ record.day | shift(months=10**99) }}", "no_such_day"),
        ("{{ record.day | weekday('none') }}", "unknown_form"),
        ("{{ 'a' | number }}", "no_number"),
        ("{{ '1e999' | number }}", "no_number"),
        ("{{ 'nan' | money }}", "no_number"),
        ("{{ true | number }}", "no_number"),
        ("{{ 1 | id_format(99999) }}", "argument"),
        ("{{ random(99) }}", "argument"),
        ("{{ random_number(2, 1) }}", "argument"),
        ("{{ random_of([]) }}", "argument"),
        ("{{ url('javascript:alert(1)') }}", "no_address"),
        ("{{ url('http://[') }}", "no_address"),
        ("{{ compare(1, 'a') }}", "not_comparable"),
        ("{{ '{' | from_json }}", "no_json"),
        ("{{ 'NaN' | from_json }}", "no_json"),
        ("{{ '<a' | from_xml }}", "no_xml"),
        ("{{ '<!DOCTYPE a><a/>' | from_xml }}", "xml_with_type"),
        ("{{ '<a/>' | xpath('//') }}", "no_path"),
        ("{{ '<a/>' | xpath('re:test(., 1)') }}", "no_path"),
        ("{{ {'a b': 1} | to_xml }}", "no_xml_name"),
        ("{{ range | to_json }}", "no_value"),
        ("{{ random('a', 'b') }}", "arguments"),
        ("{{ 1 | date('short', 2, 3) }}", "arguments"),
        ("{{ build('{{ build(a, {\"a\": a}) }}', {'a': '{{ build(a, {\"a\": a}) }}'}) }}", "inner"),
        ("{{ template('a') }}", "nobody"),
    ],
)
def test_what_it_refuses(text: str, why: str) -> None:
    assert refusal(text) == why


def test_a_template_ends_itself_with_its_own_words() -> None:
    failure = failed("\n{{ error('没有' ~ '姓名') }}")
    assert (failure.key, failure.parameters) == (
        "template.ended",
        {"message": "没有姓名", "line": 2},
    )


def test_what_goes_wrong_within_another_text_says_so_at_the_outer_line() -> None:
    failure = failed("\n\n{{ build('{{ absent }}') }}")
    assert failure.line == 3
    assert failure.parameters["why"]["parameters"]["why"]["key"] == "template.unknown_name"


def test_lines_are_noted_where_they_stand_in_the_outer_text() -> None:
    place = Here("en", html=False)
    text = "\n{{ log('one') }}\n{{ build(\"\n\n{{ log('two') }}\") }}"
    render(text, {}, "en", html=False, place=place)
    assert place.log == [{"line": 2, "text": "one"}, {"line": 3, "text": "two"}]


def test_values_within_a_page_are_escaped_once() -> None:
    text = "{{ build('<b>{{ a }}</b>', {'a': '<i>'}) }}{{ {'a': '<'} | to_json }}"
    assert render(text, {}, "en", html=True) == "<b>&lt;i&gt;</b>{&#34;a&#34;: &#34;&lt;&#34;}"


def asked(text: str, answer: Any = None) -> list[tuple[str, Mapping[str, Any]]]:
    questions = []

    def ask(name: str, arguments: Mapping[str, Any]) -> Any:
        questions.append((name, arguments))
        return answer

    render(text, DATA, "en", html=False, place=Here("en", html=False, ask=ask))
    return questions


def test_questions_carry_their_arguments_by_name() -> None:
    assert asked("{{ fetch('open', day=record.day) }}{{ has_role('A', 'B') }}") == [
        ("fetch", {"query": "open", "parameters": {"day": DATA["record"]["day"]}}),
        ("has_role", {"roles": ["A", "B"]}),
    ]


@pytest.mark.parametrize(
    ("name", "arguments", "fault"),
    [
        ("fetch", {}, "query"),
        ("fetch", {"query": 1}, "query"),
        ("fetch", {"query": "a", "parameters": []}, "parameters"),
        ("load", {"query": "a", "limit": "1"}, "limit"),
        ("load", {"query": "a", "limit": True}, "limit"),
        ("load", {"query": "a", "session": 1}, "session"),
        ("has_role", {"roles": [1]}, "roles"),
        ("http", {"method": "GET", "address": "a", "headers": [1]}, "headers"),
    ],
)
def test_what_does_not_fit_reaches_no_service(name: str, arguments: Any, fault: str) -> None:
    (instruction,) = (each for each in INSTRUCTIONS if each.name == name)
    with pytest.raises(Refused) as refused:
        instruction.checked(arguments)
    assert refused.value.parameters == {"argument": fault}


def test_what_is_left_out_is_what_the_instruction_says() -> None:
    by_name = {each.name: each for each in INSTRUCTIONS}
    assert by_name["load"].checked({"query": "a"}) == {"query": "a", "limit": 100, "parameters": {}}
    assert by_name["has_role"].checked({}) == {"roles": []}

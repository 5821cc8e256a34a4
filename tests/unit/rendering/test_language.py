"""What a template makes of plain data, and what is wrong with one, by line."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from callcenter.core.i18n import LOCALES, caption
from callcenter.rendering.errors import RenderFailed
from callcenter.rendering.language import LARGEST, render
from callcenter.rendering.plain import WITHHELD, dump, load

RECORD = {
    "name": "王秀兰",
    "total": Decimal("12345.50"),
    "count": 3,
    "day": date(2026, 1, 2),
    "due": datetime(2026, 11, 27, 18, 5, tzinfo=UTC),
    "ok": True,
    "nothing": None,
    "items": "a field's key, and no method",
    "phone": WITHHELD,
    "number": "13800000001",
}


def made(text: str, locale: str = "zh-CN", *, html: bool = False, **more: Any) -> str:
    return render(text, {"record": RECORD, **more}, locale, html=html)


def failed(text: str, **more: Any) -> RenderFailed:
    with pytest.raises(RenderFailed) as failure:
        made(text, **more)
    return failure.value


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{ record.name }}", "王秀兰"),
        ("{{ record['name'] }}", "王秀兰"),
        ("{{ record.items }}", "a field's key, and no method"),
        ("[{{ record.nothing }}]", "[]"),
        ("{{ record.nothing | default('—', true) }}", "—"),
        ("{{ record.other | default('—') }}", "—"),
        ("{{ record.total }}", "12345.50"),
        ("{{ record.total | number }}", "12,345.50"),
        ("{{ record.total | number(0) }}", "12,346"),
        ("{{ record.total * 1.1 + 1 }}", "13581.050"),
        ("{{ record.count / 2 }}", "1.5"),
        ("{{ record.day }}", "2026-01-02"),
        ("{{ record.day | date('long') }}", "2026年1月2日"),
        ("{{ record.due }}", "2026-11-27 18:05"),
        ("{{ record.due | date }} {{ record.due | time }}", "2026-11-27 18:05"),
        ("{{ record.due | datetime('long') }}", "2026年11月27日 18:05"),
        ("{{ record.nothing | date }}{{ record.nothing | number }}", ""),
        ("{{ record.number | mask }} {{ '1234' | mask }}", "138****0001 ***"),
        ("{{ record.ok }}", "是"),
        ("{% if record.ok and record.count > 2 %}\nyes\n{% endif %}\n", "yes\n"),
        ("{% for n in range(3) %}{{ loop.index }}{{ ',' if not loop.last }}{% endfor %}", "1,2,3"),
        ("{% macro b(x) %}<{{ x }}>{% endmacro %}{{ b(record.name) }}", "<王秀兰>"),
        ("{% set who = record.name %}{{ who | length }}", "3"),
        ("{{ [3, 1, 2] | sort | join('-') }}", "1-2-3"),
    ],
)
def test_what_a_template_says(text: str, result: str) -> None:
    assert made(text) == result


def test_words_of_the_product_are_in_the_readers_language() -> None:
    text = "{{ record.ok }} {{ record.day | date('long') }}"
    assert made(text, "en") == "Yes 2 January 2026"


def test_in_markup_values_are_escaped_and_in_text_they_are_as_they_are() -> None:
    data = {"evil": "<script>1</script>"}
    assert made("<p>{{ evil }}</p>", html=True, **data) == "<p>&lt;script&gt;1&lt;/script&gt;</p>"
    assert made("{{ evil }}", **data) == "<script>1</script>"


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("a\n{{ record.other }}", "unknown_name", 2),
        ("a\n\n{{ who }}", "unknown_name", 3),
        ("{{ record.other | date }}", "unknown_name", 1),
        ("{{ record.other + 1 }}", "unknown_name", 1),
        ("{% if record.phone %}{% endif %}", "kept_from_some", 1),
        ("{% macro m() %}\n{{ 1 / 0 }}\n{% endmacro %}\n\n{{ m() }}", "cannot", 2),
        ("{{ record.name | date }}", "instruction_failed", 1),
        ("{{ record.name + 1 }}", "cannot", 1),
        ("{{ record.name", "not_closed", 1),
        ("{% if true %}\na", "not_closed", 2),
        ("\n{% endfor %}", "unknown_tag", 2),
        ("\n{% whatever %}", "unknown_tag", 2),
        ("{{ record.name name }}", "expected", 1),
        ("{{ (1] }}", "expected", 1),
        ("{{ * }}", "unexpected", 1),
        ("{{ ? }}", "unexpected", 1),
        ("{% if %}", "unexpected", 1),
        ("a\n{% if", "not_finished", 2),
        ("{{ 1 | shout }}", "unknown_filter", 1),
        ("{% if true %}{{ 1 | attr('real') }}{% endif %}", "unknown_filter", 1),
        ("{{ 1 is nice }}", "unknown_test", 1),
        ("{% set 1 = 2 %}", "syntax", 1),
        ("\n{% include 'a' %}", "not_here", 2),
        ("{% autoescape false %}{% endautoescape %}", "not_here", 1),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line_in_both_languages(
    text: str, key: str, line: int
) -> None:
    failure = failed(text)
    assert (failure.key, failure.line) == (f"template.{key}", line)
    for locale in LOCALES:
        said = caption(failure.key, locale, failure.parameters)
        assert str(line) in said
        assert "{" not in said.replace("{{", "").replace("{%", "")


def test_the_name_of_what_is_missing_is_told() -> None:
    assert failed("{{ record.naem }}").parameters == {"name": "naem", "line": 1}


def test_what_is_longer_than_may_be_is_refused_and_what_is_not_is_not() -> None:
    assert len(made(f"{{{{ 'a' * {LARGEST} }}}}")) == LARGEST
    assert failed(f"a{{{{ 'a' * {LARGEST} }}}}").key == "template.too_large"


@pytest.mark.parametrize(
    "text",
    ["{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ " + "(" * 5000, "{% if 1 %}" * 200],
    ids=["macro", "brackets", "blocks"],
)
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    assert failed(text).key in ("template.too_deep", "template.not_closed")


def test_only_plain_data_travels_and_comes_back_as_it_was() -> None:
    travelled = {key: value for key, value in RECORD.items() if key != "due"}
    assert load(dump(travelled)) == travelled
    zoned = datetime.fromisoformat("2026-11-27T18:05:00+08:00")
    assert load(dump({"due": zoned})) == {"due": zoned}
    with pytest.raises(TypeError):
        dump({"self": object()})

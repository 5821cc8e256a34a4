"""Field types: what they take, how it is stored, what they refuse."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.objects.errors import BadValue
from callcenter.objects.types import TYPES, type_of
from callcenter.objects.types.base import Field, Reading, Showing
from callcenter.objects.types.serial import period, render

READING = Reading(
    area_code="021",
    zone=ZoneInfo("Asia/Shanghai"),
    user_exists=lambda _: True,
    team_exists=lambda _: False,
    record_exists=lambda _, __: True,
)
AGENT = Showing("zh-CN", unmasked=False, people={}, teams={}, titles={})
LEADER = Showing("en", unmasked=True, people={}, teams={}, titles={})
OPTIONS = [
    {"value": "a", "label": {"zh-CN": "甲", "en": "A"}},
    {"value": "b", "label": {"zh-CN": "乙", "en": "B"}, "parent": "a"},
    {"value": "old", "label": {"zh-CN": "旧", "en": "Old"}, "active": False},
]


def field(kind: str, **settings: Any) -> Field:
    return Field("key", kind, {"zh-CN": "字段", "en": "Field"}, "group", settings=settings)


def read(definition: Field, value: Any) -> Any:
    return type_of(definition).read(definition, value, READING)


@pytest.mark.parametrize(
    ("held", "value"),
    [
        (Decimal("37.50"), "37.50"),
        (date(2026, 2, 27), "2026-02-27"),
        (datetime(2026, 2, 27, 8, tzinfo=UTC), "2026-02-27T08:00:00Z"),
        ("AB", "AB"),
        (True, True),
    ],
)
def test_a_formula_keeps_the_kind_of_what_it_gave(held: Any, value: Any) -> None:
    formula = TYPES["formula"]
    assert formula.hold(formula.store(held)) == held
    assert formula.value(held, AGENT) == value


def test_every_type_registers_under_its_own_name() -> None:
    assert set(TYPES) == {
        *("text", "long_text", "integer", "decimal", "boolean", "date", "datetime"),
        *("time", "url", "money", "identity"),
        *("choice", "choices", "cascade", "phone", "email", "user", "team", "reference", "serial"),
        *("formula", "details", "file", "image", "rich_text", "region"),
        *("created_at", "created_by", "updated_at", "updated_by"),
    }


@pytest.mark.parametrize(
    ("kind", "settings", "value", "held"),
    [
        ("text", {}, "  王秀兰 ", "王秀兰"),
        ("text", {}, "   ", None),
        ("text", {"pattern": "[A-Z]{3}"}, "ABC", "ABC"),
        ("long_text", {}, "a\nb", "a\nb"),
        ("integer", {}, 0, 0),
        ("boolean", {}, False, False),
        ("email", {}, "a@b.cn", "a@b.cn"),
        ("phone", {}, "021-6000 0001", "e164:+862160000001"),
        ("phone", {}, "60000001", "e164:+862160000001"),
        ("phone", {}, "95598", "service:95598"),
        ("choice", {"options": OPTIONS}, "a", "a"),
        ("choices", {"options": OPTIONS}, ["b", "a", "b"], ["b", "a"]),
        ("choices", {"options": OPTIONS}, [], None),
        ("cascade", {"options": OPTIONS}, "b", "b"),
        ("time", {}, "09:30", time(9, 30)),
        ("time", {}, "", None),
        ("url", {}, " https://example.cn/a?b=1#c ", "https://example.cn/a?b=1#c"),
        ("money", {}, "1234.5", Decimal("1234.50")),
        ("money", {"places": 0}, 99, Decimal(99)),
        ("identity", {}, "110105 19491231 002x", "11010519491231002X"),
    ],
)
def test_what_is_given_is_held_in_one_form(
    kind: str, settings: Mapping[str, Any], value: Any, held: Any
) -> None:
    assert read(field(kind, **settings), value) == held


@pytest.mark.parametrize(
    ("kind", "settings", "value", "fault"),
    [
        ("text", {"pattern": "[A-Z]{3}"}, "ABCD", "validation.pattern"),
        ("text", {}, "a\tb\x07", "validation.control_characters"),
        ("text", {"max_length": 2}, "abc", "validation.too_long"),
        ("integer", {}, True, "validation.integer"),
        ("integer", {}, 1.5, "validation.integer"),
        ("integer", {"min": 1}, 0, "validation.range"),
        ("decimal", {}, "NaN", "validation.number"),
        ("decimal", {}, "1e999", "validation.range"),
        ("boolean", {}, "true", "validation.boolean"),
        ("date", {}, "2026-02-30", "validation.date"),
        ("datetime", {}, "9999-12-31T23:59:59-23:00", "validation.datetime"),
        ("email", {}, "a@b", "validation.email"),
        ("phone", {}, "anonymous", "validation.phone"),
        ("choice", {"options": OPTIONS}, "old", "validation.unknown_choice"),
        ("cascade", {"options": OPTIONS}, "a", "validation.choose_leaf"),
        ("user", {}, "8001", "validation.unknown_id"),
        ("team", {}, "0192a000-0000-7000-8000-000000000000", "validation.unknown_id"),
        ("serial", {"rule": "A{seq:3}"}, "A001", "validation.read_only"),
        ("time", {}, "25:00", "validation.time"),
        ("time", {}, "09:30+08:00", "validation.time"),
        ("time", {}, 9, "validation.time"),
        ("url", {}, "javascript:alert(1)", "validation.url"),
        ("url", {}, "example.cn", "validation.url"),
        ("url", {}, "https://bank.cn@evil.cn/", "validation.url"),
        ("url", {}, "https://[::1", "validation.url"),
        ("url", {}, "http://a.cn/\u0022onclick", "validation.url"),
        ("money", {}, "¥5", "validation.number"),
        ("money", {"max": 10}, "10.01", "validation.range"),
        ("identity", {}, "110105194912310021", "validation.identity"),
        ("identity", {}, "11010519490231002X", "validation.identity"),
        ("identity", {}, "１１０１０５１９４９１２３１００２Ｘ", "validation.identity"),
    ],
)
def test_what_is_no_value_is_refused_by_name(
    kind: str, settings: Mapping[str, Any], value: Any, fault: str
) -> None:
    with pytest.raises(BadValue) as refused:
        read(field(kind, **settings), value)
    assert refused.value.key == fault


@given(st.sampled_from(sorted(TYPES)), st.one_of(st.none(), st.text(), st.integers(), st.booleans(),
       st.floats(), st.lists(st.text(), max_size=3), st.dictionaries(st.text(), st.integers(), max_size=2)))  # fmt: skip
def test_no_value_whatever_breaks_a_type(kind: str, value: Any) -> None:
    """Held, or refused as a BadValue; what is held survives being stored."""
    settings = {"options": OPTIONS, "reference": {"object": "x"}, "rule": "A{seq:3}"}
    definition = field(kind, **settings)
    try:
        held = read(definition, value)
    except BadValue:
        return
    assert type_of(definition).hold(type_of(definition).store(held)) == held


def test_a_moment_without_a_zone_is_the_enterprises() -> None:
    held = read(field("datetime"), "2026-11-24T10:00:00")
    assert held == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert TYPES["datetime"].store(held) == "2026-11-24T02:00:00Z"


def test_a_number_is_masked_in_value_and_display_alike() -> None:
    held = "e164:+8613800006207"
    phone = TYPES["phone"]
    assert phone.value(held, AGENT) == phone.display(field("phone"), held, AGENT) == "138 **** 6207"
    assert phone.value(held, LEADER) == "13800006207"


def test_an_identity_number_is_masked_and_found_whole_only() -> None:
    held, identity = "11010519491231002X", TYPES["identity"]
    assert identity.value(held, AGENT) == "110*************2X"
    assert identity.display(field("identity"), held, AGENT) == "110*************2X"
    assert identity.value(held, LEADER) == held
    assert identity.whole(held.lower(), "021") == held
    assert identity.whole(held[:17], "021") is None


def test_money_is_shown_in_its_currency() -> None:
    def shown(amount: str, **settings: Any) -> str | None:
        return TYPES["money"].display(field("money", **settings), Decimal(amount), AGENT)

    assert shown("1234567.5") == "¥1,234,567.50"
    assert shown("-3", currency="USD") == "-$3.00"
    assert shown("1500", currency="JPY", places=0) == "JP¥1,500"


@pytest.mark.parametrize(
    ("kind", "settings", "fault"),
    [
        ("money", {"currency": "XXX"}, "validation.bad_currency"),
        ("money", {"places": 9}, "validation.bad_places"),
        ("decimal", {"places": "2"}, "validation.bad_places"),
        ("decimal", {"places": True}, "validation.bad_places"),
    ],
)
def test_settings_that_mean_nothing_are_refused(
    kind: str, settings: Mapping[str, Any], fault: str
) -> None:
    assert TYPES[kind].check(field(kind, **settings)) == fault


def test_options_are_shown_in_the_readers_language() -> None:
    cascade = field("cascade", options=OPTIONS)
    assert TYPES["cascade"].display(cascade, "b", AGENT) == "甲 / 乙"
    assert TYPES["cascade"].display(cascade, "b", LEADER) == "A / B"
    assert TYPES["choice"].display(field("choice", options=OPTIONS), "gone", LEADER) == "gone"


def test_a_circle_of_parents_is_no_definition() -> None:
    circle = [{"value": "a", "parent": "b"}, {"value": "b", "parent": "a"}]
    assert TYPES["cascade"].check(field("cascade", options=circle)) == "validation.bad_options"


@pytest.mark.parametrize(
    ("rule", "sequence", "number"),
    [
        ("GD{yyyyMMdd}{seq:5}", 1, "GD2026112400001"),
        ("KH{seq:8}", 381_274, "KH00381274"),
        ("{yyyyMM}-{seq:2}", 100, "202611-100"),
    ],
)
def test_a_serial_number_follows_its_rule(rule: str, sequence: int, number: str) -> None:
    assert TYPES["serial"].check(field("serial", rule=rule)) is None
    assert render(rule, datetime(2026, 11, 24, tzinfo=UTC), sequence) == number


def test_the_sequence_starts_anew_with_the_date_part() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    assert period("GD{yyyyMMdd}{seq:5}", at) == "20261124"
    assert not period("KH{seq:8}", at)


@pytest.mark.parametrize("rule", ["", "GD", "{seq:5}{seq:5}", "{seq}", "{yy}{seq:3}", "{seq:5"])
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    assert TYPES["serial"].check(field("serial", rule=rule)) == "validation.bad_rule"

"""What a new record begins with where that depends on who makes it, and when."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from callcenter.objects.beginnings import Maker, beginning_of, knows
from callcenter.objects.types.base import Field

ME, TEAM = UUID(int=7), UUID(int=9)
NOW = datetime(2026, 12, 31, 23, 50, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
SOMEBODY = Maker(NOW, ME, "林晓彤", "8001", (TEAM, UUID(int=10)))


def a_field(kind: str, begin: str = "", **settings: object) -> Field:
    label = {"zh-CN": "字段", "en": "Field"}
    return Field("one", kind, label, "main", settings={"begin": begin, **settings})


@pytest.mark.parametrize(
    ("kind", "begin", "given"),
    [
        ("user", "$me", str(ME)),
        ("team", "$my_team", str(TEAM)),
        ("date", "$today", "2026-12-31"),
        ("date", "$today+1d", "2027-01-01"),
        ("date", "$today-30d", "2026-12-01"),
        ("datetime", "$now", "2026-12-31T23:50+08:00"),
        ("datetime", "$now+15m", "2027-01-01T00:05+08:00"),
        ("datetime", "$now-2h", "2026-12-31T21:50+08:00"),
        ("datetime", "$now+3d", "2027-01-03T23:50+08:00"),
        ("text", "{$me} {$code}", "林晓彤 8001"),
        ("long_text", "到期 {$today+7d}\n{$now+1h}", "到期 2027-01-07\n2027-01-01 00:50"),
        ("text", "a {b} $me", "a {b} $me"),
    ],
)
def test_words_stand_for_who_makes_it_and_when(kind: str, begin: str, given: str) -> None:
    field = a_field(kind, begin)
    assert knows(field, begin)
    assert beginning_of(field, SOMEBODY) == given


@pytest.mark.parametrize(
    ("kind", "begin"),
    [
        ("user", "$my_team"), ("user", "8001"), ("team", "$me"), ("date", "$now"),
        ("date", "$today+1h"), ("date", "2026-01-01"), ("datetime", "$today"),
        ("datetime", "$now+5"), ("text", "{$you}"), ("text", "{$now+5}"), ("integer", "$me"),
        ("text", "{$me}\n{$today}"), ("text", " "),
    ],
)  # fmt: skip
def test_other_words_are_none(kind: str, begin: str) -> None:
    assert not knows(a_field(kind), begin)


def test_what_the_field_itself_refuses_is_told_before_it_is_used() -> None:
    assert knows(a_field("text", pattern="[A-Z]+-8001"), "BX-{$code}")
    assert not knows(a_field("text", pattern="[A-Z]+"), "BX-{$code}")


def test_what_nobody_makes_begins_with_nobody() -> None:
    nobody = Maker(NOW)
    assert beginning_of(a_field("user", "$me"), nobody) is None
    assert beginning_of(a_field("team", "$my_team"), nobody) is None
    assert beginning_of(a_field("text", "由{$me}登记"), nobody) == "由登记"


def test_a_text_is_no_longer_than_its_field_takes() -> None:
    assert (
        beginning_of(a_field("text", "{$me}登记于{$now}", max_length=5), SOMEBODY) == "林晓彤登记"
    )

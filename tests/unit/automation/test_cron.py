"""Cron expressions: what they say, and when they are due."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from callcenter.automation.cron import BadExpression, check, closest, next_after, next_five, reading

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("expression", "chinese", "english"),
    [
        ("* * * * *", "每分钟", "Every minute"),
        ("*/5 * * * *", "每 5 分钟", "Every 5 minutes"),
        ("0 9 * * *", "每天 09:00", "Daily at 09:00"),
        ("30 8,17 * * *", "每天 08:30、17:30", "Daily at 08:30, 17:30"),
        ("0 9 * * 1-5", "周一至周五 09:00", "At 09:00, Monday to Friday"),
        ("0 9 * * 0", "周日 09:00", "At 09:00, Sunday"),
        ("0 9 * * SAT,SUN", "周六、周日 09:00", "At 09:00, Saturday, Sunday"),
        ("15 3 1 * *", "每月 1 日 03:15", "At 03:15, day 1 of the month"),
        ("0 0 1,15 * 1", "每月 1、15 日或周一 00:00", "At 00:00, day 1, 15 of the month or Monday"),
        ("0 6 1 1,4,7,10 *", "1 月、4 月、7 月、10 月的每月 1 日 06:00",
         "At 06:00, day 1 of the month in January, April, July, October"),
        ("0,30 * * * *", "每小时第 0、30 分", "At minutes 0, 30 of every hour"),
        ("*/10 9-17 * * 1-5", "周一至周五 9至17 点内每 10 分钟",
         "Every 10 minutes, in the hours 9 to 17, Monday to Friday"),
        ("0 0 * 2 *", "2 月的每天 00:00", "At 00:00, every day in February"),
    ],
)  # fmt: skip
def test_it_is_read_in_plain_words(expression: str, chinese: str, english: str) -> None:
    assert reading(expression, "zh-CN") == chinese
    assert reading(expression, "en") == english


@pytest.mark.parametrize(
    "expression",
    [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "x * * * *",
        "@daily", "* * L * *", "* * * * 5#2", "* * * * *; rm", "0 0 30 2 *", "*/0 * * * *",
    ],
)  # fmt: skip
def test_what_is_none_or_never_is_due_is_refused(expression: str) -> None:
    with pytest.raises(BadExpression):
        check(expression)


def at(expression: str, zone: ZoneInfo, *moment: int) -> str:
    return next_after(expression, zone, datetime(*moment, tzinfo=UTC)).isoformat()  # type: ignore[arg-type] # a few numbers


def test_it_is_reckoned_on_the_enterprises_clock() -> None:
    assert at("0 9 * * *", SHANGHAI, 2026, 11, 24, 0, 59) == "2026-11-24T01:00:00+00:00"
    # Never the moment itself again.
    assert at("0 9 * * *", SHANGHAI, 2026, 11, 24, 1, 0) == "2026-11-25T01:00:00+00:00"
    assert at("0 0 29 2 *", SHANGHAI, 2026, 11, 24) == "2028-02-28T16:00:00+00:00"


def test_a_time_that_the_clock_leaps_over_is_due_when_it_has_leapt() -> None:
    # On 29 March 2026 it is 01:59 and then 03:00.
    assert at("30 2 * * *", BERLIN, 2026, 3, 28, 12) == "2026-03-29T01:30:00+00:00"
    assert at("30 2 * * *", BERLIN, 2026, 3, 29, 12) == "2026-03-30T00:30:00+00:00"


def test_a_time_that_the_clock_shows_twice_is_due_once() -> None:
    # On 25 October 2026 it is 02:30 twice.
    found = next_five("30 2 * * *", BERLIN, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert [each.isoformat()[5:16] for each in found[:2]] == ["10-25T00:30", "10-26T01:30"]
    five = next_five("*/30 * * * *", BERLIN, datetime(2026, 10, 25, 0, 15, tzinfo=UTC))
    assert five == sorted(set(five))


@pytest.mark.parametrize(
    ("expression", "minutes"),
    [("* * * * *", 1), ("*/15 * * * *", 15), ("0,50 * * * *", 10), ("0,50 9 * * 1", 50),
     ("0 9 * * *", 1440), ("0 9,17 * * *", 480), ("50 9,10 1 1 *", 60), ("0,55 0,23 * * *", 5)],
)  # fmt: skip
def test_how_close_two_moments_are(expression: str, minutes: int) -> None:
    assert closest(expression) == minutes

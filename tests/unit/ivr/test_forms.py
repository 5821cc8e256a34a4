"""Amounts, days and times of day are said as people say them; what is none is read key by key."""

import pytest

from ivr.forms import spoken, words_of
from ivr.model import Form, Prompt
from ivr.numerals import vocabulary
from ivr.speaking import recordable, speak


def said(value, form, language):
    return " ".join(
        clip.text for clip in speak([Prompt(variable="x", form=form)], language, {"x": value})
    )


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("128.5", "一 百 二 十 八 元 五 角", "one hundred and twenty eight yuan and fifty fen"),
        (128.05, "一 百 二 十 八 元 零 五 分", "one hundred and twenty eight yuan and five fen"),
        (3, "三 元", "three yuan"),
        ("0.55", "五 角 五 分", "fifty five fen"),
        (0, "零 元", "zero yuan"),
        ("-7", "负 七 元", "minus seven yuan"),
    ],
)
def test_money_is_said_in_yuan(value, chinese, english):
    assert said(value, Form.MONEY, "zh-CN") == chinese
    assert said(value, Form.MONEY, "en") == english


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("2026-03-01", "二 零 二 六 年 三 月 一 日", "March first two thousand and twenty six"),
        ("20261231", "二 零 二 六 年 十 二 月 三 十 一 日",
         "December thirty first two thousand and twenty six"),
        ("2026-11-30T08:00:00", "二 零 二 六 年 十 一 月 三 十 日",
         "November thirtieth two thousand and twenty six"),
        ("1999-10-22", "一 九 九 九 年 十 月 二 十 二 日",
         "October twenty second one thousand nine hundred and ninety nine"),
    ],
)  # fmt: skip
def test_days_are_said(value, chinese, english):
    assert said(value, Form.DATE, "zh-CN") == chinese
    assert said(value, Form.DATE, "en") == english


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        ("14:30", "十 四 点 三 十 分", "two thirty p m"),
        ("0905", "九 点 零 五 分", "nine oh five a m"),
        ("00:00", "零 点 整", "twelve a m"),
    ],
)
def test_times_of_day_are_said(value, chinese, english):
    assert said(value, Form.TIME, "zh-CN") == chinese
    assert said(value, Form.TIME, "en") == english


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [("3.50", "三 点 五", "three point five"), ("-12", "负 十 二", "minus twelve")],
)
def test_numbers_have_signs_and_points(value, chinese, english):
    assert said(value, Form.NUMBER, "zh-CN") == chinese
    assert said(value, Form.NUMBER, "en") == english


@pytest.mark.parametrize("form", [Form.MONEY, Form.DATE, Form.TIME, Form.NUMBER])
@pytest.mark.parametrize("value", ["", "abc", "99:99", "NaN", "1e999", "٣", "2026-02-30 x"])
def test_what_is_not_of_the_form_is_read_key_by_key(form, value):
    digits = [char for char in value if char in "0123456789*#"]
    assert len(said(value, form, "en").split()) == len(digits)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_word_is_recorded_beforehand(language):
    values = {
        Form.MONEY: ["128.05", "-3.40", "0.07", "1200000"],
        Form.DATE: [f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)],
        Form.TIME: [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)],
        Form.NUMBER: ["-1.5"],
    }
    for form, all_of_them in values.items():
        known = words_of(form, language) | vocabulary(language)
        for value in all_of_them:
            assert set(spoken(value, form, language)) <= known


def test_only_words_of_the_forms_that_are_used_are_recorded():
    plain = {clip.text for clip in recordable([Prompt(variable="x")], ["en"])}
    dated = {clip.text for clip in recordable([Prompt(variable="x", form=Form.DATE)], ["en"])}
    assert "March" in dated
    assert "March" not in plain

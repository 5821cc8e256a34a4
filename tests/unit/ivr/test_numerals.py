"""Numbers are said as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.numerals import LARGEST, digits, number, vocabulary


@pytest.mark.parametrize(
    ("value", "chinese", "english"),
    [
        (0, "零", "zero"),
        (2, "二", "two"),
        (10, "十", "ten"),
        (15, "十五", "fifteen"),
        (20, "二十", "twenty"),
        (21, "二十一", "twenty one"),
        (100, "一百", "one hundred"),
        (105, "一百零五", "one hundred and five"),
        (110, "一百一十", "one hundred and ten"),
        (1000, "一千", "one thousand"),
        (1005, "一千零五", "one thousand and five"),
        (1050, "一千零五十", "one thousand and fifty"),
        (2345, "二千三百四十五", "two thousand three hundred and forty five"),
        (10_000, "一万", "ten thousand"),
        (10_005, "一万零五", "ten thousand and five"),
        (12_345, "一万二千三百四十五", "twelve thousand three hundred and forty five"),
        (100_000, "十万", "one hundred thousand"),
        (1_000_500, "一百万零五百", "one million five hundred"),
        (20_300_000, "二千零三十万", "twenty million three hundred thousand"),
    ],
)
def test_numbers_in_words(value, chinese, english):
    assert "".join(number(value, "zh-CN")) == chinese
    assert " ".join(number(value, "en")) == english


def test_codes_are_read_key_by_key():
    assert digits("1 0-9#", "en") == ["one", "zero", "nine", "pound"]
    assert digits("109", "zh-CN") == ["一", "零", "九"]


@pytest.mark.parametrize("value", [-1, LARGEST + 1])
def test_numbers_too_large_to_say_are_refused(value):
    with pytest.raises(ValueError, match="not between"):
        number(value, "en")


@given(st.integers(0, LARGEST), st.sampled_from(["zh-CN", "en"]))
def test_every_word_is_in_the_vocabulary(value, language):
    assert set(number(value, language)) | set(digits(str(value), language)) <= vocabulary(language)


@given(st.sets(st.integers(0, LARGEST), min_size=2, max_size=2), st.sampled_from(["zh-CN", "en"]))
def test_no_two_numbers_sound_the_same(pair, language):
    one, other = pair
    assert number(one, language) != number(other, language)

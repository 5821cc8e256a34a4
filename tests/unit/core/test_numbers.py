"""Telephone numbers: many ways to write one, and what must not be taken for E.164."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.numbers import WITHHELD, BadNumber, Number, NumberKind, parse_number


@pytest.mark.parametrize(
    "written",
    [
        "13800000001",
        "013800000001",
        "+8613800000001",
        "008613800000001",
        "138 0000 0001",
        "138-0000-0001",
        "(138)0000.0001",
        " 13800000001 ",
    ],
)
def test_a_mobile_number_is_one_however_it_is_written(written):
    assert parse_number(written) == Number(NumberKind.E164, "+8613800000001")


@pytest.mark.parametrize(
    "written", ["02160000001", "+862160000001", "00862160000001", "021-60000001"]
)
def test_a_fixed_number_is_one_however_it_is_written(written):
    assert parse_number(written) == Number(NumberKind.E164, "+862160000001")


def test_a_local_number_is_completed_by_the_area_code():
    assert parse_number("60000001", "021") == parse_number("02160000001")


def test_a_local_number_without_an_area_code_is_not_guessed():
    with pytest.raises(BadNumber):
        parse_number("60000001")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("10086", "10086"),
        ("12345", "12345"),
        ("95588", "95588"),
        ("+8695588", "95588"),
        ("4001234567", "4001234567"),
        ("+864001234567", "4001234567"),
        ("04001234567", "4001234567"),
        ("106575112345", "106575112345"),
    ],
)
def test_service_numbers_are_no_e164(written, value):
    assert parse_number(written) == Number(NumberKind.SERVICE, value)


def test_few_digits_are_an_extension_from_a_pad_and_a_short_number_from_a_trunk():
    assert parse_number("8001", extensions=True).kind is NumberKind.EXTENSION
    assert parse_number("8001").kind is NumberKind.SHORT


@pytest.mark.parametrize(
    "word", ["", "anonymous", "Anonymous", "unknown", "RESTRICTED", "asterisk", "s"]
)
def test_a_withheld_number_is_known_by_its_word(word):
    assert parse_number(word) == WITHHELD


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "138&SIP/evil",
        "١٣٨٠٠٠٠٠٠٠١",
        "+",
        "++8613800000001",
        "1" * 30,
        "七",
        "*97",
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(BadNumber):
        parse_number(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_and_never_breaks(text):
    try:
        number = parse_number(text, "021", extensions=True)
    except BadNumber:
        return
    assert number.value.removeprefix("+").isdigit() or number == WITHHELD
    assert Number.load(str(number)) == number


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_reading_what_was_written_nationally_gives_the_same(text):
    number = parse_number(text)
    assert parse_number(number.national) == number
    assert parse_number(number.show()) == number


@pytest.mark.parametrize(
    ("written", "shown", "masked"),
    [
        ("13800000001", "138 0000 0001", "138 **** 0001"),
        ("02160000001", "021-6000 0001", "021-**** 01"),
        ("057188880001", "0571-8888 0001", "0571-**** 01"),
        ("4001234567", "400-123-4567", "4001234567"),
        ("10086", "10086", "10086"),
        ("+442079460000", "+44 20 7946 0000", "+44 **** 00"),
    ],
)
def test_a_number_is_shown_in_the_local_habit_and_masked_without_the_right(written, shown, masked):
    number = parse_number(written)
    assert (number.show(), number.mask()) == (shown, masked)


@given(st.from_regex(r"(1[3-9][0-9]{9}|0(10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{7})", fullmatch=True))
def test_a_masked_number_cannot_be_called_back(text):
    number = parse_number(text)
    digits = "".join(filter(str.isdigit, number.mask()))
    assert len(digits) < len(number.national)
    assert number.national not in number.mask()


def test_a_number_abroad_is_dialled_with_the_prefix():
    assert parse_number("+442079460000").national == "00442079460000"


def test_the_prefix_tells_the_place_in_both_languages():
    assert parse_number("02160000001").location() == {"zh-CN": "上海市", "en": "Shanghai"}


@pytest.mark.parametrize("text", ["10086", "4008001234", "anonymous"])
def test_a_number_that_is_at_home_nowhere_has_no_place(text):
    assert parse_number(text).location() == {}

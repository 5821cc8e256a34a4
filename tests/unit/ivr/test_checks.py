"""Check digits: what can be a number of its kind, and what a slip of the finger made of it."""

import pytest

from ivr.checks import identity, luhn, mobile


@pytest.mark.parametrize("text", ["11010519491231002X", "440524188001010014"])
def test_identity_numbers_of_the_standard_hold(text):
    assert identity(text)


@pytest.mark.parametrize(
    "text",
    [
        "11010519491231002", "110105194912310021", "11010519491331002X", "1101051949123100XX",
        "11010519491231002x", "", "X" * 18, "01010519491231002X",
    ],
)  # fmt: skip
def test_others_do_not(text):
    assert not identity(text)


def test_any_one_wrong_digit_of_an_identity_number_is_found():
    right = "11010519491231002X"
    for place, char in enumerate(right[:17]):
        other = str((int(char) + 1) % 10)
        assert not identity(right[:place] + other + right[place + 1 :])


@pytest.mark.parametrize(
    ("text", "holds"), [("4111111111111111", True), ("4111111111111112", False)]
)
def test_luhn(text, holds):
    assert luhn(text) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [("13800000001", True), ("12800000001", False), ("1380000000", False), ("138000000011", False)],
)
def test_mobile_numbers_of_the_mainland(text, holds):
    assert mobile(text) is holds

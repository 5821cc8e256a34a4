"""How many parts an SMS takes, by 3GPP TS 23.038 and 23.040."""

import pytest

from callcenter.messaging.parts import signed, size_of


@pytest.mark.parametrize(
    ("text", "unicode", "units", "parts"),
    [
        ("", False, 0, 1), ("a" * 160, False, 160, 1), ("a" * 161, False, 161, 2),
        ("a" * 306, False, 306, 2), ("a" * 307, False, 307, 3),
        ("€" * 80, False, 160, 1), ("€" * 81, False, 162, 2),
        ("中" * 70, True, 70, 1), ("中" * 71, True, 71, 2), ("中" * 134, True, 134, 2),
        ("中" * 135, True, 135, 3), ("😀" * 35, True, 70, 1), ("😀" * 36, True, 72, 2),
        ("a" * 69 + "中", True, 70, 1), ("ç", True, 1, 1), ("Ç", False, 1, 1),
    ],
)  # fmt: skip
def test_parts_are_counted_in_the_alphabet_that_the_text_needs(text, unicode, units, parts) -> None:
    size = size_of(text)
    assert (size.unicode, size.units, size.parts) == (unicode, units, parts)


def test_no_character_is_divided_between_two_parts() -> None:
    # 152 septets and an escaped character do not fit into 153, though the sum of two parts would.
    assert size_of("a" * 152 + "€" + "a" * 151).parts == 2
    assert size_of("a" * 152 + "€" + "a" * 152).parts == 3
    assert size_of("中" * 66 + "😀" + "中" * 65).parts == 2
    assert size_of("中" * 66 + "😀" + "中" * 66).parts == 3


def test_the_signature_stands_in_front_and_counts() -> None:
    assert signed("您好", "海蓝电器") == "【海蓝电器】您好"
    assert signed("您好", "") == "您好"

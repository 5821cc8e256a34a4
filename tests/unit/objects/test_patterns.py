"""Patterns of text: whatever somebody has written, no text takes long."""

from time import process_time

import pytest

from callcenter.objects.errors import BadValue
from callcenter.objects.rules import ANYWHERE
from callcenter.objects.types import TYPES
from callcenter.objects.types.base import Field
from callcenter.objects.types.patterns import is_pattern, matches

TEXT = TYPES["text"]
SOON = 0.5
"""Seconds of computing. What searches all ways would need longer than the world has been there."""

BOMBS = [
    ("(a+)+", "a" * 900 + "!"),
    ("(a|a)*", "a" * 900 + "!"),
    ("(a|aa)+", "a" * 900 + "!"),
    ("(.*a){20}", "a" * 900 + "!"),
    ("([a-zA-Z0-9]+)*@", "a" * 900),
    ("a*a*a*a*a*a*a*a*a*a*b", "a" * 900),
    (r"(\w+\s?)*\d", "word " * 180),
]


def field(pattern: str) -> Field:
    settings = {"pattern": pattern, "max_length": 1000}
    return Field(key="x", type="text", label={}, group="main", settings=settings)


@pytest.mark.parametrize(("pattern", "text"), BOMBS)
def test_a_bomb_does_not_go_off(pattern: str, text: str) -> None:
    assert TEXT.check(field(pattern)) is None
    began = process_time()
    with pytest.raises(BadValue, match="pattern"):
        TEXT.read(field(pattern), text, ANYWHERE)
    assert process_time() - began < SOON


@pytest.mark.parametrize(
    "pattern", ["(", "[", "a++", r"(a)\1", "(?=a)b", "(?<!a)b", "(?:a{1000}){1000}", "*"]
)
def test_what_it_cannot_take_is_no_pattern(pattern: str) -> None:
    assert not is_pattern(pattern)
    assert TEXT.check(field(pattern)) == "validation.bad_pattern"
    with pytest.raises(BadValue, match="pattern"):
        TEXT.read(field(pattern), "a", ANYWHERE)


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (r"\d{6}", "200001", True),
        (r"\d{6}", "2000012", False),
        ("[京津沪][A-Z][A-Z0-9]{5}", "沪A12345", True),
        ("甲|乙乙", "乙乙", True),
        ("[^/]{2}", "张三", True),
        ("a.c", "a\nc", False),
    ],
)
def test_the_whole_text_must_be_of_it(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits

"""Pinyin and initials of a text, found at once, are those found one after the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from callcenter.objects.queries import _spoken


def _apart(text: str) -> tuple[str, str]:
    return "".join(lazy_pinyin(text)), "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))


@pytest.mark.parametrize(
    "text", ["王秀兰", "重庆银行 VIP 客户", "海尔路 1 号-2", "女娲", "𠮷野家😀", "a,b", "嗯，好"]
)
def test_a_name_is_spoken_as_before(text: str) -> None:
    assert _spoken(text) == _apart(text)


@given(st.text(st.sampled_from("王重庆长行乐女银 aB1，。-😀𠮷ü"), max_size=12))
def test_any_mixture_is_spoken_as_before(text: str) -> None:
    assert _spoken(text) == _apart(text)

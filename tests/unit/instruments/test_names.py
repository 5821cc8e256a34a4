"""Names stay beneath their folder, whatever they are made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.errors import Invalid
from callcenter.instruments.names import file_name, remote_path

BAD = [
    "", ".", "..", "../a", "a/..", "a/../b", "a/./b", "a//b", "/a", "a/", "/etc/passwd", "~/../a/..",
    "a\\b", "..\\a", "C:a", "a\x00b", "a\nb", "a\rb", "a\u202eb", "a\u200bb", " a", "a ", "a.",
    "a/ /b", "a*", "a?", 'a"', "a|b", "<a>", "a/b/c/d/e/f", "x" * 201, "\ud800",
]  # fmt: skip
"""Also what only some systems take for another name."""


@pytest.mark.parametrize("given_name", BAD)
def test_a_name_that_is_none_is_refused(given_name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        file_name(given_name)
    assert refusal.value.fields == {"name": ["files.bad_name"]}


@pytest.mark.parametrize(
    "name", ["a", "a.csv", "报表/2026/订单.csv", ".hidden", "a b.txt", "a/b/c/d/e"]
)
def test_a_plain_name_is_kept(name: str) -> None:
    assert file_name(name) == name


def test_what_looks_the_same_is_the_same() -> None:
    assert file_name("cafe\u0301.txt") == file_name("caf\u00e9.txt")


@pytest.mark.parametrize(
    ("folder", "name", "path"),
    [
        ("", "", "."), ("", "a.csv", "a.csv"), ("/", "", "/"), ("/", "a.csv", "/a.csv"),
        ("/in", "", "/in"), ("/in/", "a.csv", "/in/a.csv"), ("in", "b/a.csv", "in/b/a.csv"),
        ("/in", "/a.csv", "/in/a.csv"), ("/in", "b/", "/in/b"),
    ],
)  # fmt: skip
def test_a_path_is_beneath_its_folder(folder: str, name: str, path: str) -> None:
    assert remote_path(folder, name) == path


@given(st.text(alphabet=st.sampled_from("./\\a \r\n\x00~*"), max_size=12))
def test_no_path_leaves_its_folder_or_its_line(name: str) -> None:
    try:
        path = remote_path("/in", name)
    except Invalid:
        return
    assert path == "/in" or path.startswith("/in/")
    assert not {"..", "."} & set(path.split("/"))
    assert not {"\r", "\n", "\x00", "\\"} & set(path)

"""Code tables as CSV: what spreadsheets save, and what is wrong by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.objects.service.code_files import read_file, write_file

ROWS = "value,zh-CN,en,parent,color,active,closed\nhome,家用,Home,,red,yes,no\nold,旧,Old,home,,no,yes\n"
READ = [
    {"value": "home", "label": {"zh-CN": "家用", "en": "Home"}, "color": "red", "active": True,
     "closed": False},
    {"value": "old", "label": {"zh-CN": "旧", "en": "Old"}, "parent": "home", "active": False,
     "closed": True},
]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_is_read_in_the_encodings_that_spreadsheets_save(encoding: str) -> None:
    assert read_file(ROWS.encode(encoding)) == (dict(enumerate(READ, 2)), [])


def test_one_language_stands_for_both_and_the_value_for_none() -> None:
    options, faults = read_file("value,zh-CN\nhome,家用\nold,\n".encode())
    assert faults == []
    assert [option["label"] for option in options.values()] == [
        {"zh-CN": "家用", "en": "家用"},
        {"zh-CN": "old", "en": "old"},
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xff\x00", (1, "validation.encoding")),
        (b"", (1, "validation.csv_heading")),
        (b"code,name\nx,y\n", (1, "validation.csv_heading")),
        (b'value,en\n"a"b,c\n', (1, "validation.csv")),
        (b"value,en,active\na,A,yes\nb,B,perhaps\n", (3, "validation.boolean")),
        (b"value,en\na,A\n\na,B\n", (4, "validation.duplicate")),
        (b"value,en\n,A\n", (2, "String does not match expected pattern.")),
    ],
)
def test_what_is_wrong_is_told_by_line(content: bytes, fault: tuple[int, str]) -> None:
    options, faults = read_file(content)
    assert (options, faults[0]) == ({}, fault)


def test_a_formula_leaves_as_text_and_comes_back_as_it_was() -> None:
    item = {
        "value": "a",
        "label": {"zh-CN": "=1+1", "en": "@SUM(A1)"},
        "active": True,
        "closed": False,
    }
    written = write_file([item])
    assert "'=1+1" in written
    assert read_file(written.encode()) == ({2: item}, [])


_LABEL = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=20).filter(
    lambda text: text == text.strip() and not text.startswith("'")
)
_ITEM = st.fixed_dictionaries(
    {
        "value": st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,10}", fullmatch=True),
        "label": st.fixed_dictionaries({"zh-CN": _LABEL, "en": _LABEL}),
        "active": st.booleans(),
        "closed": st.booleans(),
    }
)


@given(st.lists(_ITEM, max_size=8, unique_by=lambda item: item["value"]))
def test_what_is_written_is_read(items: list[dict]) -> None:
    assert read_file(write_file(items).encode()) == (dict(enumerate(items, 2)), [])

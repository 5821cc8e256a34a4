"""Variables in texts: each place has its own way of being harmless."""

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.templates import copied, fill, in_header, in_json, in_url, in_xml, names

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def test_a_name_in_braces_stands_for_its_value_and_nothing_else_does():
    text = '{"a": "{caller}", "b": {}, "c": {1}} {unset}.'
    assert fill(text, {"caller": "138"}) == '{"a": "138", "b": {}, "c": {1}} .'
    assert names(text) == {"caller", "unset"}


@pytest.mark.parametrize(
    ("value", "said"), [(True, "true"), (3.0, "3"), (2.5, "2.5"), (7, "7"), ("x", "x")]
)
def test_values_are_written_plainly(value, said):
    assert fill("<{v}>", {"v": value}) == f"<{said}>"


def test_one_variable_alone_is_copied_with_its_kind():
    assert copied("{n}", {"n": 7}) == 7
    assert copied("{n}-", {"n": 7}) == "7-"
    assert copied("{n}", {}) == ""


@given(texts)
def test_a_value_stays_within_its_json_string(value):
    assert json.loads(fill('{"v": "{v}"}', {"v": value}, in_json)) == {"v": value}


@given(texts)
def test_a_value_stays_within_its_element_and_attribute(value):
    root = ET.fromstring(fill('<a b="{v}"><c>{v}</c></a>', {"v": value}, in_xml))  # noqa: S314 (our own)
    assert [child.tag for child in root] == ["c"]
    assert set(root.attrib) == {"b"}


@given(texts)
def test_a_value_stays_within_its_part_of_a_url_and_its_header(value):
    filled = fill("/a/{v}?b={v}", {"v": value}, in_url)
    assert filled.count("/") == 2
    assert not set(filled.partition("?")[2]) & set("&#? \r\n")
    assert not set(fill("{v}", {"v": value}, in_header)) & set("\r\n\0")


def test_what_a_variable_says_is_not_filled_again():
    assert fill("{a}", {"a": "{b}", "b": "secret"}) == "{b}"

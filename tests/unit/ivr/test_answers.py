"""What a flow reads out of an answer: a path in JSON or XML, and nothing that could do harm."""

import pytest

from ivr.answers import LONGEST, Unreadable, read
from ivr.effects import AnswerKind

JSON = b'{"data": [{"name": "Wang", "due": 12.5, "late": true, "deep": {}}], "a/b": 1, "n": null}'
SOAP = b"""<?xml version="1.0"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<m:Answer xmlns:m="urn:erp" id="7"><m:balance> 128.50 </m:balance></m:Answer>
</s:Body></s:Envelope>"""


def one(content, kind, path):
    return read(content, kind, {"x": path}).get("x")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/data/0/name", "Wang"), ("/data/0/due", 12.5), ("/data/0/late", True), ("/a~1b", 1),
        ("/data/1/name", None), ("/data/x", None), ("/data/0/deep", None), ("/n", None),
        ("", None), ("/data/99999999999999999999", None),
    ],
)  # fmt: skip
def test_a_pointer_finds_its_value_in_json(path, value):
    assert one(JSON, AnswerKind.JSON, path) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Body/Answer/balance", "128.50"), ("Body//balance", "128.50"), ("Body/Answer/@id", "7"),
        ("Body/Fault", None), ("Body/Answer/@no", None), ("Body[", None), ("", "128.50"),
    ],
)  # fmt: skip
def test_a_path_finds_its_value_in_xml(path, value):
    assert one(SOAP, AnswerKind.XML, path) == value


@pytest.mark.parametrize("kind", [AnswerKind.JSON, AnswerKind.XML])
@pytest.mark.parametrize("content", [b"", b"<a>", b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_neither_is_unreadable(kind, content):
    with pytest.raises(Unreadable):
        one(content, kind, "/a")


def test_entities_are_not_read():
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    with pytest.raises(Unreadable):
        one(bomb, AnswerKind.XML, "")


def test_a_long_value_is_cut_off():
    content = b'{"v": "%s"}' % (b"x" * 5000)
    assert len(one(content, AnswerKind.JSON, "/v")) == LONGEST


def test_without_paths_nothing_is_read():
    assert read(b"no JSON", AnswerKind.JSON, {}) == {}
    assert read(b"no JSON", AnswerKind.NONE, {"x": "/a"}) == {}

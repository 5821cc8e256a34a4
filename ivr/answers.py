"""What is read out of an answer from outside: a path in its JSON or XML. Pure."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

from ivr.effects import AnswerKind
from ivr.expressions import Value

LONGEST = 1000
"""Characters of a value; the rest is cut off."""


_NAME = r"[A-Za-z_][\w.-]*"
_XML_PATH = re.compile(rf"({_NAME}(//?{_NAME})*)?(/?@{_NAME})?")
_POINTER = re.compile(r"(/([^/~]|~[01])*)*")


class Unreadable(ValueError):
    """The answer is not what it was said to be."""


def is_path(kind: AnswerKind, path: str) -> bool:
    return (_POINTER if kind is AnswerKind.JSON else _XML_PATH).fullmatch(path) is not None


def read(content: bytes, kind: AnswerKind, paths: dict[str, str]) -> dict[str, Value]:
    """paths: variable → path. What is not there, or is no single value, is not among the answer.

    Raises Unreadable.
    """
    if kind is AnswerKind.NONE or not paths:
        return {}
    find = _json(content) if kind is AnswerKind.JSON else _xml(content)
    found = {name: find(path) for name, path in paths.items()}
    return {name: value for name, value in found.items() if value is not None}


def _json(content: bytes) -> Any:
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unreadable("no JSON") from error
    return lambda path: _value(_pointed(whole, path))


def _pointed(whole: Any, pointer: str) -> Any:
    """RFC 6901."""
    here = whole
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(here, list) and name.isdigit() and int(name[:9]) < len(here):
            here = here[int(name)]
        elif isinstance(here, dict) and name in here:
            here = here[name]
        else:
            return None
    return here


def _value(found: Any) -> Value | None:
    if isinstance(found, str):
        return found[:LONGEST]
    return found if isinstance(found, bool | int | float) else None


def _xml(content: bytes) -> Any:
    # Entities are what an answer could blow itself up with; no service that is asked needs them.
    if b"\0" in content:
        raise Unreadable("XML in a coding that hides what it holds")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Unreadable("XML with a document type")
    try:
        root = ET.fromstring(content)  # noqa: S314 (no document type, 64 KB at most)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Unreadable("no XML") from error
    for element in root.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    return lambda path: _named(root, path)


def _named(root: ET.Element, path: str) -> Value | None:
    """`Body/Answer/balance`, `Body//balance`, `Body/Answer/@id`; the root's own name is left out."""
    if not is_path(AnswerKind.XML, path):
        return None
    way, _, attribute = path.partition("@")
    element = root.find(way.rstrip("/")) if way.rstrip("/") else root
    if element is None:
        return None
    text = element.get(attribute) if attribute else "".join(element.itertext())
    return text.strip()[:LONGEST] if text is not None else None

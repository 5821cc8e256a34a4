"""Texts with variables: `{name}` stands for what the call knows by that name. Pure.

Anything else in braces is left as it is, so the JSON of a body needs no marks of its own.
"""

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote
from xml.sax.saxutils import escape

from ivr.expressions import Value

_NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]{0,63})\}")
Escape = Callable[[str], str]


def names(template: str) -> frozenset[str]:
    """The variables that it reads."""
    return frozenset(_NAME.findall(template))


def fill(template: str, variables: Mapping[str, Value], escaped: Escape = str) -> str:
    """One that is not set is empty."""
    return _NAME.sub(lambda found: escaped(plain(variables.get(found[1], ""))), template)


def copied(template: str, variables: Mapping[str, Value]) -> Value:
    """As `fill`; a template of one variable alone is a copy of it, of its kind."""
    alone = _NAME.fullmatch(template)
    if alone is not None and alone[1] in variables:
        return variables[alone[1]]
    return fill(template, variables)


def plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def in_url(text: str) -> str:
    return quote(text, safe="")


def in_json(text: str) -> str:
    """For the inside of a string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def in_xml(text: str) -> str:
    return escape(_printable(text), {'"': "&quot;", "'": "&apos;"})


def in_header(text: str) -> str:
    """Nothing that ends a header, and nothing that one cannot carry."""
    return _printable(text).encode("ascii", "ignore").decode()


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())

"""The words of an expression."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.expressions.errors import BadExpression

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<text>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*')
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign><>|!=|<=|>=|==|[-+*/&=<>(),])
    )""",
    re.VERBOSE,
)
_ALIKE = {"==": "=", "!=": "<>"}
SIGNS_IN_WORDS = ("and", "or", "not")


@dataclass(frozen=True, slots=True)
class Token:
    """kind: number, text, word, sign or end."""

    kind: str
    text: str
    at: int


def tokens(text: str) -> Iterator[Token]:
    """Raises BadExpression where nothing that is known begins."""
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise BadExpression("expression.unreadable", {"text": text[at : at + 10]}, at)
        kind = found.lastgroup or ""
        yield Token(kind, _meant(kind, found[kind]), found.start(kind))
        at = found.end()
    yield Token("end", "", end)


def _meant(kind: str, text: str) -> str:
    if kind == "text":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if text.lower() in SIGNS_IN_WORDS:
        return text.lower()
    return _ALIKE.get(text, text)

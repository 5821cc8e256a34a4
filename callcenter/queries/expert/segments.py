"""Conditions that may be left out: `status = 'open' [[ and city = :city ]]`. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from callcenter.queries.expert.parts import BadStatement, Problem

# What brackets and parentheses are no longer such in.
_QUIET = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|\[\[|\]\]|[()]", re.DOTALL
)
_LEADING = re.compile(r"\s*\b(and|or)\b", re.IGNORECASE)
_TRAILING = re.compile(r"\b(and)\b\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Segment:
    """One condition; text is as long as the whole, so that its places are those of the whole."""

    text: str
    optional: bool


def segments(part: str, text: str) -> list[Segment]:
    """What always holds, and each condition that may be left out; raises BadStatement.

    All are joined by AND, so such a condition stands at the top, never between parentheses.
    """
    spans = [*_spans(part, text)]
    always = text
    for start, end in spans:
        always = always[:start] + _blank(text[start:end]) + always[end:]
    found = [Segment(_without_and(always), optional=False)] if always.strip() else []
    for start, end in spans:
        inner = text[start + 2 : end - 2]
        leading = _LEADING.match(inner)
        if leading and leading[1].lower() == "or":
            raise BadStatement((_problem(part, text, start, "expert.optional_or"),))
        blanked = _blank(text[: start + 2]) + inner + _blank(text[end - 2 :])
        found.append(Segment(_without_and(blanked), optional=True))
    return [each for each in found if each.text.strip()]


def _spans(part: str, text: str) -> Iterator[tuple[int, int]]:
    depth, begun = 0, None
    for match in _QUIET.finditer(text):
        sign = match[0]
        if sign in {"(", ")"} and begun is None:
            depth += 1 if sign == "(" else -1
        elif sign == "[[":
            if begun is not None or depth:
                raise BadStatement((_problem(part, text, match.start(), "expert.optional_inside"),))
            begun = match.start()
        elif sign == "]]":
            if begun is None:
                raise BadStatement((_problem(part, text, match.start(), "expert.optional_open"),))
            yield begun, match.end()
            begun = None
    if begun is not None:
        raise BadStatement((_problem(part, text, begun, "expert.optional_open"),))


def _without_and(text: str) -> str:
    """What joined it to others is not part of it."""
    leading = _LEADING.match(text)
    if leading and leading[1].lower() == "and":
        text = _blank(text[: leading.end()]) + text[leading.end() :]
    trailing = _TRAILING.search(text)
    return text[: trailing.start()] if trailing else text


def _blank(text: str) -> str:
    return "".join(each if each == "\n" else " " for each in text)


def _problem(part: str, text: str, start: int, key: str) -> Problem:
    line, column = place_of(text, start)
    return Problem(part, line, column, 2, key)


def place_of(text: str, start: int) -> tuple[int, int]:
    """Line and column, both from 1."""
    before = text[:start]
    return before.count("\n") + 1, start - (before.rfind("\n") + 1) + 1

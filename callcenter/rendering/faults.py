"""What Jinja2 says of a bad template, as captions: its own words are English only. Pure."""

import re
from collections.abc import Mapping
from traceback import walk_tb
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError, UndefinedError

from callcenter.rendering.errors import InstructionFailed, RenderFailed, ToldBy

_QUOTED = r"""(?:'(?P<{0}>.*?)'|"(?P<{0}_>.*?)")"""
_KNOWN: Mapping[str, str] = {
    rf"Encountered unknown tag {_QUOTED.format('name')}\.": "template.unknown_tag",
    rf"Unexpected end of template\..* closed is {_QUOTED.format('tag')}\.": "template.not_closed",
    r"(?:[Ee]xpected|unexpected) .*'end of template'\Z": "template.not_finished",
    rf"unexpected end of template, expected {_QUOTED.format('tag')}\.": "template.not_closed",
    rf"expected token {_QUOTED.format('wanted')}, got {_QUOTED.format('found')}\Z":
        "template.expected",
    rf"unexpected {_QUOTED.format('found')}, expected {_QUOTED.format('wanted')}\Z":
        "template.expected",
    rf"unexpected (?:char )?{_QUOTED.format('found')}": "template.unexpected",
    rf"Expected an expression, got {_QUOTED.format('found')}": "template.unexpected",
    rf"No filter named {_QUOTED.format('name')}": "template.unknown_filter",
    rf"No test named {_QUOTED.format('name')}": "template.unknown_test",
}  # fmt: skip
_PATTERNS = [(re.compile(text, re.DOTALL), key) for text, key in _KNOWN.items()]
_SIGNS = {
    "begin of print statement": "{{",
    "end of print statement": "}}",
    "begin of statement block": "{%",
    "end of statement block": "%}",
    "begin of comment": "{#",
    "end of comment": "#}",
}
"""Jinja2's words for its signs → the signs."""

_LONGEST = 60


class KeptFromSome(UndefinedError):
    """A field that not everybody may see stands where everybody reads it."""


class NotHere(TemplateSyntaxError):
    """A statement that templates of ours do not have."""


def fault_of(error: Exception, template: Template | None) -> RenderFailed:
    """template: the one that was running; None while it was read."""
    match error:
        # Of what nests too deeply Python itself says now one, now the other.
        case RecursionError() | SyntaxError():
            return RenderFailed("template.too_deep")
        case MemoryError():
            return RenderFailed("template.too_much")
    key, parameters = _key_of(error)
    passes = isinstance(error, InstructionFailed) and error.refused.may_pass
    return RenderFailed(key, parameters, _line(error, template), may_pass=passes)


def _key_of(error: Exception) -> tuple[str, dict[str, Any]]:
    match error:
        case InstructionFailed():
            return "template.instruction_failed", {"name": error.name, "why": error.refused.told}
        case ToldBy():
            return "template.ended", {"message": str(error)}
        case UndefinedError():
            kept = isinstance(error, KeptFromSome)
            key = "template.kept_from_some" if kept else "template.unknown_name"
            return key, {"name": _short(str(error))}
        case SecurityError() | NotHere():
            return "template.not_here", {}
        case TemplateError():
            return _said(error.message or "")
    return "template.cannot", {}


def _said(message: str) -> tuple[str, dict[str, str]]:
    for pattern, key in _PATTERNS:
        if match := pattern.match(message):
            found = {name.rstrip("_"): text for name, text in match.groupdict().items() if text}
            return key, {name: _short(_SIGNS.get(text, text)) for name, text in found.items()}
    return "template.syntax", {}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _line(error: Exception, template: Template | None) -> int:
    """Where it happened; of macros that call one another, the innermost."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    if template is None:
        return 1
    told = template.get_corresponding_lineno
    lines = [
        told(line)
        for frame, line in walk_tb(error.__traceback__)
        if frame.f_globals.get("__jinja_template__") == template
    ]
    return lines[-1] if lines else 1

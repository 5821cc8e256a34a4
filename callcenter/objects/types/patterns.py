"""Patterns that a designer writes, in RE2: it takes time by the length of the text, whatever they are.

What only a search of all ways can find (references to groups, looking ahead or back) it does not have.
"""

from functools import lru_cache
from typing import Any

import re2

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


def is_pattern(text: str) -> bool:
    return _compiled(text) is not None


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is of the pattern; nothing is of one that is none."""
    compiled = _compiled(pattern)
    return compiled is not None and compiled.fullmatch(text) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    try:
        return re2.compile(pattern, options=_OPTIONS)
    except re2.error:
        return None

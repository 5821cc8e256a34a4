"""Texts that came from anywhere, as PostgreSQL takes them."""

import math
from collections.abc import Mapping
from typing import Any


def kept(text: str) -> str:
    """Without NUL, and with a `?` for every half of a character."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def kept_deeply(value: Any) -> Any:
    """As JSON that PostgreSQL takes; what JSON does not have becomes text."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case str():
            return kept(value)
        case Mapping():
            return {kept(str(key)): kept_deeply(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [kept_deeply(each) for each in value]
        case _:
            return kept(str(value))

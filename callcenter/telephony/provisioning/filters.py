"""What may stand in a configuration file: every value passes one of these, or is refused.

Asterisk has no quoting that holds everywhere: a line ends at CR/LF, `;` begins a comment, `${` an
expression, `,` the next argument. So names are checked against what they may be, and free text
(people's names) loses whatever means something.
"""

import re
from collections.abc import Callable
from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,78}\Z")
_NUMBER = re.compile(r"\+?[0-9]{1,20}\Z")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}\Z")
_ADDRESS = re.compile(r"[A-Za-z0-9:.-]{1,253}(?:/[0-9]{1,3})?\Z")
_MEANINGFUL = re.compile(r"[\x00-\x1f\x7f\"\\;<>{}$\[\]|]")


class UnsafeSetting(ValueError):
    """A value that would mean something else in Asterisk's files; kind and value are told."""

    def __init__(self, kind: str, value: object) -> None:
        super().__init__(f"not a {kind}: {value!r}")


def name(value: str) -> str:
    """A section, endpoint, queue, trunk, codec or id."""
    return _matching(_NAME, "name", value)


def number(value: str) -> str:
    return _matching(_NUMBER, "number", value)


def secret(value: str) -> str:
    if not _SECRET.match(value):
        raise UnsafeSetting("secret", "…")
    return value


def address(value: str) -> str:
    """A host name, an address, or a network."""
    return _matching(_ADDRESS, "address", value)


def port(value: int) -> str:
    if not 0 < value < 65536:
        raise UnsafeSetting("port", value)
    return str(value)


def count(value: int) -> str:
    if value < 0:
        raise UnsafeSetting("count", value)
    return str(value)


def path(value: Path) -> str:
    text = str(value)
    if not value.is_absolute() or _MEANINGFUL.search(text) or "," in text:
        raise UnsafeSetting("path", text)
    return text


def text(value: str) -> str:
    """What a person wrote, without what means something to Asterisk; at most 80 characters."""
    return " ".join(_MEANINGFUL.sub(" ", value).split())[:80]


def _matching(pattern: re.Pattern[str], kind: str, value: str) -> str:
    if not pattern.match(value):
        raise UnsafeSetting(kind, value)
    return value


FILTERS: dict[str, Callable[..., str]] = {
    f.__name__: f for f in (name, number, secret, address, port, count, path, text)
}

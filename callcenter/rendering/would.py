"""What a preview would have done outside, as far as it is kept: to be looked at, not to be done. Pure."""

from collections.abc import Mapping
from typing import Any

from callcenter.rendering.plain import DEEPEST, Pretended, Withheld

LONGEST = 2000
"""Letters that are kept of one text."""

ROOM = 64 * 1024
"""Bytes that are kept of one preview, about."""

CUT = "…"
"""For the rest, and for what is not known before it is done."""

_EACH = 8
"""Bytes that any value takes, however short it is."""


class Would:
    """kept: {"line", "name", "arguments"} of each, the arguments shortened."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self._room = ROOM

    def note(self, line: int, name: str, arguments: Mapping[str, Any]) -> None:
        shortened = {key: self._short(value) for key, value in arguments.items()}
        self.kept.append({"line": line, "name": name, "arguments": shortened})

    def _short(self, value: Any, depth: int = 0) -> Any:
        self._room -= _EACH
        if depth > DEEPEST or self._room <= 0:
            return value if value is None else CUT
        match value:
            case dict():
                return self._names(value, depth)
            case list() | tuple():
                return self._list(value, depth)
            case str():
                return self._text(value)
            case Pretended() | Withheld():
                return CUT
        return self._number(value)

    def _text(self, text: str) -> str:
        kept = text[: min(LONGEST, self._room)]
        self._room -= len(kept.encode(errors="surrogatepass"))
        return kept if len(kept) == len(text) else kept + CUT

    def _number(self, value: Any) -> Any:
        """Days, moments, switches and nothing as well."""
        try:
            size = len(str(value))
        except ValueError:  # more digits than Python writes
            return CUT
        self._room -= size
        return value if size <= LONGEST else CUT

    def _names(self, values: Mapping[str, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, each in values.items():
            if self._room <= 0:
                found[CUT] = CUT
                break
            found[self._text(key)] = self._short(each, depth + 1)
        return found

    def _list(self, values: list[Any] | tuple[Any, ...], depth: int) -> list[Any]:
        found: list[Any] = []
        for each in values:
            if self._room <= 0:
                found.append(CUT)
                break
            found.append(self._short(each, depth + 1))
        return found

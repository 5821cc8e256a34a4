"""Why a template came to nothing, and in which of its lines."""

from collections.abc import Mapping
from typing import Any


class RenderFailed(Exception):
    """A caption's key and its parameters; the line, which counts from 1, is among them.

    line: None for what is wrong with the template as a whole.
    """

    def __init__(
        self, key: str, parameters: Mapping[str, Any] | None = None, line: int | None = None
    ) -> None:
        super().__init__(key)
        self.key = key
        self.parameters = dict(parameters or {}) | ({} if line is None else {"line": line})
        self.line = line


class OutOfTime(BaseException):
    """Nothing that runs in a template takes it for a fault of its own."""

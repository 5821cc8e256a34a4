"""Why a template came to nothing, and in which of its lines."""

from collections.abc import Mapping, Sequence
from typing import Any


class RenderFailed(Exception):
    """A caption's key and its parameters; the line, which counts from 1, is among them.

    line: None for what is wrong with the template as a whole. may_pass: whether the same may go well
    in a while. log: what it noted before.
    """

    def __init__(
        self,
        key: str,
        parameters: Mapping[str, Any] | None = None,
        line: int | None = None,
        *,
        may_pass: bool = False,
    ) -> None:
        super().__init__(key)
        self.key = key
        self.parameters = dict(parameters or {}) | ({} if line is None else {"line": line})
        self.line = line
        self.may_pass = may_pass
        self.log: Sequence[Mapping[str, Any]] = ()


class Refused(Exception):
    """An instruction cannot do what is asked of it: a caption's key and its parameters.

    may_pass: whether the same may go well in a while.
    """

    def __init__(
        self, key: str, parameters: Mapping[str, Any] | None = None, *, may_pass: bool = False
    ) -> None:
        super().__init__(key)
        self.key = key
        self.parameters = dict(parameters or {})
        self.may_pass = may_pass

    @property
    def told(self) -> dict[str, Any]:
        """As a parameter of another caption."""
        return {"key": self.key, "parameters": self.parameters}


class InstructionFailed(Exception):
    """Which instruction refused, and why."""

    def __init__(self, name: str, refused: Refused) -> None:
        super().__init__(name)
        self.name = name
        self.refused = refused


class ToldBy(Exception):
    """The designer's own words, by which his template ends itself."""


class OutOfTime(BaseException):
    """Nothing that runs in a template takes it for a fault of its own."""

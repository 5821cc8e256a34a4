"""Refusals of quality."""

from typing import ClassVar

from callcenter.core.errors import AppError


class ScoreSubmitted(AppError):
    """A submitted score stands: the agent has seen it."""

    code: ClassVar[str] = "score-submitted"
    status: ClassVar[int] = 409


class AlreadyScored(AppError):
    """The call has a score; details: {"id": its id}."""

    code: ClassVar[str] = "already-scored"
    status: ClassVar[int] = 409

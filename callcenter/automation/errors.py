"""Refusals of work on scheduled tasks."""

from typing import ClassVar

from callcenter.core.errors import AppError


class AlreadyWaiting(AppError):
    """Somebody has asked for a run that has not begun yet."""

    code: ClassVar[str] = "task-waiting"
    status: ClassVar[int] = 409


class TooManyDeliveries(AppError):
    """details: {"most": how many one may have}."""

    code: ClassVar[str] = "too-many-deliveries"
    status: ClassVar[int] = 409


class RunIsOver(AppError):
    """There is nothing to stop any more."""

    code: ClassVar[str] = "task-run-over"
    status: ClassVar[int] = 409

"""Refusals of calling out."""

from typing import ClassVar

from callcenter.core.errors import AppError


class TaskNotRunning(AppError):
    code: ClassVar[str] = "task-not-running"
    status: ClassVar[int] = 409


class AttemptOver(AppError):
    """The attempt was dialled, skipped or ended already."""

    code: ClassVar[str] = "attempt-over"
    status: ClassVar[int] = 409


class OutsideWindow(AppError):
    """Nobody is called at this hour; details: {"from": "09:00", "to": "21:00"}."""

    code: ClassVar[str] = "outside-calling-window"
    status: ClassVar[int] = 409


class OutsideSchedule(AppError):
    """The task's schedule is closed; details: {"schedule": name, "opens": "11-30 09:00"}, local."""

    code: ClassVar[str] = "outside-schedule"
    status: ClassVar[int] = 409


class ScheduleClosed(AppError):
    """The task's schedule is closed, nobody knows for how long; details: {"schedule": name}."""

    code: ClassVar[str] = "schedule-closed"
    status: ClassVar[int] = 409


class DoNotCallListed(AppError):
    """The number has asked not to be called."""

    code: ClassVar[str] = "do-not-call"
    status: ClassVar[int] = 409


class NoSuchTask(AppError):
    """No calling task has that name; details: {"task": name}."""

    code: ClassVar[str] = "no-such-task"
    status: ClassVar[int] = 404

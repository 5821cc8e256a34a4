"""Refusals of work on messages."""

from typing import ClassVar

from callcenter.core.errors import AppError


class MessageStands(AppError):
    """Not possible as the message stands; details: {"state", "agent": who has it}."""

    code: ClassVar[str] = "message-state"
    status: ClassVar[int] = 409


class NoMessageSound(AppError):
    """There is nothing to play (yet); details: {"state": recorded|missing}."""

    code: ClassVar[str] = "no-recording"
    status: ClassVar[int] = 404

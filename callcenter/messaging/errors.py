"""Refusals of work on messages."""

from typing import ClassVar

from callcenter.core.errors import AppError


class SendingStands(AppError):
    """Not possible as the message stands; details: {"state"}."""

    code: ClassVar[str] = "sending-state"
    status: ClassVar[int] = 409

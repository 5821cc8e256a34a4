"""Refusals of the ledger's reading side."""

from typing import ClassVar

from callcenter.core.errors import AppError


class LinkExpired(AppError):
    """The link to a recording has ended; a new one can be asked for."""

    code: ClassVar[str] = "link-expired"
    status: ClassVar[int] = 410


class NoRecording(AppError):
    """There is no recording to play; details: {"state": recording|stopped|missing}."""

    code: ClassVar[str] = "no-recording"
    status: ClassVar[int] = 404

"""Refusals of the enterprise's folder."""

from typing import ClassVar

from callcenter.core.errors import AppError, Invalid, NotFound


class FolderFull(AppError):
    """Everything together would be more than it may; details: {"most": megabytes}."""

    code: ClassVar[str] = "folder-full"
    status: ClassVar[int] = 409


class FileThere(AppError):
    """There is one of that name, which was not to be replaced; details: {"name": of both}."""

    code: ClassVar[str] = "file-there"
    status: ClassVar[int] = 409


class TooManyFiles(AppError):
    """details: {"most": how many}."""

    code: ClassVar[str] = "too-many-files"
    status: ClassVar[int] = 409


class FileTooLong(AppError):
    """It is more than a text may be, or than one file; details: {"most": kilobytes}."""

    code: ClassVar[str] = "file-too-long"
    status: ClassVar[int] = 413


class BadFileName(Invalid):
    """details: {"name": as it was given}."""

    code: ClassVar[str] = "bad-file-name"


class NoSuchFile(NotFound):
    """details: {"name": of the file}."""

    code: ClassVar[str] = "no-such-file"

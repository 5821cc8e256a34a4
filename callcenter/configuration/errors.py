"""Refusals of configurations."""

from typing import ClassVar

from callcenter.core.errors import AppError


class NotAConfiguration(AppError):
    """A file of another kind."""

    code: ClassVar[str] = "not-a-configuration"
    status: ClassVar[int] = 422


class NewerFormat(AppError):
    """Written by a later version of the product; details: {"format": its, "known": ours}."""

    code: ClassVar[str] = "newer-format"
    status: ClassVar[int] = 422


class BadConfiguration(AppError):
    """It contradicts itself; fields: path → what is wrong. Nothing was taken."""

    code: ClassVar[str] = "bad-configuration"
    status: ClassVar[int] = 422


class CannotTake(AppError):
    """Something was chosen that cannot be taken; fields: `<part>.<key>` → why. Nothing was taken."""

    code: ClassVar[str] = "cannot-take"
    status: ClassVar[int] = 409

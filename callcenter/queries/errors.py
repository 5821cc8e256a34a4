"""Refusals of queries."""

from typing import ClassVar

from callcenter.core.errors import AppError


class BadQuery(AppError):
    """Its document contradicts itself, or the objects in force; fields: place → what is wrong."""

    code: ClassVar[str] = "bad-query"
    status: ClassVar[int] = 422


class NotForRole(AppError):
    """It asks by fields that are kept from the role; fields: place → that it is."""

    code: ClassVar[str] = "query-not-for-role"
    status: ClassVar[int] = 403


class BadBeginning(AppError):
    """A parameter's template came to nothing, and nothing is filled in; fields: parameter → why."""

    code: ClassVar[str] = "bad-beginning"
    status: ClassVar[int] = 422


class TooSlow(AppError):
    """It took longer than it may; details: {"seconds"}."""

    code: ClassVar[str] = "query-too-slow"
    status: ClassVar[int] = 422

"""Refusals of tenancy."""

from callcenter.core.errors import AppError


class AlreadyBound(AppError):
    """The access number leads to an enterprise; it must be unbound first."""

    code = "already-bound"
    status = 409


class NotBound(AppError):
    """The access number leads to no enterprise, so its calls have nowhere to go."""

    code = "not-bound"
    status = 409

"""Why a sign-in is refused."""

from callcenter.core.errors import AppError


class SignInRefused(AppError):
    """Wrong code or password, or a suspended enterprise or user: which, is not told."""

    code = "sign-in-refused"
    status = 401


class LockedOut(AppError):
    """Too many attempts; details: {"retry_after": seconds}."""

    code = "locked-out"
    status = 423


class WrongPassword(AppError):
    code = "wrong-password"
    status = 422

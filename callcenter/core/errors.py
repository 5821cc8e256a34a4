"""Typed errors with stable codes.

The codes are part of the public API: clients switch on them. They are never renamed.
The text a user reads is a caption (`error.<code>`), looked up in the user's language over HTTP.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar


class AppError(Exception):
    """A refusal that the user can understand.

    code     stable identifier, also the caption key `error.<code>`
    status   HTTP status
    details  JSON values for the client, also the caption's parameters
    fields   field name → caption keys of what is wrong with it
    """

    code: ClassVar[str] = "failed"
    status: ClassVar[int] = 400

    def __init__(
        self,
        details: Mapping[str, Any] | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(self.code)
        self.details = dict(details or {})
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}

    @property
    def may_pass(self) -> bool:
        """Whether it comes of the moment: too much at once, or somebody is away."""
        return self.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

    @property
    def headers(self) -> Mapping[str, str]:
        """What goes with the answer; `retry_after` among the details, in seconds, is told there too."""
        wait = self.details.get("retry_after")
        return {} if wait is None else {"Retry-After": str(wait)}


class NotSignedIn(AppError):
    code = "not-signed-in"
    status = 401


class KeyRefused(AppError):
    """No such key, or it has ended, or comes from elsewhere: which, is not told."""

    code = "key-refused"
    status = 401

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(AppError):
    code = "forbidden"
    status = 403


class NotForKeys(AppError):
    """The route is for people, or the key was not given what it asks for."""

    code = "not-for-keys"
    status = 403


class CsrfFailed(AppError):
    code = "csrf-failed"
    status = 403


class PasswordChangeRequired(AppError):
    code = "password-change-required"
    status = 403


class NotFound(AppError):
    """Also the answer for what exists in another enterprise: its existence is not told."""

    code = "not-found"
    status = 404


class Conflict(AppError):
    code = "conflict"
    status = 409


class InUse(AppError):
    """It cannot be deleted while something refers to it; details: {"by": what}."""

    code = "in-use"
    status = 409


class Stale(AppError):
    """Someone else changed the record since it was read; nothing was overwritten."""

    code = "stale"
    status = 412


class PreconditionRequired(AppError):
    code = "precondition-required"
    status = 428


class Invalid(AppError):
    code = "invalid"
    status = 422


class TooManyRequests(AppError):
    """details: {"retry_after": seconds}."""

    code = "too-many-requests"
    status = 429


class Unavailable(AppError):
    """A part of the system does not answer; details: {"part": name}."""

    code = "unavailable"
    status = 503

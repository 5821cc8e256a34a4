"""What every slice's HTTP layer stands on: the gate, paging, ETags, errors.

A view is 3-6 lines: parse → service → dump. The gate in front of all routes denies by default: a
view without `@requires(...)` or `@public` does not start.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar, cast

import structlog
from flask import Flask, Response, g, jsonify, request
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from psycopg.errors import ForeignKeyViolation, ProgramLimitExceeded, UniqueViolation
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from callcenter.core.errors import (
    AppError,
    CsrfFailed,
    Forbidden,
    Invalid,
    KeyRefused,
    NotForKeys,
    NotSignedIn,
    PasswordChangeRequired,
    PreconditionRequired,
)
from callcenter.core.i18n import caption, choose_locale
from callcenter.core.ids import new_id
from callcenter.core.messages import caption_of, flatten, of_request
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope

log = structlog.get_logger()
View = TypeVar("View", bound=Callable[..., Any])
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the gate found behind the session cookie."""

    actor: Actor
    csrf_token: str
    must_change_password: bool


class Gatekeeper(Protocol):
    def find(self, cookie: str, ip: str) -> SignedIn | None:
        """The session behind the cookie, or None when there is none, or it ended."""
        ...


class Keykeeper(Protocol):
    def admit(self, key: str, ip: str) -> Actor:
        """The program behind the key; raises KeyRefused, TooManyRequests, Unavailable."""
        ...


COOKIE = "cc_session"
SESSION, KEY = "session", "key"
"""The two ways of proving who one is, as the description names them."""

SECURITY: Mapping[str, Any] = {
    SESSION: {"type": "apiKey", "in": "cookie", "name": COOKIE},
    KEY: {"type": "http", "scheme": "bearer"},
}


def _describe_proofs(view: Any, *ways: str) -> None:
    """By which ways one may prove who one is here; what is not described so asks for a session."""
    known = deepcopy(getattr(view, "_apidoc", {}))
    view._apidoc = {**known, "manual_doc": {"security": [{way: []} for way in ways]}}  # noqa: SLF001 (what flask-smorest reads)


def public(view: View) -> View:
    """This view is for everyone, signed in or not."""
    view.__gate__ = None  # type: ignore[attr-defined]
    _describe_proofs(view)
    return view


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Any one of `permissions` opens this view; none given: everyone who is signed in."""

    def mark(view: View) -> View:
        view.__gate__ = permissions  # type: ignore[attr-defined]
        return view

    return mark


def for_keys(view: View) -> View:
    """This view is also for programs with a key that was given what `requires` names."""
    view.__for_keys__ = True  # type: ignore[attr-defined]
    _describe_proofs(view, SESSION, KEY)
    return view


def before_password_change(view: View) -> View:
    """This view stays open to a user who must first change the password."""
    view.__first_password__ = True  # type: ignore[attr-defined]
    return view


def scope() -> Scope:
    """The scope of the signed-in user: the enterprise's, or the platform's for an operator."""
    actor = current_actor()
    if actor.may(Permission.PLATFORM_MANAGE):
        return Scope.platform(actor)
    return Scope.of(actor)


def current_actor() -> Actor:
    actor = g.get("actor")
    if actor is None:
        raise NotSignedIn
    return cast(Actor, actor)


def locale() -> str:
    actor = g.get("actor")
    return actor.locale if actor else choose_locale(request.headers.get("Accept-Language"))


class _Parser(FlaskParser):
    """Leaves unknown query parameters to the schema, which refuses them; webargs drops them."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - as the parent declares it
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": None,
    }


def _header(name: str, meaning: str, *, demanded: bool) -> Callable[[View], View]:
    """In the description alone: the view itself reads the header."""
    text = {"type": "string"}
    header = {"in": "header", "name": name, "required": demanded, "schema": text}

    def described(view: View) -> View:
        # Beside what `arguments` describes; `doc(parameters=…)` would stand in its place.
        known = deepcopy(getattr(view, "_apidoc", {}))
        parameters = known.setdefault("arguments", {}).setdefault("parameters", [])
        parameters.append({**header, "description": meaning})
        view._apidoc = known  # type: ignore[attr-defined]  # noqa: SLF001 (what flask-smorest reads)
        return view

    return described


_AS_READ = "ETag of the record as it was read"
_ONE_KEY = "The same key again answers as the first time and does nothing"


class Blueprint(SmorestBlueprint):  # type: ignore[misc]
    """flask-smorest's blueprint; unknown request fields are refused.

    versioned, versioned_if_given, once: marks of views that heed If-Match or Idempotency-Key.
    """

    ARGUMENTS_PARSER = _Parser()

    versioned = staticmethod(_header("If-Match", _AS_READ, demanded=True))
    versioned_if_given = staticmethod(_header("If-Match", _AS_READ, demanded=False))
    once = staticmethod(_header("Idempotency-Key", _ONE_KEY, demanded=False))


class Shape(Schema):
    """A request or answer; unknown fields are an error, never dropped in silence."""

    class Meta:
        unknown = RAISE
        ordered = True


class Query(Schema):
    """Query parameters; unknown names are an error too."""

    class Meta:
        unknown = RAISE


class ErrorBody(Shape):
    code = fields.Str(required=True)
    message = fields.Str(required=True)
    details = fields.Dict()
    fields_ = fields.Dict(keys=fields.Str(), values=fields.List(fields.Str()), data_key="fields")
    request_id = fields.Str()


class ErrorAnswer(Shape):
    error = fields.Nested(ErrorBody, required=True)


class PageQuery(Query):
    page = fields.Int(load_default=1, validate=validate.Range(1, 100_000))
    page_size = fields.Int(load_default=20, validate=validate.Range(1, MAX_PAGE_SIZE))
    sort = fields.Str(load_default="", validate=validate.Length(max=100))
    q = fields.Str(load_default="", validate=validate.Length(max=100))


@dataclass(frozen=True, slots=True)
class PageRequest:
    page: int = 1
    page_size: int = 20
    sort: str = ""
    q: str = ""

    @classmethod
    def take(cls, query: dict[str, Any]) -> "PageRequest":
        """Take the paging names out of a parsed query; what remains are the filters."""
        return cls(*(query.pop(name) for name in ("page", "page_size", "sort", "q")))

    def order(self, allowed: Mapping[str, Any], default: str) -> tuple[Any, bool]:
        """The sort column and whether it descends; Invalid for a name outside `allowed`."""
        wanted = self.sort or default
        column = allowed.get(wanted.removeprefix("-"))
        if column is None:
            raise Invalid(fields={"sort": ["validation.unknown_sort"]})
        return column, wanted.startswith("-")


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[Any]
    total: int
    page: int
    page_size: int


def page_of(item: type[Schema]) -> type[Schema]:
    """The shape of a page of `item`s."""
    return type(
        f"{item.__name__.removesuffix('Shape')}Page",
        (Shape,),
        {
            "items": fields.List(fields.Nested(item), required=True),
            "total": fields.Int(required=True),
            "page": fields.Int(required=True),
            "page_size": fields.Int(required=True),
        },
    )


def with_etag(body: Any, version: int, status: int = 200) -> Any:
    """An answer whose ETag is the record's version."""
    return body, status, {"ETag": f'"{version}"'}


def expected_version() -> int:
    """The version the client read, from If-Match; without it a lost update could not be seen."""
    header = request.headers.get("If-Match", "")
    digits = header.removeprefix("W/").strip('"')
    if not digits.isdigit():
        raise PreconditionRequired
    return int(digits)


def version_if_given() -> int | None:
    """As `expected_version`, for what one person lists and changes at once: None without it."""
    return expected_version() if "If-Match" in request.headers else None


def install_gate(app: Flask, gatekeeper: Gatekeeper, keykeeper: Keykeeper | None = None) -> None:
    """Sign-in, CSRF and permission before every view; deny by default.

    keykeeper: lets programs with a key in; without one there are no keys.
    """

    @app.before_request
    def gate() -> None:
        g.request_id = str(new_id())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        if request.endpoint is None:
            return
        view = app.view_functions[request.endpoint]
        needed = _marks(view, request.method)
        g.signed_in = g.actor = None
        if (key := _bearer()) is not None:
            # The key alone counts, whatever cookie comes beside it.
            _check_key(keykeeper, key, needed)
            return
        signed_in = gatekeeper.find(request.cookies.get(COOKIE, ""), client_ip())
        g.signed_in = signed_in
        g.actor = signed_in.actor if signed_in else None
        if needed.permissions is None:
            return
        if signed_in is None:
            raise NotSignedIn
        _check(signed_in, needed)


@dataclass(frozen=True, slots=True)
class _Marks:
    permissions: tuple[Permission, ...] | None
    first_password: bool
    for_keys: bool


def _marks(view: Any, method: str) -> _Marks:
    handler = view
    if (klass := getattr(view, "view_class", None)) is not None:
        handler = getattr(klass, method.lower(), view)
    if not hasattr(handler, "__gate__"):
        raise Forbidden
    return _Marks(
        handler.__gate__,
        getattr(handler, "__first_password__", False),
        getattr(handler, "__for_keys__", False),
    )


def _bearer() -> str | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def _check_key(keykeeper: Keykeeper | None, key: str, needed: _Marks) -> None:
    """No browser sends this header by itself, so there is no CSRF token to ask for."""
    if needed.permissions is None:
        return
    if keykeeper is None:
        raise KeyRefused
    actor = keykeeper.admit(key, client_ip())
    g.actor = replace(actor, locale=choose_locale(request.headers.get("Accept-Language")))
    structlog.contextvars.bind_contextvars(key=actor.employee_code)
    if not needed.for_keys or not _is_permitted(actor, needed):
        raise NotForKeys


def _check(signed_in: SignedIn, needed: _Marks) -> None:
    actor = signed_in.actor
    structlog.contextvars.bind_contextvars(user=actor.employee_code)
    if request.method not in _SAFE:
        sent = request.headers.get("X-CSRF-Token", "")
        if not sent or sent != signed_in.csrf_token:
            raise CsrfFailed
    if signed_in.must_change_password and not needed.first_password:
        raise PasswordChangeRequired
    if not _is_permitted(actor, needed):
        raise Forbidden


def _is_permitted(actor: Actor, needed: _Marks) -> bool:
    return not needed.permissions or any(actor.may(p) for p in needed.permissions)


def client_ip() -> str:
    """The address nginx saw; it alone reaches us, and sets the header anew."""
    return request.headers.get("X-Real-IP", request.remote_addr or "")


def answer_of(error: AppError) -> tuple[Response, int]:
    """What a refusal comes to over HTTP."""
    response, status = _answer(error.code, error.status, error.details, error.fields)
    response.headers.extend(error.headers)
    return response, status


def install_errors(app: Flask) -> None:
    """One shape for every error, in the user's language."""
    app.register_error_handler(AppError, answer_of)

    @app.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> tuple[Response, int]:
        return _answer("invalid", 422, {}, flatten(error.messages))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[Response, int]:
        data = getattr(error, "data", None) or {}
        messages = of_request(data.get("messages", {}))
        code = "invalid" if error.code == 422 else f"http-{error.code}"
        if error.code == 404:
            code = "not-found"
        return _answer(code, error.code or 500, {}, messages)

    @app.errorhandler(DataError)
    def unreadable(_error: DataError) -> tuple[Response, int]:
        """Text with characters that no column takes, where no schema looked at it."""
        return _answer("invalid", 422, {}, {"_": ["validation.unreadable_text"]})

    @app.errorhandler(IntegrityError)
    def conflict(error: IntegrityError) -> tuple[Response, int]:
        """Two made the same at once, and the checks before saw neither."""
        if not isinstance(error.orig, UniqueViolation | ForeignKeyViolation):
            return failed(error)
        log.warning("http.conflict", path=request.path, reason=str(error.orig)[:200])
        return _answer("conflict", 409, {}, {})

    @app.errorhandler(OperationalError)
    def unfit(error: OperationalError) -> tuple[Response, int]:
        if not isinstance(error.orig, ProgramLimitExceeded):
            return _no_database(error)
        # An index of a version that asked less of its values.
        return _answer("invalid", 422, {}, {"_": ["validation.too_long_to_store"]})

    app.register_error_handler(PoolTimeout, _no_database)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> tuple[Response, int]:
        log.error("http.failed", path=request.path, exc_info=error)
        return _answer("failed", 500, {}, {})


def _no_database(error: Exception) -> tuple[Response, int]:
    log.error("http.no_database", path=request.path, reason=str(error)[:200])
    return _answer("unavailable", 503, {"part": "database"}, {})


def _answer(
    code: str, status: int, details: Mapping[str, Any], messages: Mapping[str, Sequence[str]]
) -> tuple[Response, int]:
    language = locale()
    body: dict[str, Any] = {
        "code": code,
        "message": caption(f"error.{code}", language, details),
        "details": dict(details),
        "fields": {n: [_said(m, language, details) for m in ms] for n, ms in messages.items()},
        "request_id": g.get("request_id", ""),
    }
    return jsonify({"error": body}), status


def _said(message: str, language: str, details: Mapping[str, Any]) -> str:
    key, parameters = caption_of(message)
    return caption(key, language, {**details, **parameters})

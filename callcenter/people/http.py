"""Sign-in and sessions over HTTP."""

from typing import Any

from flask import Response, g, make_response, request

from callcenter.core.db import Database
from callcenter.core.http import (
    COOKIE,
    Blueprint,
    before_password_change,
    client_ip,
    current_actor,
    public,
    requires,
)
from callcenter.people.schemas import (
    LocaleBody,
    MeShape,
    OperatorSignInBody,
    PasswordBody,
    SignInBody,
)
from callcenter.people.service import SessionGate, SignIn, SignInService
from callcenter.people.service.me import me
from callcenter.tenancy.service import PLATFORM_CODE

_LIFE = 7 * 24 * 3600


def blueprint(database: Database, sign_in: SignInService, gate: SessionGate) -> Blueprint:
    pages = Blueprint("session", __name__, description="Sign-in and the session")

    def _open(opened: SignIn) -> Any:
        body = MeShape().dump(me(database, opened.signed_in))
        answer = make_response(body)
        answer.set_cookie(
            COOKIE, opened.cookie, max_age=_LIFE, httponly=True, samesite="Lax",
            secure=request.headers.get("X-Forwarded-Proto") == "https",
        )  # fmt: skip
        return answer

    def _me_now() -> dict[str, Any]:
        found = gate.find(request.cookies.get(COOKIE, ""), client_ip())
        return me(database, found or g.signed_in)

    @pages.post("/session")
    @pages.arguments(SignInBody)
    @pages.alt_response(200, schema=MeShape)
    @public
    def open_session(body: dict[str, str]) -> Any:
        return _open(sign_in.sign_in(**body, ip=client_ip(), operator=False))

    @pages.post("/operator/session")
    @pages.arguments(OperatorSignInBody)
    @pages.alt_response(200, schema=MeShape)
    @public
    def open_operator_session(body: dict[str, str]) -> Any:
        return _open(sign_in.sign_in(PLATFORM_CODE, **body, ip=client_ip(), operator=True))

    @pages.get("/session")
    @pages.response(200, MeShape)
    @before_password_change
    @requires()
    def show_session() -> dict[str, Any]:
        return me(database, g.signed_in)

    @pages.patch("/session")
    @pages.arguments(LocaleBody)
    @pages.response(200, MeShape)
    @before_password_change
    @requires()
    def change_locale(body: dict[str, str]) -> dict[str, Any]:
        sign_in.set_locale(current_actor(), body["locale"])
        return _me_now()

    @pages.post("/session/password")
    @pages.arguments(PasswordBody)
    @pages.response(200, MeShape)
    @before_password_change
    @requires()
    def change_password(body: dict[str, str]) -> dict[str, Any]:
        sign_in.change_password(current_actor(), body["current"], body["new"])
        return _me_now()

    @pages.delete("/session")
    @pages.response(204)
    @before_password_change
    @requires()
    def close_session() -> Response:
        sign_in.sign_out(current_actor())
        return _closed()

    @pages.delete("/sessions")
    @pages.response(204)
    @before_password_change
    @requires()
    def close_everywhere() -> Response:
        sign_in.sign_out(current_actor(), everywhere=True)
        return _closed()

    return pages


def _closed() -> Response:
    answer = Response(status=204)
    answer.delete_cookie(COOKIE)
    return answer
